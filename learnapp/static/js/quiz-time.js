/* The clock of a running page: it counts down, follows what the server says, and stands while it is paused. */

/** The timekeeper of the page inside `element`. `clocks` and `watch` are the modules of that name, `words` says
    things; `hooks`: heard(body) when the server was asked for the clock, up() when the time is up. */
export function timekeeper(element, clocks, watch, words, hooks) {
  const watcher = watch.watch(element.getAttribute("data-clock"), hooks.heard);
  let paused = element.hasAttribute("data-paused");
  let deadline = Number(element.getAttribute("data-deadline"));
  let clock = null;

  /** Counts from what the page was told when it was made. */
  function start() {
    if (element.hasAttribute("data-remaining")) {
      const left = Number(element.getAttribute("data-remaining"));
      clock = clocks.countdown(left, paused, function (now) { words.time(now, clocks.inWords); }, hooks.up);
    }
    if (clock || paused) { watcher.start(); }
  }

  /** What the server says: the clock may have been moved or stopped. Only the watch is told why. */
  function tell(body) {
    const stood = paused;
    watcher.told();
    paused = Boolean(body.paused);
    if (clock && body.remaining_ms !== null) { clock.set(body.remaining_ms, paused); }
    if (paused) {
      watcher.start();
      if (body.reason) { words.notice("paused", body.reason); } else if (!stood) { watcher.ask(); }
    } else if (stood) {
      words.notice("");
    }
    if (body.deadline_ms && body.deadline_ms > deadline) {
      if (deadline && !stood && !paused) { words.notice("added"); }
      deadline = body.deadline_ms;
    }
  }

  return { start: start, tell: tell, paused: function () { return paused; } };
}
