/* A row of a rule set: the sentence and the remarks follow what is typed, the row saves itself, and fields that do
   not fit the choice are put away. Without this script the form's buttons do the first two.
   The form carries data-preview-url and the words for its states (data-saving, data-saved, data-failed,
   data-conflict); with data-by-hand it is saved by its button only, since it would replace what somebody else wrote. */

const PREVIEW_AFTER = 350;
const SAVE_AFTER = 4000;

function clock(date) {
  return ("0" + date.getHours()).slice(-2) + ":" + ("0" + date.getMinutes()).slice(-2);
}

export default function (form) {
  const base = form.querySelector("[name=seen]");
  const state = form.querySelector("[data-draft-state] .num");
  const sentence = form.querySelector("[data-sentence]");
  const byHand = form.hasAttribute("data-by-hand");
  let previewTimer = 0;
  let saveTimer = 0;
  let asked = 0;
  let busy = false;
  let refused = false;

  function typed() {
    const data = new FormData(form);
    data.delete("seen");
    return new URLSearchParams(data).toString();
  }

  let kept = typed();

  function post(url, accept) {
    return fetch(url, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: accept, "X-Requested-With": "fetch" },
      credentials: "same-origin",
    });
  }

  function value(name) {
    const field = form.querySelector("[name=" + name + "]");
    return field ? field.value : "";
  }

  function fit() {
    Array.prototype.forEach.call(form.querySelectorAll("[data-fits]"), function (box) {
      const fits = box.getAttribute("data-fits");
      const against = box.getAttribute("data-against");
      box.hidden = Boolean(
        (fits && fits.split(" ").indexOf(value("what")) < 0) || (against && against === value("effect")),
      );
    });
  }

  function show(html) {
    sentence.innerHTML = html;
    Array.prototype.forEach.call(form.querySelectorAll("[data-errors]"), function (place) {
      place.textContent = "";
      const field = document.getElementById("f-" + place.getAttribute("data-errors"));
      if (field) {
        field.removeAttribute("aria-invalid");
      }
    });
    Array.prototype.forEach.call(sentence.querySelectorAll("[data-about]"), function (remark) {
      const name = remark.getAttribute("data-about");
      const place = form.querySelector('[data-errors="' + name + '"]');
      const field = document.getElementById("f-" + name);
      if (field) {
        field.setAttribute("aria-invalid", "true");
      }
      place.appendChild(remark);
    });
  }

  function preview() {
    const turn = ++asked;
    post(form.getAttribute("data-preview-url"), "text/html")
      .then(function (answer) {
        return answer.ok ? answer.text() : null;
      })
      .then(function (html) {
        // An older answer that arrives late must not replace a newer one.
        if (html !== null && turn === asked) {
          show(html);
        }
      })
      .catch(function () {});
  }

  function save() {
    const sent = typed();
    if (busy || byHand || refused || sent === kept) {
      return;
    }
    busy = true;
    state.textContent = form.getAttribute("data-saving");
    post(form.action, "application/json")
      .then(function (answer) {
        return answer.json().then(function (body) {
          if (answer.ok) {
            kept = sent;
            base.value = body.base;
            Array.prototype.forEach.call(document.querySelectorAll("form [name=seen]"), function (other) {
              other.value = body.base;
            });
            state.textContent = form.getAttribute("data-saved").replace("{time}", clock(new Date()));
          } else {
            refused = answer.status === 409;
            state.textContent = refused ? form.getAttribute("data-conflict") : body.error;
          }
        });
      })
      .catch(function () {
        state.textContent = form.getAttribute("data-failed");
      })
      .then(function () {
        busy = false;
        if (typed() !== sent) {
          later();
        }
      });
  }

  function later() {
    window.clearTimeout(saveTimer);
    saveTimer = window.setTimeout(save, SAVE_AFTER);
  }

  function changed() {
    fit();
    window.clearTimeout(previewTimer);
    previewTimer = window.setTimeout(preview, PREVIEW_AFTER);
    later();
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") {
      save();
    }
  });
  window.addEventListener("online", save);
  const look = form.querySelector("[data-only-without-script]");
  if (look) {
    look.hidden = true;
  }
  fit();
}
