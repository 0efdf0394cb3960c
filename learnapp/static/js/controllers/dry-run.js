/* The progress of a dry run: asks every second and a half, and shows the result when there is one. Without this
   script the link "Look again" does. */

const AGAIN_AFTER = 1500;

export default function (element) {
  const words = element.querySelector("[data-words]");
  const progress = element.querySelector("[role=progressbar]");
  const bar = element.querySelector("[data-bar]");

  function ask() {
    fetch(element.getAttribute("data-progress-url"), {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    })
      .then(function (answer) {
        return answer.ok ? answer.json() : null;
      })
      .then(function (found) {
        if (found === null) {
          return;
        }
        if (found.state !== "waiting" && found.state !== "running") {
          window.location.reload();
          return;
        }
        progress.setAttribute("aria-valuenow", found.percent);
        bar.setAttribute("width", found.percent + "%");
        if (found.members) {
          words.textContent = progress
            .getAttribute("data-of")
            .replace("{done}", found.done)
            .replace("{members}", found.members);
        }
        window.setTimeout(ask, AGAIN_AFTER);
      })
      .catch(function () {
        window.setTimeout(ask, AGAIN_AFTER * 4);
      });
  }

  window.setTimeout(ask, AGAIN_AFTER);
}
