/* Carries acts from the journal to the server: one message at a time, at once, and again with back-off until
   the server has answered for each of them. Sending twice is harmless, since the server knows every act by
   session and number. */

const WAIT_MS = 10000;
const BACK_OFF_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const BATCH = 100;
/* The server takes messages of 2 MB, a character of JSON takes up to three bytes, and an essay is sent whole. */
const BATCH_CHARS = 400000;

/** The first of these acts, as many as fit into one message; at least one. */
function portion(acts) {
  let chars = 0;
  let count = 0;
  while (count < acts.length && count < BATCH && (!count || chars + weight(acts[count]) <= BATCH_CHARS)) {
    chars += weight(acts[count]);
    count += 1;
  }
  return acts.slice(0, count);
}

function weight(act) {
  return JSON.stringify(act.answer).length + 200;
}

/** Posts acts (an empty list asks for the clock); rejects when the network or the server fails.
    The answer is {status, body}. `place` is {url, token}; `session` is the label of the page that sends. */
export function post(place, session, acts) {
  const stop = window.AbortController ? new AbortController() : null;
  const timer = setTimeout(function () { if (stop) { stop.abort(); } }, WAIT_MS);
  const body = JSON.stringify({
    session: session,
    acts: acts.map(function (act) {
      return {
        session: act.session, number: act.number, question: act.question, answer: act.answer,
        wall_ms: act.wall_ms, monotonic_ms: act.monotonic_ms,
      };
    }),
  });
  return fetch(place.url, {
    method: "POST",
    body: body,
    /* A browser refuses more than 64 KB of such requests, and a Chinese character takes three bytes. */
    keepalive: body.length < 16000,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-Attempt-Token": place.token },
    signal: stop ? stop.signal : undefined,
  }).then(function (response) {
    if (response.status >= 500 || response.status === 429) {
      throw new Error("status " + response.status);
    }
    return response.json().then(function (found) {
      return { status: response.status, body: found };
    });
  }).then(
    function (found) { clearTimeout(timer); return found; },
    function (reason) { clearTimeout(timer); throw reason; }
  );
}

/** A courier for one attempt. `options`: journal, place {url, token}, session, answered(body), refused(status, body),
    changed(state), where state is "idle", "sending", "waiting" or, after `refused`, "stopped". */
export function courier(options) {
  const queue = [];
  const known = {};
  let sending = false;
  let stopped = false;
  let failures = 0;
  let timer = 0;
  let asking = false;

  function state() {
    if (stopped) { return "stopped"; }
    if (failures) { return "waiting"; }
    return queue.length || sending ? "sending" : "idle";
  }

  function told(acts, found) {
    if (found.status !== 200) {
      stopped = true;
      options.refused(found.status, found.body);
      return undefined;
    }
    acts.forEach(function (act) { queue.splice(queue.indexOf(act), 1); });
    /* Taken out only now: an act that is sent twice does no harm, one that is lost does. */
    return options.journal.remove(acts).catch(function () {}).then(function () { options.answered(found.body); });
  }

  function name(act) { return act.session + "/" + act.number; }

  function carry(acts) {
    acts.forEach(function (act) { known[name(act)] = true; queue.push(act); });
    send();
  }

  function failed() {
    timer = setTimeout(send, BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]);
    failures += 1;
  }

  function send() {
    clearTimeout(timer);
    if (sending || stopped || (!queue.length && !asking)) {
      return;
    }
    const acts = portion(queue);
    sending = true;
    asking = false;
    options.changed(state());
    post(options.place, options.session, acts).then(
      function (found) { failures = 0; return told(acts, found); },
      function () { asking = asking || !acts.length; failed(); }
    ).catch(function (reason) { console.error("courier", reason); }).then(function () {
      sending = false;
      options.changed(state());
      if (!failures) { send(); }
    });
  }

  return {
    /** Queues acts that the journal has, and sends them. */
    carry: carry,
    /** Queues what other pages of this attempt left in the journal, a tab that was closed without a network; resolves
        to how many acts that was. A page that is open sends them as well, which does no harm. */
    gather: function (member, attempt) {
      return options.journal.acts(member, attempt).catch(function () { return []; }).then(function (acts) {
        const left = acts.filter(function (act) { return !known[name(act)]; });
        if (left.length) { carry(left); }
        return left.length;
      });
    },
    /** Asks the server for the clock, and sends what is waiting. */
    ask: function () { asking = true; send(); },
    /** Tries again at once. */
    hurry: function () { if (failures) { send(); } },
    /** The page may be frozen or closed at any moment: send without waiting for an answer under way. */
    flush: function () {
      if (queue.length && !stopped) {
        post(options.place, options.session, portion(queue)).catch(function () {});
      }
    },
    waiting: function () { return queue.map(function (act) { return act.question; }); },
    state: state,
  };
}

/** Sends what earlier pages of this member left in the journal, but for the attempt `except`. Resolves to
    {left, arrived, late, page}: how many acts could not be sent, how many were, how many of these came after the
    end of their attempt, and the page of the last such attempt. */
export function deliver(journal, member, except) {
  const count = { left: 0, arrived: 0, late: 0, page: "" };

  function told(attempt, found) {
    const late = found.body.acts.filter(function (one) { return /^(late|ended)/.test(one[2]); }).length;
    count.arrived += found.body.acts.length;
    count.late += late;
    count.page = late ? attempt.page : count.page;
  }

  /* One message after the other, so that the server judges them in the order in which they were made. */
  function send(attempt, acts) {
    if (!acts.length) {
      return undefined;
    }
    const part = portion(acts);
    const rest = acts.slice(part.length);
    return post(attempt, part[0].session, part).then(function (found) {
      if (found.status !== 200) {
        throw new Error("status " + found.status);
      }
      told(attempt, found);
      return journal.remove(part).then(function () {
        return rest.length || found.body.open ? send(attempt, rest) : journal.forget(member, attempt.attempt);
      });
    }).catch(function () { count.left += acts.length; });
  }

  function one(attempt) {
    return journal.acts(member, attempt.attempt).then(function (acts) {
      return send(attempt, acts.sort(function (a, b) { return a.number - b.number; }));
    });
  }

  return journal.attempts(member).then(function (attempts) {
    return Promise.all(attempts.filter(function (attempt) { return attempt.attempt !== except; }).map(one));
  }).then(function () { return count; });
}
