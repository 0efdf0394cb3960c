"""What the journal in a page's browser holds, read from outside without ever making one."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# `evaluate` knows no time limit: a promise that is never settled would keep a test waiting for ever. Opening a
# journal that no page has made yet is aborted, since an empty one would lack its stores for good.
_READ = """() => new Promise((done, failed) => {
  setTimeout(() => failed(new Error("the journal does not answer")), 10000);
  const asked = indexedDB.open("learnapp-journal", 1);
  let missing = false;
  asked.onupgradeneeded = () => { missing = true; asked.transaction.abort(); };
  asked.onerror = () => missing ? done({ acts: [], attempts: [] }) : failed(asked.error);
  asked.onsuccess = () => {
    const base = asked.result;
    try {
      const read = base.transaction(["acts", "attempts"]);
      const acts = read.objectStore("acts").getAll(), attempts = read.objectStore("attempts").getAll();
      read.oncomplete = () => { base.close(); done({ acts: acts.result, attempts: attempts.result }); };
      read.onabort = () => { base.close(); failed(read.error); };
    } catch (error) {
      base.close();
      failed(error);
    }
  };
})"""


def journal(page: Page) -> dict[str, list[dict[str, Any]]]:
    """The acts and attempts that wait on the phone; both empty where nothing was ever written down."""
    found: dict[str, list[dict[str, Any]]] = page.evaluate(_READ)
    return found
