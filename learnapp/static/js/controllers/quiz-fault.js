/* “Something wrong with this question?” Sends what was typed without leaving the page; what cannot be sent stays.
   A running page shows one question after the other above the same box, so each question has its own words. */

export default function (element) {
  const box = element.querySelector("textarea");
  const state = element.querySelector("[data-state]");
  const form = box.form;
  const token = form.elements.csrf_token.value;
  const typed = {};
  let about = shown();

  /** The question that the box is about: the one on show, or the one it was made for. */
  function shown() {
    const found = Array.prototype.find.call(form.querySelectorAll("section[data-question]"), function (section) {
      return !section.hidden;
    });
    return found ? found.getAttribute("data-question") : element.getAttribute("data-question");
  }

  function turned() {
    const now = shown();
    if (now !== about) {
      typed[about] = box.value;
      about = now;
      box.value = typed[now] || "";
      state.textContent = "";
      element.open = box.value !== "";
    }
  }

  function send() {
    const question = about;
    const words = box.value;
    const button = element.querySelector("[data-send]");
    button.disabled = true;
    fetch(element.getAttribute("data-url"), {
      method: "POST",
      body: new URLSearchParams({ csrf_token: token, fault_question: question, fault: words }),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    })
      .then(function (answer) {
        return answer.json().then(function (body) {
          if (answer.ok) {
            if (about === question && box.value === words) { box.value = ""; }
            typed[question] = "";
          }
          return answer.ok ? body.text : body.error;
        });
      })
      .catch(function () { return element.getAttribute("data-offline"); })
      .then(function (text) {
        button.disabled = false;
        if (about === question) { state.textContent = text; }
      });
  }

  element.addEventListener("click", function (event) {
    if (event.target.closest("[data-send]")) {
      event.preventDefault();
      event.stopPropagation();
      send();
    }
  });
  if (form.querySelector("section[data-question]")) {
    new MutationObserver(turned).observe(form, { attributes: true, attributeFilter: ["hidden"], subtree: true });
  }
}
