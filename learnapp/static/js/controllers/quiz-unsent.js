/* Sends what a running quiz left in this device's journal, from any page where it stands: the network was away,
   or the browser was closed. It says so when something is still here, or came after the end of its attempt; the
   review of an attempt (data-attempt) is loaded again instead, so that it names what came late. While a quiz runs
   (data-except is its attempt) nothing is said. Without any leftover nothing happens. Markup:
   <div data-controller="quiz-unsent" data-member="…" role="status"><template data-part="left">… {count} …</template>
     <template data-part="late">… {count} … <a>…</a></template></div> */

const mark = new URL(import.meta.url).search;
const AGAIN_MS = 15000;

export default function (element) {
  const member = element.getAttribute("data-member");
  let timer = 0;
  let under_way = false;

  function say(name, count, page) {
    const part = element.querySelector('[data-part="' + name + '"]');
    if (!part) {
      return;
    }
    const made = document.importNode(part.content, true);
    const walker = document.createTreeWalker(made, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      walker.currentNode.nodeValue = walker.currentNode.nodeValue.replace("{count}", count);
    }
    const link = made.querySelector("a");
    if (link) { link.href = page + "review"; }
    quiet();
    element.appendChild(made);
  }

  function quiet() {
    Array.prototype.slice.call(element.children).forEach(function (child) {
      if (child.tagName !== "TEMPLATE") { element.removeChild(child); }
    });
  }

  /** The review holds right answers back until nothing is left to be sent from here. */
  function show() {
    const held = element.hasAttribute("data-attempt") && document.querySelector("form[data-held]");
    if (held) { held.submit(); }
  }

  function told(count) {
    if (count.late && element.hasAttribute("data-attempt")) {
      window.location.reload();
    } else if (count.left) {
      say("left", count.left, "");
      timer = setTimeout(turn, AGAIN_MS);
    } else if (count.late) {
      say("late", count.late, count.page);
    } else {
      if (count.arrived) { quiet(); }
      show();
    }
  }

  let turn = function () {};
  Promise.all([import("../journal.js" + mark), import("../courier.js" + mark)]).then(function (found) {
    return found[0].open().then(function (journal) {
      turn = function () {
        clearTimeout(timer);
        if (under_way) {
          return;
        }
        under_way = true;
        found[1].deliver(journal, member, element.getAttribute("data-except")).then(told, function () {}).then(function () {
          under_way = false;
        });
      };
      window.addEventListener("online", turn);
      document.addEventListener("visibilitychange", function () {
        if (document.visibilityState === "visible") { turn(); }
      });
      turn();
    });
  });
}
