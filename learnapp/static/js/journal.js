/* The journal of this device: every act of answering is written here first and taken out when the server
   has it. Kept in IndexedDB under member and attempt, so that a reload, a dead battery or another member on
   the same phone changes nothing. Where IndexedDB is refused (some private windows) it lives in memory, and
   `lasting` says so, because the page must not promise more than it can keep. */

const NAME = "learnapp-journal";

function asked(request) {
  return new Promise(function (resolve, reject) {
    request.onsuccess = function () { resolve(request.result); };
    request.onerror = function () { reject(request.error); };
  });
}

function ended(transaction) {
  return new Promise(function (resolve, reject) {
    transaction.oncomplete = function () { resolve(); };
    transaction.onabort = transaction.onerror = function () { reject(transaction.error); };
  });
}

function connect() {
  return new Promise(function (resolve, reject) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = function () {
      request.result.createObjectStore("acts", { keyPath: ["member", "attempt", "session", "number"] });
      request.result.createObjectStore("attempts", { keyPath: ["member", "attempt"] });
    };
    request.onsuccess = function () { resolve(request.result); };
    request.onerror = request.onblocked = function () { reject(request.error); };
  });
}

function key(act) {
  return [act.member, act.attempt, act.session, act.number];
}

/* Everything that begins with these values: an array sorts behind every text and number. */
function below(values) {
  return IDBKeyRange.bound(values, values.concat([[]]));
}

function stored(database) {
  function write(store, work) {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    work(transaction.objectStore(store));
    return ended(transaction);
  }
  function read(store, values) {
    return asked(database.transaction(store).objectStore(store).getAll(below(values)));
  }
  return {
    lasting: true,
    add: function (act) { return write("acts", function (store) { store.put(act); }); },
    remove: function (acts) {
      return write("acts", function (store) { acts.forEach(function (act) { store.delete(key(act)); }); });
    },
    acts: function (member, attempt) { return read("acts", attempt ? [member, attempt] : [member]); },
    remember: function (attempt) { return write("attempts", function (store) { store.put(attempt); }); },
    forget: function (member, attempt) {
      return write("attempts", function (store) { store.delete([member, attempt]); });
    },
    attempts: function (member) { return read("attempts", [member]); },
  };
}

function inMemory() {
  const acts = new Map();
  const attempts = new Map();
  function name(values) { return values.join("|"); }
  function chosen(map, member, attempt) {
    return Promise.resolve(Array.from(map.values()).filter(function (item) {
      return item.member === member && (!attempt || item.attempt === attempt);
    }));
  }
  function done() { return Promise.resolve(); }
  return {
    lasting: false,
    add: function (act) { acts.set(name(key(act)), act); return done(); },
    remove: function (gone) { gone.forEach(function (act) { acts.delete(name(key(act))); }); return done(); },
    acts: function (member, attempt) { return chosen(acts, member, attempt); },
    remember: function (one) { attempts.set(name([one.member, one.attempt]), one); return done(); },
    forget: function (member, attempt) { attempts.delete(name([member, attempt])); return done(); },
    attempts: function (member) { return chosen(attempts, member); },
  };
}

/** Opens the journal; never fails. */
export function open() {
  return new Promise(function (resolve, reject) {
    /* Older WebKit may leave the request unanswered for good. */
    setTimeout(reject, 3000);
    connect().then(resolve, reject);
  }).then(stored, inMemory);
}
