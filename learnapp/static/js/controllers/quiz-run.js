/* A running quiz. Without this script every question is a page with a form; with it the page is one, each tap
   is an act that is written to this device's journal and sent at once, and losing the network loses nothing.
   Texts come from the page (see templates/quiz/_scripted.html), never from here. */

const mark = new URL(import.meta.url).search;
const TYPING_MS = 1000;
/* A long text is sent whole each time, so it waits for a longer pause; leaving the page sends it at once. */
const LONG = 1000;
const LONG_TYPING_MS = 3000;
const SAVING_MS = 400;
const SLOW_MS = 4000;

function library(name) {
  return import("../" + name + ".js" + mark);
}

/** A random label of this page for this attempt; it says nothing about the device. */
function label() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.prototype.map.call(bytes, function (byte) { return (byte % 36).toString(36); }).join("");
}

const LIBRARIES = ["journal", "courier", "quiz-clock", "quiz-sheet", "quiz-words", "quiz-stages", "quiz-watch", "quiz-time"];

export default function (element) {
  Promise.all(LIBRARIES.map(library)).then(function (found) {
    return found[0].open().then(function (journal) { start(element, journal, found); });
  });
}

function start(element, journal, found) {
  const courier = found[1].courier;
  const clocks = found[2];
  const sheet = found[3];
  const words = found[4].words(element);
  const own = { member: element.getAttribute("data-member"), attempt: element.getAttribute("data-attempt") };
  const place = { url: element.getAttribute("data-acts"), token: element.getAttribute("data-token") };
  const form = element.querySelector("[data-answers]");
  const sections = sheet.unfold(form);
  const stages = found[5].stages(element, sections);
  const session = label();
  const opened = { wall: Date.now(), steady: performance.now() };
  const saved = {};
  const numbered = {};
  let lasting = journal.lasting;
  let highest = Number(element.getAttribute("data-highest"));
  let elsewhere = highest;
  let here = Number(element.getAttribute("data-here"));
  let wanted = "";
  let over = false;
  let leaving = false;
  let typing = 0;
  let slow = 0;

  function byQuestion(question) {
    return sections.find(function (section) { return section.getAttribute("data-question") === question; });
  }

  /* Acts ------------------------------------------------------------------------------------------------ */

  function act(section) {
    const question = section.getAttribute("data-question");
    const answer = sheet.read(section);
    const text = JSON.stringify(answer);
    if (over || text === saved[question]) {
      return null;
    }
    saved[question] = text;
    words.problem(section, "");
    return make(question, answer);
  }

  /** The next act, numbered above every act that is known of any page. */
  function make(question, answer) {
    highest += 1;
    numbered[highest] = question;
    return {
      member: own.member, attempt: own.attempt, session: session, number: highest, question: question, answer: answer,
      wall_ms: Math.max(0, Date.now() - opened.wall), monotonic_ms: Math.round(performance.now() - opened.steady),
    };
  }

  /** Writes what changed in the shown question to the journal, then sends it. */
  function record() {
    clearTimeout(typing);
    const made = act(sections[here - 1]);
    if (!made) {
      return Promise.resolve();
    }
    redraw();
    return keep(made);
  }

  function keep(made) {
    return journal.add(made).catch(function () { lasting = false; }).then(function () { post.carry([made]); });
  }

  /** Goes on to a section, with or without a network; what lies before it is closed by this very act. */
  function enter(number) {
    record();
    keep(make(stages.door(number), {}));
    stages.enter(number);
    words.overview(false);
    show(stages.range().first, true);
  }

  /** The page may be gone in a moment: journal and network side by side. */
  function hurry() {
    clearTimeout(typing);
    const made = act(sections[here - 1]);
    if (made) {
      journal.add(made).catch(function () { lasting = false; });
      post.carry([made]);
    }
    post.flush();
  }

  /** Acts of an earlier load of this page that the server has not answered for. */
  function pickUp(acts) {
    acts.sort(function (a, b) { return a.number - b.number; }).forEach(function (one) {
      const section = byQuestion(one.question);
      highest = elsewhere = Math.max(highest, one.number);
      if (one.question.indexOf("section:") === 0) { stages.enter(one.question); }
      if (section && one.number >= Number(section.getAttribute("data-act"))) {
        sheet.fill(section, one.answer);
        saved[one.question] = JSON.stringify(sheet.read(section));
      }
    });
    post.carry(acts);
  }

  /* The server's answers -------------------------------------------------------------------------------- */

  const post = courier({ journal: journal, place: place, session: session, answered: answered, refused: refused, changed: changed });

  function answered(body) {
    if (body.elsewhere > elsewhere) {
      elsewhere = body.elsewhere;
      highest = Math.max(highest, elsewhere);
      words.notice("takeover");
    }
    body.acts.forEach(function (outcome) {
      const section = outcome[0] === session ? byQuestion(numbered[outcome[1]]) : null;
      if (outcome[2] === "refused" && section) {
        words.problem(section, outcome[3]);
        delete saved[section.getAttribute("data-question")];
      } else if (outcome[2] === "locked") {
        words.notice("problem", outcome[3]);
      }
    });
    words.savedAt(body.saved_at, body.acts.length > 0);
    if (leaving) {
      return;
    }
    heard(body);
    if (!body.open) {
      finish(body);
    } else if (wanted) {
      whenAllIsSent(function () { over = true; words.handIn(); });
    }
  }

  /** Leaves the page, unless something of this attempt still has to be sent, from here or from another page. */
  function whenAllIsSent(leave) {
    if (post.waiting().length) { return; }
    post.gather(own.member, own.attempt).then(function (more) {
      if (more || leaving || post.waiting().length || !(over || wanted)) { return; }
      leaving = true;
      leave();
    });
  }

  /** The server was heard: the clock may have been moved or stopped. */
  function heard(body) {
    if (wanted === "clock" && (body.paused || body.remaining_ms > 0)) {
      wanted = "";
      words.notice("");
    }
    time.tell(body);
    relock();
  }

  const time = found[7].timekeeper(element, clocks, found[6], words, {
    heard: function (body) {
      if (leaving || over) { return; }
      heard(body);
      if (!body.open) { post.ask(); }
    },
    up: function () { handIn("clock"); },
  });

  /** The attempt is over, here or on another device; the review says so, and names what came too late. */
  function finish(body) {
    over = true;
    relock();
    whenAllIsSent(function () {
      journal.forget(own.member, own.attempt).catch(function () {}).then(function () {
        window.location.replace(body.review);
      });
    });
  }

  function refused(status, body) {
    words.state(status === 401 ? "sign-in" : "broken");
    words.notice("problem", body.error);
  }

  function changed(state) {
    clearTimeout(slow);
    if (state === "idle") {
      words.state("saved");
    } else if (state === "waiting") {
      words.state(lasting ? "waiting" : "memory");
      if (wanted) { words.notice(wanted !== "clock" ? "handing-in" : lasting ? "time-up-waiting" : "time-up-memory"); }
    } else if (state === "sending") {
      slow = setTimeout(function () {
        words.state("saving");
        slow = setTimeout(function () { words.state(lasting ? "waiting" : "memory"); redraw(); }, SLOW_MS);
      }, SAVING_MS);
    }
    redraw();
  }

  /* The page -------------------------------------------------------------------------------------------- */

  function states() {
    const waiting = post.state() === "sending" ? [] : post.waiting();
    return sections.map(function (section) {
      if (waiting.indexOf(section.getAttribute("data-question")) >= 0) { return "waiting"; }
      return Object.keys(sheet.read(section)).length ? "done" : "open";
    });
  }

  function redraw() {
    words.progress(states(), here, stages.shade(states()), stage());
  }

  function stage() {
    return { now: stages.now(), end: stages.last() };
  }

  /** Forbids answering while the clock stands, and when the time is up. */
  function relock() {
    const locked = over || time.paused() || wanted === "clock";
    sections.forEach(function (section) { sheet.lock(section, locked); });
  }

  function show(number, focus) {
    here = stages.within(number);
    sections.forEach(function (section, index) { section.hidden = index + 1 !== here; });
    words.place(here, stages.range(), stages.last());
    form.elements.q.value = here;
    form.elements.was.value = JSON.stringify(sheet.read(sections[here - 1]));
    history.replaceState(null, "", "?q=" + here);
    redraw();
    if (focus) {
      window.scrollTo(0, 0);
      sections[here - 1].focus();
    }
  }

  function go(where) {
    record();
    if (where === "overview") {
      words.overview(true, stages.shade(states()), here, stage());
    } else {
      const step = { next: 1, previous: -1 }[where] || 0;
      show(here + step, true);
    }
  }

  /** Both ways of handing in first ask the server: nothing leaves the page unless there is a network. */
  function handIn(why) {
    record().then(function () {
      wanted = why;
      if (why === "clock") { words.notice("time-up"); relock(); }
      post.hurry();
      post.ask();
    });
  }

  form.addEventListener("change", record);
  form.addEventListener("input", function (event) {
    if (!/^(radio|checkbox)$/.test(event.target.type)) {
      clearTimeout(typing);
      typing = setTimeout(record, event.target.value.length > LONG ? LONG_TYPING_MS : TYPING_MS);
    }
  });
  form.addEventListener("click", function (event) {
    const button = event.target.closest("button[name=go]");
    if (button) {
      event.preventDefault();
      if (button.hasAttribute("data-default")) { record(); } else { go(button.value); }
    }
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); record(); });
  element.querySelector(".quiz-knots").addEventListener("click", function (event) {
    event.preventDefault();
    go("overview");
  });
  element.addEventListener("click", function (event) {
    const link = event.target.closest("[data-overview] a[href]");
    if (link) {
      event.preventDefault();
      wanted = wanted === "member" ? "" : wanted;
      words.notice("");
      words.overview(false);
      show(Number(new URL(link.href).searchParams.get("q")), true);
    }
  });
  element.addEventListener("submit", function (event) {
    if (event.target.hasAttribute("data-submit")) {
      event.preventDefault();
      handIn("member");
    } else if (event.target.hasAttribute("data-enter")) {
      event.preventDefault();
      enter(Number(event.target.getAttribute("data-enter")));
    }
  });
  window.addEventListener("online", function () { post.hurry(); post.ask(); });
  window.addEventListener("pagehide", hurry);
  window.addEventListener("pageshow", function (event) { if (event.persisted) { post.ask(); } });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") { hurry(); } else { post.hurry(); post.ask(); }
  });

  sections.forEach(function (section) {
    saved[section.getAttribute("data-question")] = JSON.stringify(JSON.parse(section.getAttribute("data-fields")));
  });
  journal.remember({ member: own.member, attempt: own.attempt, url: place.url, token: place.token, page: window.location.pathname })
    .catch(function () { lasting = false; });
  journal.acts(own.member, own.attempt).catch(function () { return []; }).then(function (acts) {
    pickUp(acts);
    show(here, false);
    time.start();
    relock();
    element.setAttribute("data-ready", "");
  });
}
