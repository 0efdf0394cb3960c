"""Every route × every role × every relation, against an expectation written by hand (`expected.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from learnapp.web.quiz import tokens
from tests.web import town as towns
from tests.web.expected import TABLE, TARGET, Line
from tests.web.town import PERSONAS, Town

# What only a running page's script sends: it carries the attempt's own token instead of a form's.
SCRIPTED = {
    "POST quiz.acts": {"session": "page00000001", "acts": []},
    "POST quiz.leaves": {"page": "back"},
}
_INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Town:
    """The town, built once."""
    return towns.prepare(tmp_path_factory.mktemp("town"), sqlite_template)


@pytest.fixture
def visited(town: Town, tmp_path: Path) -> Iterator[Flask]:
    """An application on a copy of the town."""
    yield from towns.visit(town, tmp_path)


def _routes(app: Flask) -> dict[str, Rule]:
    """`GET accounts.me` → its rule, for every route but the static files."""
    return {
        f"{method} {rule.endpoint}": rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def _address(app: Flask, town: Town, name: str, line: Line, target: str) -> str:
    values = {
        key: target if value == TARGET else getattr(town, value, value) for key, value in line.values.items()
    }
    method, endpoint = name.split()
    return app.url_map.bind("localhost").build(endpoint, values, method=method)


def _ask(
    app: Flask, town: Town, name: str, target: tuple[str, str], cookie: str | None, json: bool = False
) -> TestResponse:
    """Sends the request of one cell as the person behind the cookie; `target` is its name and the persona."""
    line = TABLE[name]
    place, persona = target
    wanted = town.target(line.kind, place, persona)
    headers = {"Accept": "application/json"} if json else {"Accept": "text/html"}
    if name in SCRIPTED:
        token = tokens.attempt_token(town.personas.get(persona, ""), wanted)
        headers |= {tokens.HEADER: token, "Origin": "http://localhost"}
    answer = towns.browser(app, cookie).open(
        _address(app, town, name, line, wanted),
        method=name.split()[0],
        headers=headers,
        buffered=True,
        **({"json": SCRIPTED[name]} if name in SCRIPTED else {"data": dict(line.data)}),
    )
    _check_frame(answer)
    return answer


def _check_frame(answer: TestResponse) -> None:
    """What holds for every answer: headers, nothing inline, never kept by anybody in between."""
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy or answer.mimetype != "text/html"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-Id"]
    if answer.mimetype == "text/html":
        assert answer.headers["Cache-Control"] == "no-store"
        assert not _INLINE.search(answer.get_data(as_text=True))


def _to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/sign-in")


def _let_in(answer: TestResponse) -> bool:
    return (
        answer.status_code < 500
        and answer.status_code not in (401, 403, 404, 405)
        and not _to_sign_in(answer)
    )


def test_every_route_has_its_line(visited: Flask) -> None:
    routes = set(_routes(visited))
    assert routes - set(TABLE) == set(), "add a line to tests/web/expected.py"
    assert set(TABLE) - routes == set(), "these lines are about routes that are gone"


@pytest.mark.parametrize("name", sorted(TABLE))
def test_who_may(visited: Flask, town: Town, name: str) -> None:
    """Signed in just now: exactly the expected roles get in, and for each target exactly where expected."""
    line = TABLE[name]
    for place, roles in line.allowed.items():
        for persona in PERSONAS:
            answer = _ask(visited, town, name, (place, persona), town.cookies[persona])
            told = f"{persona} → {place}: {answer.status}"
            if persona in roles:
                assert _let_in(answer), told
            else:
                assert answer.status_code in line.denied, told


@pytest.mark.parametrize("name", sorted(TABLE))
def test_before_sign_in(visited: Flask, town: Town, name: str) -> None:
    """Nobody in particular sees public pages only; others lead to the sign-in and back, scripts get a 401."""
    line = TABLE[name]
    place = next(iter(line.allowed))
    answer = _ask(visited, town, name, (place, ""), None)
    if line.open:
        assert _let_in(answer), answer.status
        return
    if name not in SCRIPTED:
        assert _to_sign_in(answer), answer.status
        address = _address(visited, town, name, line, town.target(line.kind, place, ""))
        back = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
        assert back == [address if name.startswith("GET ") else "/"]
    asked = _ask(visited, town, name, (place, ""), None, json=True)
    assert asked.status_code == 401
    assert asked.json is not None
    assert asked.json["code"] == "sign-in-needed"


@pytest.mark.parametrize("name", sorted(TABLE))
def test_thirteen_hours_later(visited: Flask, town: Town, name: str) -> None:
    """What every member may goes on for 180 days; what takes a role asks for the password once more."""
    line = TABLE[name]
    for place, roles in line.allowed.items():
        for persona in PERSONAS:
            answer = _ask(visited, town, name, (place, persona), town.stale_cookies[persona])
            told = f"{persona} → {place}: {answer.status}"
            if persona in roles and "member" in roles:
                assert _let_in(answer), told
            elif persona in roles:
                assert _to_sign_in(answer), told
                assert "again=1" in answer.headers["Location"], told
            else:
                assert not _let_in(answer), told


def test_every_post_needs_a_token(visited: Flask, town: Town) -> None:
    """With CSRF protection on, as in the product. A running quiz carries a token of its own instead."""
    visited.config["WTF_CSRF_ENABLED"] = True
    posts = [name for name in TABLE if name.startswith("POST ")]
    assert len(posts) > 15
    for name in posts:
        line = TABLE[name]
        place, roles = next(iter(line.allowed.items()))
        persona = next(one for one in PERSONAS if one in roles or not roles)
        address = _address(visited, town, name, line, town.target(line.kind, place, persona))
        client = towns.browser(visited, town.cookies[persona])
        answer = client.post(address, data=dict(line.data), headers={"Accept": "text/html"})
        assert answer.status_code == (403 if name in SCRIPTED else 400), name


def test_a_page_that_names_no_permission_is_refused(visited: Flask, town: Town) -> None:
    ran = []
    visited.add_url_rule("/forgotten", "forgotten", lambda: ran.append(1) or "open")
    for cookie in (None, town.cookies["operator"]):
        answer = towns.browser(visited, cookie).get("/forgotten")
        assert answer.status_code == 500
    assert not ran
