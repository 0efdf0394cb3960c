/* What a running quiz says: the line at the top, the knots, whether it is saved, notices, the overview.
   Every text is taken from the page, where the server wrote it in the reader's language. */

const ANNOUNCED = [[60000, "one"], [300000, "five"]];

/** The words of the page inside `element`. */
export function words(element) {
  const slot = { saved: element.querySelector("[data-saved]"), notice: element.querySelector("[data-notice]") };
  const line = element.querySelector(".quiz-line .num");
  const left = element.querySelector("[data-time-left]");
  const toggle = document.querySelector("[data-time-toggle]");
  let savedAt = "";
  let shown = "";
  let before = Infinity;
  let timeHidden = false;

  function text(name) {
    return element.querySelector('[data-text="' + name + '"]').textContent;
  }

  function fillIn(node, name, value) {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      walker.currentNode.nodeValue = walker.currentNode.nodeValue.replace("{" + name + "}", value);
    }
  }

  function part(name) {
    return document.importNode(element.querySelector('[data-part="' + name + '"]').content, true);
  }

  function put(place, content) {
    place.textContent = "";
    place.appendChild(content);
  }

  /** saved | saving | waiting | memory | sign-in | broken; nothing is touched when nothing changes, since
      every change is read out. */
  function state(name) {
    const now = name === "saved" ? name + savedAt : name;
    if (now === shown || (name === "saved" && !savedAt)) {
      return;
    }
    shown = now;
    const made = part(name).querySelector(".saved");
    fillIn(made, "time", savedAt);
    slot.saved.className = made.className;
    slot.saved.textContent = "";
    while (made.firstChild) { slot.saved.appendChild(made.firstChild); }
  }

  /** A message above the question; an empty name takes it away. */
  function notice(name, words) {
    if (!name) {
      slot.notice.textContent = "";
      return;
    }
    const made = part(name);
    fillIn(made, "text", words || "");
    put(slot.notice, made);
  }

  /** What was wrong with the answer to a question, beside it. */
  function problem(section, words) {
    const place = section.querySelector("[data-problem]");
    place.textContent = "";
    if (words) {
      const made = part("problem");
      fillIn(made, "text", words);
      place.appendChild(made);
    }
  }

  function time(remaining, inWords) {
    if (!timeHidden) {
      const said = inWords(remaining, {
        days: text("days"), hours: text("hours"), minute: text("minute"), minutes: text("minutes"), clock: text("clock"),
      });
      if (left.textContent !== said) { left.textContent = said; }
    }
    ANNOUNCED.forEach(function (pair) {
      if (before > pair[0] && remaining <= pair[0] && before !== Infinity) {
        element.querySelector("[data-announce]").textContent = text(pair[1]);
      }
    });
    before = remaining;
  }

  /** The line at the top and the buttons below; `range` is {first, last} of the section, `end` whether it is the
      last one. */
  function place(here, range, end) {
    line.firstChild.nodeValue = text("line").replace("{number}", here) + (left ? " · " : "");
    const buttons = element.querySelectorAll("[data-answers] .actions .btn, [data-answers] > p > .btn");
    const more = here < range.last;
    buttons[0].disabled = here === range.first;
    buttons[1].textContent = text(more ? "next" : end ? "last" : "onward");
    buttons[1].value = more ? "next" : "overview";
    buttons[2].lastChild.nodeValue = text(end ? "look-last" : "look");
    buttons[2].parentNode.hidden = !more;
    Array.prototype.forEach.call(document.querySelectorAll("form input[name=next]"), function (field) {
      field.value = window.location.pathname + "?q=" + here;
    });
  }

  function done(states) {
    return states.filter(function (state) { return state !== "open"; }).length;
  }

  function progress(states, here, shaded, stage) {
    const knots = element.querySelectorAll(".quiz-knots .k");
    states.forEach(function (state, index) {
      knots[index].className = "k k-" + state + (index + 1 === here ? " k-here" : "");
    });
    element.querySelector(".quiz-knots .sr").textContent = text("knots").replace("{done}", done(states));
    drawOverview(shaded, here, stage);
  }

  function drawOverview(states, here, stage) {
    const box = element.querySelector("[data-overview]");
    if (box.hidden) {
      return;
    }
    const links = box.querySelectorAll(".overview a");
    const names = { done: text("done"), open: text("open"), waiting: text("wait"), left: text("left"), later: text("later") };
    const missing = [];
    states.forEach(function (state, index) {
      links[index].className = "is-" + state;
      links[index].querySelector("small").textContent = names[state];
      if (index + 1 === here) { links[index].setAttribute("aria-current", "true"); } else { links[index].removeAttribute("aria-current"); }
      if (state === "left" || state === "later") { links[index].removeAttribute("href"); } else { links[index].href = "?q=" + (index + 1); }
      if (state === "open") { missing.push(index + 1); }
    });
    Array.prototype.forEach.call(box.querySelectorAll("[data-enter]"), function (form) {
      form.hidden = Number(form.getAttribute("data-enter")) !== stage.now + 1;
    });
    box.querySelector("[data-submit]").hidden = !stage.end;
    const separator = text("and");
    box.querySelector("[data-missing]").textContent = missing.length
      ? text("missing").replace("{numbers}", missing.join(separator)) : text("all");
    Array.prototype.forEach.call(box.querySelectorAll(".actions a"), function (link) { link.href = "?q=" + here; });
  }

  /** Shows or hides the overview in place of the question; `stage` is {now, end}: the section, and whether it is
      the last one. */
  function overview(open, states, here, stage) {
    const box = element.querySelector("[data-overview]");
    element.querySelector("[data-running]").hidden = open;
    box.hidden = !open;
    if (open) {
      put(box, part("overview"));
      drawOverview(states, here, stage);
      window.scrollTo(0, 0);
      box.querySelector("[data-heading]").focus();
    }
  }

  /** Leaves the page by the form that hands in, whether the overview is open or not. */
  function handIn() {
    const box = element.querySelector("[data-overview]");
    if (!box.firstChild) { put(box, part("overview")); }
    box.querySelector("[data-submit]").submit();
  }

  function hideTime(hide) {
    timeHidden = hide;
    toggle.textContent = toggle.getAttribute(hide ? "data-show" : "data-hide");
    left.textContent = hide ? text("hidden") : "";
    try { sessionStorage.setItem("hide-time", hide ? "1" : ""); } catch (reason) { /* not kept, then */ }
  }

  if (toggle && left) {
    toggle.hidden = false;
    let kept = "";
    try { kept = sessionStorage.getItem("hide-time"); } catch (reason) { /* shown, then */ }
    hideTime(kept === "1");
    toggle.addEventListener("click", function () { hideTime(!timeHidden); });
  }

  return {
    handIn: handIn, notice: notice, overview: overview, place: place, problem: problem, progress: progress, state: state, time: time,
    /** When the server last saved an act, as it writes times. */
    savedAt: function (when, fresh) { if (fresh) { savedAt = when; } },
  };
}
