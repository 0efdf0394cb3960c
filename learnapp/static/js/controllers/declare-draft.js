/* The form of a declaration: what is typed stays on this phone, under the member, until it has arrived. Sending it
   twice is once, since the form's uid goes with it; without this script the form is sent as any other. Markup:
   <form data-controller="declare-draft" data-member="…" data-done="…"><div data-state></div>
     <template data-part="waits">…</template><template data-part="found">…</template> … </form> */

const NAMES = ["uid", "act", "on", "text"];

export default function (form) {
  const key = "learnapp.declare." + form.getAttribute("data-member");
  const state = form.querySelector("[data-state]");
  const button = form.querySelector("button.btn-primary");
  let waits = false;

  function typed() {
    const found = {};
    NAMES.forEach(function (name) {
      const field = name === "act" ? form.querySelector("[name=act]:checked") : form.elements[name];
      found[name] = field ? field.value : "";
    });
    return found;
  }

  function say(part) {
    state.textContent = "";
    if (part) {
      state.appendChild(document.importNode(form.querySelector('[data-part="' + part + '"]').content, true));
    }
  }

  function keep() {
    const now = typed();
    try {
      if (now.act || now.text.trim()) {
        localStorage.setItem(key, JSON.stringify(now));
      } else {
        localStorage.removeItem(key);
      }
    } catch (reason) { /* no room or not allowed: the form works as before */ }
  }

  function bring_back() {
    const now = typed();
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key)); } catch (reason) { kept = null; }
    if (!kept || now.act || now.text.trim()) {
      return;
    }
    NAMES.forEach(function (name) {
      const radio = name === "act" && Array.prototype.find.call(form.querySelectorAll("[name=act]"), function (one) {
        return one.value === kept.act;
      });
      if (radio) { radio.checked = true; } else if (name !== "act" && kept[name]) { form.elements[name].value = kept[name]; }
    });
    say("found");
  }

  function send() {
    keep();
    waits = false;
    button.disabled = true;
    fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        if (answer.type === "opaqueredirect") {
          window.location.assign(form.getAttribute("data-done") + "?got=" + typed().uid);
        } else {
          // Refused: the page that says why comes by the plain way.
          HTMLFormElement.prototype.submit.call(form);
        }
      })
      .catch(function () {
        waits = true;
        button.disabled = false;
        say("waits");
      });
  }

  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const file = form.elements.file;
    if (file.files.length && file.files[0].size > Number(form.getAttribute("data-most"))) {
      say("large");
      state.scrollIntoView();
      return;
    }
    send();
  });
  window.addEventListener("online", function () {
    if (waits) { send(); }
  });
  // Back from the list by the browser's own button: the page is as it was left.
  window.addEventListener("pageshow", function () { button.disabled = false; });
  bring_back();
}
