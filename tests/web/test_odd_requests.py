"""Requests that no page of ours sends: each gets an answer in words, never a fault of the server."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from learnapp.db import db
from learnapp.web.links import local_path
from tests.world import World, sign_in


@pytest.mark.parametrize(
    "address",
    [
        "/study/%00/",
        "/media/a%00b",
        "/quiz/attempts/%00/",
        "/i/%00",
        "/audit/?behind=2026-11-24T00:00:00Z~%00",
    ],
)
def test_a_null_character_in_an_address_leads_nowhere(
    world: World, client: FlaskClient, address: str
) -> None:
    """PostgreSQL refuses it in every text, so it must not get that far."""
    sign_in(client, world.people["auditor"])
    assert client.get(address).status_code == 404


def test_a_null_character_in_a_form_is_refused_in_words(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["operator"])
    address = f"/branches/{world.branch[0]}/roles/end"
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.post(
            address,
            data={"member_id": "a\0b", "role": "trainer"},
            content_type=kind,
            headers={"Accept-Language": "en"},
        )
        assert answer.status_code == 422
        assert "a character that cannot be kept" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "behind", ["0001-01-01T00:00:00+23:59~x", "9999-12-31T23:59:59-23:59~x", "2026-13-01~x", "~", "x" * 4000]
)
def test_a_cursor_out_of_time_starts_from_the_top(world: World, client: FlaskClient, behind: str) -> None:
    sign_in(client, world.people["auditor"])
    answer = client.get("/audit/", query_string={"behind": behind}, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "A role was granted" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "target",
    [
        "//[", "http://[::1", "//evil\u2100.com", "//evil.com", "/\\evil.com", "\\/evil.com", "/\t/evil.com",
        "https:evil.com", "javascript:alert(1)", "/a\\..\\..//evil.com", " //evil.com", "\x01//evil.com",
        "///evil.com", "/%0a/evil.com\n", "evil.com", "",
    ],
)  # fmt: skip
def test_no_address_leads_to_another_site(client: FlaskClient, target: str) -> None:
    assert local_path(target) == "/"
    answer = client.post("/preferences/language", data={"next": target, "locale": "en"})
    assert answer.status_code == 303
    assert answer.location == "/"


def test_the_error_of_a_stale_form_is_in_the_language_of_the_reader(site: Flask, client: FlaskClient) -> None:
    """The token is checked before any page runs; who asks in which language is known by then."""
    site.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/accounts/sign-in", data={"name": "x"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "This page was open for too long" in answer.get_data(as_text=True)
    assert answer.headers["X-Request-Id"]


def test_a_body_beyond_the_limit_is_refused_in_words(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["member"])
    body = urlencode({"q": "x" * 3_000_000}).encode()
    answer = client.post(
        "/quiz/attempts/x/",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="application/x-www-form-urlencoded",
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 413
    assert "The limit is 2 MB" in answer.get_data(as_text=True)


def test_a_database_that_takes_no_writes_is_told_as_such(world: World, client: FlaskClient) -> None:
    """A full disk, a lock that is never given back: try again, there is nothing wrong with you."""
    sign_in(client, world.people["member"])
    db.session.remove()

    def read_only(driver: Any, *_: object) -> None:
        driver.execute("PRAGMA query_only = ON")

    event.listen(db.engine, "checkout", read_only)
    page = client.post("/accounts/sign-out-everywhere", headers={"Accept-Language": "en"})
    assert page.status_code == 503
    assert "try again in a moment" in page.get_data(as_text=True)
    asked = client.post("/accounts/sign-out-everywhere", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json and asked.json["code"]) == (503, "unavailable")
    assert client.get("/").status_code == 200, "reading goes on"
