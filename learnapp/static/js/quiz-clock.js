/* The time that is left, as the server counts it. The server owns the clock; between two of its answers this
   page goes by both of its own: the monotonic one may stop while a phone sleeps, the other may be set, and
   whichever says that more time has passed is believed until the server is heard again. */

const SLACK_MS = 5000;
const CLOCK_BELOW_MS = 300000;
const HOUR_MS = 3600000;
const DAY_MS = 24 * HOUR_MS;
const HOURS_FROM_MS = 3 * HOUR_MS;
const DAYS_FROM_MS = 2 * DAY_MS;

/** The time left in words: days, hours, whole minutes until five, then minutes and seconds. `texts` has days,
    hours, minute, minutes ("{num}") and clock ("{time}"). */
export function inWords(left, texts) {
  if (left + SLACK_MS >= DAYS_FROM_MS) { return texts.days.replace("{num}", Math.floor((left + SLACK_MS) / DAY_MS)); }
  if (left + SLACK_MS >= HOURS_FROM_MS) { return texts.hours.replace("{num}", Math.floor((left + SLACK_MS) / HOUR_MS)); }
  if (left >= CLOCK_BELOW_MS) {
    const minutes = Math.floor((left + SLACK_MS) / 60000);
    return (minutes === 1 ? texts.minute : texts.minutes).replace("{num}", minutes);
  }
  const seconds = Math.ceil(left / 1000);
  const rest = seconds % 60;
  return texts.clock.replace("{time}", Math.floor(seconds / 60) + ":" + (rest < 10 ? "0" : "") + rest);
}

/** Counts down from `left` milliseconds, or stands there where it is `held`. `tick(left)` is called every second, `up()` once at the end; `set` puts
    it right, and stops it where `held` is true. */
export function countdown(left, held, tick, up) {
  let base = null;
  let rung = false;

  function set(remaining, held) {
    base = { left: remaining, steady: performance.now(), wall: Date.now(), held: held };
    rung = rung && remaining <= 0;
  }

  function now() {
    if (base.held) { return base.left; }
    const passed = Math.max(performance.now() - base.steady, Date.now() - base.wall);
    return Math.max(0, base.left - passed);
  }

  function turn() {
    const remaining = now();
    tick(remaining);
    if (remaining <= 0 && !rung && !base.held) {
      rung = true;
      up();
    }
  }

  set(left, held);
  turn();
  setInterval(turn, 1000);
  return { set: function (remaining, held) { set(remaining, held); turn(); } };
}
