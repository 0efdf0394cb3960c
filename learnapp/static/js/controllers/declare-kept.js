/* Says that a declaration is still on this phone, and forgets it when the server has it (data-got is its uid).
   Around forms that sign out it stops the first press while there is one. Markup:
   <div data-controller="declare-kept" data-member="…" data-got="…"><div data-kept hidden>…</div> … </div> */

export default function (element) {
  const key = "learnapp.declare." + element.getAttribute("data-member");
  const words = element.querySelector("[data-kept]");
  let warned = false;
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch (reason) { kept = null; }
  if (kept && kept.uid === element.getAttribute("data-got")) {
    localStorage.removeItem(key);
    kept = null;
  }
  if (!kept) {
    return;
  }
  words.hidden = false;
  element.addEventListener("submit", function (event) {
    if (!warned) {
      event.preventDefault();
      warned = true;
      words.setAttribute("role", "alert");
    }
  });
}
