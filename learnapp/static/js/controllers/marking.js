/* A marker's form: where there is a keyboard the first field has the focus at once and a line says how it goes
   without a mouse; Ctrl + Enter saves. */

export default function (element) {
  const first = element.querySelector("input[type=radio]:checked, input[type=radio], .input-short");
  if (first && window.matchMedia && window.matchMedia("(hover: hover) and (pointer: fine)").matches) {
    first.focus({ preventScroll: true });
    const keys = element.querySelector("[data-keys]");
    if (keys) { keys.hidden = false; }
  }
  element.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      element.querySelector("button.btn-primary").click();
    }
  });
}
