/* Around the forms that sign out: says how many answers this phone has not sent yet, tries to send them, and
   stops the first press while there are any. Markup:
   <div data-controller="unsent-guard" data-member="{{ principal.member_id }}">
     <div data-unsent hidden>… {count} …</div> <form>…</form> </div> */

const mark = new URL(import.meta.url).search;

export default function (element) {
  const member = element.getAttribute("data-member");
  const words = element.querySelector("[data-unsent]");
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    texts.push({ node: walker.currentNode, said: walker.currentNode.nodeValue });
  }
  let left = 0;
  let warned = false;

  function say(count) {
    left = count;
    words.hidden = !count;
    texts.forEach(function (text) { text.node.nodeValue = text.said.replace("{count}", count); });
  }

  element.addEventListener("submit", function (event) {
    if (left && !warned) {
      event.preventDefault();
      warned = true;
      words.setAttribute("role", "alert");
      say(left);
    }
  });

  Promise.all([import("../journal.js" + mark), import("../courier.js" + mark)]).then(function (found) {
    found[0].open().then(function (journal) {
      return journal.acts(member).then(function (acts) {
        say(acts.length);
        return acts.length ? found[1].deliver(journal, member) : null;
      }).then(function (count) { if (count) { say(count.left); } });
    }).catch(function () {});
  });
}
