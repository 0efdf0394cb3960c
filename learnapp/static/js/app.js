/* Finds every [data-controller] and hands the element to controllers/<name>.js.
   A controller module's default export is a function (element) that upgrades the element;
   several names may stand in one attribute. A page works without any of them. */

const connected = new WeakMap();

/** Connects one element to one controller, once. */
function attach(element, name) {
  const names = connected.get(element) || [];
  if (names.indexOf(name) >= 0 || !/^[a-z][a-z0-9-]*$/.test(name)) {
    return;
  }
  connected.set(element, names.concat(name));
  import("./controllers/" + name + ".js")
    .then(function (module) {
      module.default(element);
    })
    .catch(function (reason) {
      console.error("controller " + name, reason);
    });
}

/** Connects everything inside `root`; call it again for HTML that was put in later. */
export function connect(root) {
  const found = root.querySelectorAll("[data-controller]");
  for (let i = 0; i < found.length; i += 1) {
    found[i].getAttribute("data-controller").split(/\s+/).filter(Boolean).forEach(function (name) {
      attach(found[i], name);
    });
  }
}

connect(document);
