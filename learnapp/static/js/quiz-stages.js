/* The sections of a paper: one is answered, those before are closed for good, those after are still to come.
   A paper without sections is one that has all questions. */

/** The sections as the page says them. `sections` are the questions in their order. */
export function stages(element, sections) {
  const lines = Array.prototype.slice.call(element.querySelectorAll("[data-stage-id]"));
  let now = Number(element.getAttribute("data-stage") || 1);

  function number(line, name) {
    return Number(line.getAttribute(name));
  }

  function draw() {
    lines.forEach(function (line) { line.hidden = number(line, "data-stage") !== now; });
    Array.prototype.forEach.call(element.querySelectorAll("[data-look]"), function (link) {
      link.hidden = number(link, "data-look") >= now;
    });
  }

  /** The numbers of the first and the last question that can be answered now. */
  function range() {
    const line = lines[now - 1];
    return line ? { first: number(line, "data-first"), last: number(line, "data-last") } : { first: 1, last: sections.length };
  }

  return {
    range: range,
    /** A question's number kept within the section that is answered. */
    within: function (wanted) { return Math.min(Math.max(wanted, range().first), range().last); },
    /** Whether this is the last one. */
    last: function () { return now >= lines.length; },
    now: function () { return now; },
    /** The question id of the act that enters a section. */
    door: function (wanted) { return "section:" + lines[wanted - 1].getAttribute("data-stage-id"); },
    /** Enters the section of such an act, or of a number; nothing is ever entered backwards. */
    enter: function (wanted) {
      const place = typeof wanted === "number" ? wanted
        : lines.findIndex(function (line) { return "section:" + line.getAttribute("data-stage-id") === wanted; }) + 1;
      now = Math.max(now, place);
      draw();
    },
    /** States of questions as the overview shows them: left and later in the other sections. */
    shade: function (states) {
      const open = range();
      return states.map(function (state, index) {
        return index + 1 < open.first ? "left" : index + 1 > open.last ? "later" : state;
      });
    },
  };
}
