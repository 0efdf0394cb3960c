/* The questions of a running quiz on one page: one is shown, the others wait hidden; their fields are read
   and filled whatever the kind of question, by the names that its template gave them. */

function each(list, work) {
  Array.prototype.forEach.call(list, work);
}

function fieldsOf(section) {
  const name = "a-" + section.getAttribute("data-question");
  return Array.prototype.filter.call(section.querySelectorAll("input, select, textarea"), function (field) {
    return field.name === name || field.name.indexOf(name + ".") === 0;
  }).map(function (field) {
    return { part: field.name.slice(name.length + 1), field: field, tick: /^(radio|checkbox)$/.test(field.type) };
  });
}

/** The answer as it stands in the fields: {part: [values]}, parts in order, without what is empty. Fields that
    only go with others (data-beside: the unit of a number) are no answer by themselves. */
export function read(section) {
  const found = {};
  let answered = false;
  fieldsOf(section).forEach(function (item) {
    if ((!item.tick || item.field.checked) && item.field.value.trim()) {
      (found[item.part] = found[item.part] || []).push(item.field.value);
      answered = answered || !item.field.hasAttribute("data-beside");
    }
  });
  const sorted = {};
  if (!answered) { return sorted; }
  Object.keys(found).sort().forEach(function (part) { sorted[part] = found[part]; });
  return sorted;
}

/** Puts an answer into the fields, and tells whatever draws them in another way. */
export function fill(section, answer) {
  fieldsOf(section).forEach(function (item) {
    const values = answer[item.part] || [];
    if (item.tick) {
      item.field.checked = values.indexOf(item.field.value) >= 0;
    } else {
      item.field.value = values.length ? values[0] : "";
    }
  });
  each(section.querySelectorAll("[data-controller]"), function (element) {
    element.dispatchEvent(new CustomEvent("fields:filled"));
  });
}

/** Forbids or allows answering. */
export function lock(section, locked) {
  each(section.querySelectorAll("fieldset"), function (fieldset) { fieldset.disabled = locked; });
}

/** Makes sections of the templates beside the question that is shown; returns all in their order. Their pictures
    are fetched at once, as long as there is a network. */
export function unfold(form) {
  each(form.querySelectorAll("template[data-question]"), function (template) {
    const section = document.createElement("section");
    ["data-question", "data-number", "data-fields", "data-act"].forEach(function (name) {
      section.setAttribute(name, template.getAttribute(name));
    });
    section.tabIndex = -1;
    section.hidden = true;
    section.appendChild(template.content);
    template.parentNode.replaceChild(section, template);
    each(section.querySelectorAll("img"), function (image) { image.loading = "eager"; });
    fill(section, JSON.parse(section.getAttribute("data-fields")));
  });
  form.dispatchEvent(new CustomEvent("content:added", { bubbles: true }));
  return Array.prototype.slice.call(form.querySelectorAll("section[data-question]"));
}
