/* The trainer's desk: the preview follows the text, the draft saves itself. Without this script the form's own
   button saves and the page shows the preview after that.
   The form carries data-preview-url and the words for its states (data-saving, data-saved, data-failed,
   data-conflict). */

const PREVIEW_AFTER = 350;
const SAVE_AFTER = 4000;

function post(url, form, accept) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: accept, "X-Requested-With": "fetch" },
    credentials: "same-origin",
  });
}

function clock(date) {
  return ("0" + date.getHours()).slice(-2) + ":" + ("0" + date.getMinutes()).slice(-2);
}

export default function (form) {
  const text = form.querySelector("textarea");
  const revision = form.querySelector("[name=revision]");
  const state = form.querySelector("[data-draft-state] .num");
  const phone = form.querySelector("[data-preview]");
  let previewTimer = 0;
  let saveTimer = 0;
  let asked = 0;
  let kept = text.defaultValue;
  let busy = false;

  function preview() {
    const turn = ++asked;
    post(form.getAttribute("data-preview-url"), form, "text/html")
      .then(function (answer) {
        return answer.ok ? answer.text() : null;
      })
      .then(function (html) {
        // An older answer that arrives late must not replace a newer one.
        if (html !== null && turn === asked) {
          phone.innerHTML = html;
        }
      })
      .catch(function () {});
  }

  function save() {
    if (busy || text.value === kept) {
      return;
    }
    const sent = text.value;
    busy = true;
    state.textContent = form.getAttribute("data-saving");
    post(form.action, form, "application/json")
      .then(function (answer) {
        return answer.json().then(function (body) {
          if (answer.ok) {
            kept = sent;
            revision.value = body.revision;
            state.textContent = form.getAttribute("data-saved").replace("{time}", clock(new Date()));
          } else {
            state.textContent = answer.status === 409 ? form.getAttribute("data-conflict") : body.error;
          }
        });
      })
      .catch(function () {
        state.textContent = form.getAttribute("data-failed");
      })
      .then(function () {
        busy = false;
        if (text.value !== sent) {
          later();
        }
      });
  }

  function later() {
    window.clearTimeout(saveTimer);
    saveTimer = window.setTimeout(save, SAVE_AFTER);
  }

  text.addEventListener("input", function () {
    window.clearTimeout(previewTimer);
    previewTimer = window.setTimeout(preview, PREVIEW_AFTER);
    later();
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") {
      save();
    }
  });
  window.addEventListener("online", save);
  // What was typed, or put back by the browser, before this script arrived.
  if (text.value !== kept) {
    preview();
    later();
  }
}
