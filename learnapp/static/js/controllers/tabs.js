/* Two stacked panes become two tabs on a narrow screen (the editor: text and phone).
   Markup: <div data-controller="tabs"><nav class="tabs" hidden><a href="#pane-a">…</a>…</nav><section id="pane-a">…</div>
   Without this script the links jump to the panes, which stand one below the other. */

const narrow = window.matchMedia("(max-width: 56.24em)");

export default function (element) {
  const links = Array.prototype.slice.call(element.querySelectorAll(".tabs a"));
  const panes = links.map(function (link) {
    return document.getElementById(link.getAttribute("href").slice(1));
  });
  let chosen = 0;

  function show() {
    links.forEach(function (link, i) {
      if (i === chosen) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
      panes[i].hidden = narrow.matches && i !== chosen;
    });
  }

  links.forEach(function (link, i) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      chosen = i;
      show();
    });
  });
  narrow.addListener(show);
  show();
}
