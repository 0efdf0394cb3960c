/* Asks the server for the clock every few seconds while the page is seen, so that a running clock follows an
   extension or a pause. What the server says elsewhere counts as well, and spares a question. */

const EVERY_MS = 4000;

/** Calls `heard(body)` with what the server says about the clock at `url`; nothing when it cannot be reached.
    Returns {start, told, ask}: `told` says that the server was just heard otherwise, `ask` asks at once. */
export function watch(url, heard) {
  let timer = 0;
  let last = Date.now();
  let started = false;

  function again() {
    clearTimeout(timer);
    if (started) { timer = setTimeout(turn, Math.max(500, EVERY_MS - Math.abs(Date.now() - last))); }
  }

  function turn() {
    if (document.visibilityState === "hidden" || Date.now() - last < EVERY_MS - 100) {
      again();
      return;
    }
    const stop = window.AbortController ? new AbortController() : null;
    const limit = setTimeout(function () { if (stop) { stop.abort(); } }, EVERY_MS);
    last = Date.now();
    fetch(url, {
      credentials: "same-origin", headers: { Accept: "application/json" }, signal: stop ? stop.signal : undefined,
    }).then(function (response) {
      return response.ok ? response.json() : null;
    }).then(function (body) { if (body) { heard(body); } }, function () { /* No network: the next time, then. */ })
      .then(function () { clearTimeout(limit); again(); });
  }

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState !== "hidden") { last = 0; again(); }
  });
  return {
    start: function () { if (!started) { started = true; again(); } },
    told: function () { last = Date.now(); },
    ask: function () { last = 0; started = true; again(); },
  };
}
