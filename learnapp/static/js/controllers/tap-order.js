/* Rows are put in order by tapping them one after the other; a second tap takes a place away again, and the next
   tap fills the lowest place that is free. Each row holds a label and a select box with its place, which stay the
   fields of the form: without this script they are used as they are.
   Markup: <div data-controller="tap-order" data-place="Place {number}" data-none="No place yet"><p data-how hidden>…</p>
   <ul><li><label for=…>…</label><select>…</select></li>…</ul></div> */

export default function (element) {
  const rows = Array.prototype.map.call(element.querySelectorAll("li"), function (row) {
    const button = document.createElement("button");
    const mark = document.createElement("span");
    const text = document.createElement("span");
    const said = document.createElement("span");
    const label = row.querySelector("label");
    button.type = "button";
    button.className = "order-tap";
    mark.className = "order-mark num";
    mark.setAttribute("aria-hidden", "true");
    text.className = "option-text";
    said.className = "sr";
    while (label.firstChild) { text.appendChild(label.firstChild); }
    [mark, text, said].forEach(function (part) { button.appendChild(part); });
    return { row: row, button: button, mark: mark, said: said, label: label, select: row.querySelector("select") };
  });

  function draw() {
    rows.forEach(function (one) {
      const place = one.select.value;
      one.mark.textContent = place;
      one.said.textContent = " " + (place ? element.getAttribute("data-place").replace("{number}", place) : element.getAttribute("data-none"));
      one.button.setAttribute("aria-pressed", place ? "true" : "false");
    });
  }

  function lowestFree() {
    const taken = rows.map(function (one) { return Number(one.select.value); });
    let place = 1;
    while (taken.indexOf(place) >= 0) { place += 1; }
    return String(place);
  }

  rows.forEach(function (one) {
    one.button.addEventListener("click", function () {
      one.select.value = one.select.value ? "" : lowestFree();
      draw();
      one.select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    one.label.hidden = true;
    one.select.hidden = true;
    one.row.insertBefore(one.button, one.row.firstChild);
  });
  element.querySelector("[data-how]").hidden = false;
  element.addEventListener("fields:filled", draw);
  draw();
}
