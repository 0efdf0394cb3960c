/* Finds every [data-controller] and hands the element to controllers/<name>.js.
   A controller module's default export is a function (element) that upgrades the element;
   several names may stand in one attribute. A page works without any of them.
   HTML that is put in later: element.dispatchEvent(new CustomEvent("content:added", { bubbles: true })). */

const connected = new WeakMap();
const build = document.documentElement.getAttribute("data-build");

/** Connects one element to one controller, once. The build mark lets browsers keep the file for good. */
function attach(element, name) {
  const names = connected.get(element) || [];
  if (names.indexOf(name) >= 0 || !/^[a-z][a-z0-9-]*$/.test(name)) {
    return;
  }
  connected.set(element, names.concat(name));
  import("./controllers/" + name + ".js" + (build ? "?v=" + build : ""))
    .then(function (module) {
      module.default(element);
    })
    .catch(function (reason) {
      console.error("controller " + name, reason);
    });
}

/** Connects `root` and everything inside it. */
function connect(root) {
  const found = Array.prototype.slice.call(root.querySelectorAll("[data-controller]"));
  if (root !== document && root.hasAttribute("data-controller")) {
    found.push(root);
  }
  found.forEach(function (element) {
    element.getAttribute("data-controller").split(/\s+/).filter(Boolean).forEach(function (name) {
      attach(element, name);
    });
  });
}

document.addEventListener("content:added", function (event) {
  connect(event.target);
});
connect(document);
