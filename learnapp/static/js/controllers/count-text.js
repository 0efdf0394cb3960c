/* Counts the characters of a text while it is typed; as the server counts them, so that an emoji is one.
   Markup: <div data-controller="count-text" data-words="{count} of …"><textarea></textarea><p data-count>…</p></div> */

export default function (element) {
  const field = element.querySelector("textarea");
  const words = element.querySelector("[data-count]");

  function draw() {
    const count = Array.from(field.value.trim()).length;
    words.textContent = element.getAttribute("data-words").replace("{count}", String(count));
  }

  field.addEventListener("input", draw);
  element.addEventListener("fields:filled", draw);
  if (field.value) { draw(); }
}
