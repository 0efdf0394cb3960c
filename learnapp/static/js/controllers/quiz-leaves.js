/* Says when the page of an exam went out of sight and when it came back; it is only on pages of exams that have
   this written down, which they say before they start. Handing in, or going on within the attempt, is no leave. */

export default function (element) {
  const url = element.getAttribute("data-leaves");
  const token = element.getAttribute("data-token");
  const inside = element.getAttribute("data-inside");
  let going = false;

  function tell(page) {
    fetch(url, {
      method: "POST", keepalive: true, credentials: "same-origin", body: JSON.stringify({ page: page }),
      headers: { "Content-Type": "application/json", "Accept": "application/json", "X-Attempt-Token": token },
    }).catch(function () { /* Without a network nothing is said, and nothing follows from that. */ });
  }

  document.addEventListener("submit", function (event) { going = going || !event.defaultPrevented; });
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[href]");
    if (link && !event.defaultPrevented) {
      going = link.getAttribute("href").indexOf(inside) === 0;
    }
  });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) {
      if (!going) { tell("left"); }
    } else {
      going = false;
      tell("back");
    }
  });
  if (!document.hidden) { tell("back"); }
}
