"""The session cookie is Flask's own, whether it was seen before or not."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface, SessionInterface
from flask.testing import FlaskClient

from learnapp.web.cookies import KeptSessions

DAYS = 2


def _keep(text: str) -> str:
    session.permanent = True
    session["kept"] = [*session.get("kept", []), text]
    return "kept"


def _append(text: str) -> str:
    """Changes a list inside the session and forgets to say so."""
    session["kept"].append(text)
    return "changed for this request alone"


def _end() -> str:
    session.clear()
    return "ended"


def _browser(interface: type[SecureCookieSessionInterface]) -> FlaskClient:
    app = Flask("cookies", static_folder=None)
    app.config.update(
        SECRET_KEY="a secret",
        PERMANENT_SESSION_LIFETIME=timedelta(days=DAYS),
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    made: SessionInterface = KeptSessions(app) if interface is KeptSessions else interface()
    app.session_interface = made
    app.add_url_rule("/", "look", lambda: dict(session))
    app.add_url_rule("/plain", "plain", lambda: "nothing about anybody")
    app.add_url_rule("/keep/<text>", "keep", _keep)
    app.add_url_rule("/append/<text>", "append", _append)
    app.add_url_rule("/end", "end", _end)
    return app.test_client()


@pytest.fixture
def browser() -> FlaskClient:
    """A browser at a small application with kept sessions."""
    return _browser(KeptSessions)


def _cookie(browser: FlaskClient) -> str:
    found = browser.get_cookie("session")
    assert found is not None
    return found.value


def test_every_answer_is_the_one_that_flask_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_795_000_000.0)
    own, flasks = _browser(KeptSessions), _browser(SecureCookieSessionInterface)
    for path in ("/", "/plain", "/keep/a", "/", "/plain", "/keep/b", "/", "/", "/end", "/", "/keep/c", "/"):
        answers = [(each.data, sorted(each.headers)) for each in (own.get(path), flasks.get(path))]
        assert answers[0] == answers[1], path
        assert own.get_cookie("session") == flasks.get_cookie("session"), path


def test_a_changed_cookie_is_no_session(browser: FlaskClient) -> None:
    browser.get("/keep/a")
    good = _cookie(browser)
    assert browser.get("/").json == {"_permanent": True, "kept": ["a"]}
    payload, stamp, signature = good.split(".")
    other = "A" if payload[3] != "A" else "B"
    for bad in (
        ".".join((payload[:3] + other + payload[4:], stamp, signature)),
        ".".join((payload, stamp, signature[:-2])),
        ".".join((payload, "Z" + stamp[1:], signature)),
        payload,
        "",
        "…",
    ):
        browser.set_cookie("session", bad)
        assert browser.get("/").json == {}, bad
    browser.set_cookie("session", good)
    assert browser.get("/").json == {"_permanent": True, "kept": ["a"]}


def test_a_cookie_that_was_good_ends_on_its_day(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    browser.get("/keep/a")
    good = _cookie(browser)
    for later, known in ((0, True), (DAYS * 86_400 - 5, True), (DAYS * 86_400 + 5, False), (-60, False)):
        monkeypatch.setattr("time.time", lambda later=later: start + later)
        browser.set_cookie("session", good)
        assert bool(browser.get("/").json) is known, later


def test_what_one_request_changes_inside_reaches_no_other(browser: FlaskClient) -> None:
    browser.get("/keep/a")
    browser.get("/append/b")
    assert browser.get("/").json == {"_permanent": True, "kept": ["a"]}


def test_an_instance_with_another_secret_knows_nothing_of_it(browser: FlaskClient) -> None:
    browser.get("/keep/a")
    other = _browser(KeptSessions)
    other.application.config["SECRET_KEY"] = "another secret"
    other.application.session_interface = KeptSessions(other.application)
    other.set_cookie("session", _cookie(browser))
    assert other.get("/").json == {}
