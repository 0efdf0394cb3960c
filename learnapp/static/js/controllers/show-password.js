/* A tick that shows what is typed into the password field beside it.
   Markup: <div data-controller="show-password"><input type="password">…<label data-show hidden><input type="checkbox">…
   Without this script the tick stays hidden and the field stays a password field. */

export default function (element) {
  const field = element.querySelector("input[type=password]");
  const label = element.querySelector("[data-show]");
  const tick = label.querySelector("input");

  function show() {
    field.type = tick.checked ? "text" : "password";
  }

  label.hidden = false;
  tick.addEventListener("change", show);
  if (field.form) {
    // Password managers and the browser's own memory only know password fields.
    field.form.addEventListener("submit", function () {
      field.type = "password";
    });
  }
  show();
}
