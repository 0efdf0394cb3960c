"""Signing in and out, codes and the page about oneself, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from learnapp import accounts, audit, clock
from learnapp.db import db, transaction
from tests.conftest import AT
from tests.world import PASSWORD, World, sign_in

EN = {"Accept-Language": "en"}


class Watch:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The product's clock, standing at `AT` until a test turns it."""
    made = Watch()
    monkeypatch.setattr(clock, "now", made.now)
    return made


def _text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def _post(client: FlaskClient, name: str, password: str, **more: str) -> TestResponse:
    return client.post("/accounts/sign-in", data={"name": name, "password": password, **more}, headers=EN)


def _code(world: World, member_id: str, kind: str = "invite") -> str:
    with transaction():
        code = accounts.issue_ticket(member_id, kind, issued_by=world.people["secretary"], at=clock.now())
    return str(accounts.normal_code(code))


@pytest.fixture
def newcomer(watch: Watch, world: World) -> str:
    """Somebody who has no password yet."""
    return world.person("孙丽娟", "sun.lijuan", world.branch[0], password=False)


def test_a_deep_link_survives_the_sign_in(watch: Watch, world: World, client: FlaskClient) -> None:
    away = client.get("/ledger/?from=chat")
    assert away.headers["Location"] == "/accounts/sign-in?next=/ledger/?from%3Dchat"
    page = _text(client.get(away.headers["Location"], headers=EN))
    assert "the page you opened appears" in page
    target = re.search(r'name="next" type="hidden" value="([^"]*)"', page)
    assert target is not None
    back = _post(client, "m00", PASSWORD, next=target[1])
    assert (back.status_code, back.headers["Location"]) == (303, "/ledger/?from=chat")


@pytest.mark.parametrize(
    "outside", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_the_way_back_never_leads_to_another_site(
    watch: Watch, world: World, client: FlaskClient, outside: str
) -> None:
    client.get("/accounts/sign-in", query_string={"next": outside})
    assert _post(client, "m00", PASSWORD, next=outside).headers["Location"] == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(watch: Watch, world: World, client: FlaskClient) -> None:
    answer = _post(client, "m00", "not this one", next="/ledger/")
    page = _text(answer)
    assert answer.status_code == 422
    assert "do not belong together" in page
    assert 'value="m00"' in page
    assert 'value="/ledger/"' in page
    assert "not this one" not in page
    assert client.get("/accounts/me").status_code == 302


def test_unknown_and_known_names_get_the_same_answer(watch: Watch, world: World, client: FlaskClient) -> None:
    known = _text(_post(client, "m00", "not this one"))
    unknown = _text(_post(client, "nobody", "not this one"))
    token = re.compile(r'name="csrf_token"[^>]*value="[^"]*"|value="(m00|nobody)"')
    assert token.sub("", known) == token.sub("", unknown)


def test_the_lock_says_how_long_and_what_helps(watch: Watch, world: World, client: FlaskClient) -> None:
    for _ in range(5):
        answer = _post(client, "m00", "not this one")
    assert answer.status_code == 429
    assert "waits 1 minute, until 10:31" in _text(answer)
    assert "your branch secretary can give you a new code" in _text(answer)
    assert _post(client, "m00", PASSWORD).status_code == 429
    assert _post(client, "m02", PASSWORD).status_code == 303, "the wait belongs to the account"
    watch.turn(minutes=1)
    assert _post(client, "m00", PASSWORD).status_code == 303


def test_the_lock_speaks_chinese(watch: Watch, world: World, client: FlaskClient) -> None:
    for _ in range(5):
        answer = client.post("/accounts/sign-in", data={"name": "m00", "password": "不是这个"})
    assert "10:31" in _text(answer)
    assert "支部书记" in _text(answer)


def test_failures_are_remembered_by_the_log(watch: Watch, world: World, client: FlaskClient) -> None:
    _post(client, "m00", "not this one")
    db.session.rollback()
    rows = audit.events([world.members[0][0]], limit=1)
    assert [(row.action, row.actor_id, row.address) for row in rows] == [
        ("sign-in-failed", "", "127.0.0.0/24")
    ]


def test_a_member_stays_for_180_days(watch: Watch, world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["member"])
    cookie = client.get_cookie("learnapp")
    assert cookie is not None
    assert cookie.expires is not None
    # Flask writes the expiry by the machine's own clock.
    assert abs(cookie.expires - datetime.now(UTC) - timedelta(days=180)) < timedelta(minutes=1)
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    watch.turn(days=180)
    assert client.get("/accounts/me").status_code == 200
    watch.turn(seconds=1)
    assert client.get("/accounts/me").status_code == 302


def test_power_asks_again_after_twelve_hours_with_the_name_filled_in(
    watch: Watch, world: World, client: FlaskClient
) -> None:
    sign_in(client, world.people["secretary"])
    watch.turn(hours=12, seconds=1)
    assert client.get("/accounts/me").status_code == 200
    away = client.get("/branches/")
    page = _text(client.get(away.headers["Location"], headers=EN))
    assert "sign-in of the last twelve hours" in page
    assert 'value="secretary"' in page
    assert _post(client, "secretary", PASSWORD, next="/branches/").headers["Location"] == "/branches/"
    assert client.get("/branches/").status_code == 200


def test_a_form_that_comes_too_late_leads_back_to_its_page(
    watch: Watch, world: World, client: FlaskClient
) -> None:
    sign_in(client, world.people["operator"])
    watch.turn(hours=13)
    page = f"/branches/{world.branch[0]}/roles"
    away = client.post(page, data={"sign_in": "m00"}, headers={"Referer": f"http://localhost{page}"})
    assert away.headers["Location"] == f"/accounts/sign-in?next={page}&again=1"
    away = client.post(page, headers={"Referer": f"http://localhost.evil.example{page}"})
    assert away.headers["Location"] == "/accounts/sign-in?next=/&again=1"


def test_whoever_is_signed_in_does_not_sign_in_again(watch: Watch, world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["member"])
    answer = client.get("/accounts/sign-in?next=/ledger/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ledger/")


def test_signing_out_ends_this_device_only(watch: Watch, world: World, site: Flask) -> None:
    phone, desk = site.test_client(), site.test_client()
    sign_in(phone, world.people["member"])
    sign_in(desk, world.people["member"])
    assert phone.post("/accounts/sign-out").status_code == 303
    assert phone.get("/accounts/me").status_code == 302
    assert desk.get("/accounts/me").status_code == 200


def test_signing_out_everywhere_ends_every_device(watch: Watch, world: World, site: Flask) -> None:
    phone, desk = site.test_client(), site.test_client()
    sign_in(phone, world.people["member"])
    sign_in(desk, world.people["member"])
    assert phone.post("/accounts/sign-out-everywhere").status_code == 303
    assert phone.get("/accounts/me").status_code == 302
    assert desk.get("/accounts/me").status_code == 302


def test_signing_in_throws_away_what_the_session_held(
    watch: Watch, world: World, client: FlaskClient
) -> None:
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign_in(client, world.people["member"])
    with client.session_transaction() as session:
        assert set(session) <= {"_user_id", "_fresh", "_permanent", "csrf_token"}


def test_from_the_card_to_the_first_lesson(world: World, newcomer: str, client: FlaskClient) -> None:
    """At most six taps: (1) the scan opens the page, (2) the field, typing, (3) 确定, and home is there,
    (4) 继续 or the first course. Here: two requests that somebody has to press for before home."""
    page = client.get(f"/i/{_code(world, newcomer)}", headers=EN)
    text = _text(page)
    assert "Hello, 孙丽娟" in text
    assert "社区第一党支部" in text
    assert "sun.lijuan" in text
    assert text.count('type="password"') == 1
    assert text.count("btn-primary") == 1
    action = re.search(r'<form method="post" action="(/i/[^"]+)"', text)
    assert action is not None
    home = client.post(action[1], data={"password": "three plain words"})
    assert (home.status_code, home.headers["Location"]) == (303, "/")
    assert client.get("/accounts/me").status_code == 200


def test_looking_at_a_card_uses_nothing_up(world: World, newcomer: str, client: FlaskClient) -> None:
    code = _code(world, newcomer)
    for _ in range(3):
        assert client.get(f"/i/{code}").status_code == 200
    assert client.post(f"/i/{code}", data={"password": "three plain words"}).status_code == 303


def test_a_second_tap_is_harmless_and_another_password_is_not(
    world: World, newcomer: str, site: Flask
) -> None:
    code = _code(world, newcomer)
    phone, other = site.test_client(), site.test_client()
    assert phone.post(f"/i/{code}", data={"password": "three plain words"}).status_code == 303
    again = phone.post(f"/i/{code}", data={"password": "three plain words"})
    assert (again.status_code, again.headers["Location"]) == (303, "/")
    assert phone.get("/accounts/me").status_code == 200
    assert other.post(f"/i/{code}", data={"password": "four other plain words"}).status_code == 409
    assert other.get("/accounts/me").status_code == 302


def test_a_used_card_is_no_second_way_in(
    watch: Watch, world: World, newcomer: str, client: FlaskClient
) -> None:
    code = _code(world, newcomer)
    client.post(f"/i/{code}", data={"password": "three plain words"})
    client.delete_cookie("learnapp")
    watch.turn(minutes=3)
    answer = client.post(f"/i/{code}", data={"password": "three plain words"}, headers=EN)
    assert answer.status_code == 409
    assert "was used before" in _text(answer)
    assert client.get(f"/i/{code}").status_code == 409


def test_a_weak_password_is_said_at_the_field(world: World, newcomer: str, client: FlaskClient) -> None:
    code = _code(world, newcomer)
    answer = client.post(f"/i/{code}", data={"password": "short"}, headers=EN)
    assert answer.status_code == 422
    assert "at least 8" in _text(answer)
    assert client.post(f"/i/{code}", data={"password": ""}).status_code == 422
    assert client.get(f"/i/{code}").status_code == 200, "the code is still good"


def test_a_code_typed_by_hand_in_any_spelling(world: World, newcomer: str, client: FlaskClient) -> None:
    code = _code(world, newcomer)
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]}"
    answer = client.post("/accounts/code", data={"code": typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/i/{code}")
    wrong = client.post("/accounts/code", data={"code": "7KQ2"}, headers=EN)
    assert wrong.status_code == 422
    assert "not known" in _text(wrong)


def test_a_deep_link_survives_the_invitation(world: World, newcomer: str, client: FlaskClient) -> None:
    client.get(client.get("/ledger/?from=chat").headers["Location"])
    code = _code(world, newcomer)
    client.post("/accounts/code", data={"code": code})
    answer = client.post(f"/i/{code}", data={"password": "three plain words"})
    assert answer.headers["Location"] == "/ledger/?from=chat"


def test_the_member_is_told_who_issued_a_code_and_when(
    watch: Watch, world: World, client: FlaskClient
) -> None:
    """Once: at the next sign-in, or on the page about oneself for whoever is still signed in."""
    member_id = world.members[0][0]
    sign_in(client, member_id)
    _code(world, member_id, "reset")
    page = _text(client.get("/accounts/me", headers=EN))
    assert "Secretary issued a new sign-in code for your account (24 Nov 2026 10:30)" in page
    client.post("/accounts/me/reset-seen")
    assert "issued a new sign-in code" not in _text(client.get("/accounts/me", headers=EN))
    _code(world, member_id, "reset")
    client.post("/accounts/sign-out")
    _post(client, "m00", PASSWORD)
    assert "issued a new sign-in code" in _text(client.get("/accounts/me", headers=EN))
    assert "issued a new sign-in code" not in _text(client.get("/accounts/me", headers=EN))
    assert "A one-time code was issued" in _text(client.get("/accounts/me", headers=EN)), "the log keeps it"


def test_changing_the_password_asks_for_the_present_one(watch: Watch, world: World, site: Flask) -> None:
    phone, desk = site.test_client(), site.test_client()
    sign_in(phone, world.people["member"])
    sign_in(desk, world.people["member"])
    new = "four other plain words"

    def change(present: str, password: str) -> int:
        data = {"present": present, "password": password}
        return phone.post("/accounts/password", data=data).status_code

    assert change("not this one", new) == 422
    assert change(PASSWORD, "short") == 422
    assert change(PASSWORD, new) == 303
    assert phone.get("/accounts/me").status_code == 200
    assert desk.get("/accounts/me").status_code == 302
    assert _post(desk, "m00", PASSWORD).status_code == 422
    assert _post(desk, "m00", new).status_code == 303


def test_guessing_the_present_password_locks_as_well(watch: Watch, world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["member"])
    data = {"present": "not this one", "password": "four other plain words"}
    assert [client.post("/accounts/password", data=data).status_code for _ in range(6)] == [422] * 4 + [
        429
    ] * 2


def test_the_page_about_oneself(watch: Watch, world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["secretary"])
    page = _text(client.get("/accounts/me", headers=EN))
    for words in (
        "Secretary",
        "社区第一党支部",
        "Full member",
        "Branch secretary",
        "Signed in",
        "Largest text",
    ):
        assert words in page


def test_nobody_is_told_by_a_closed_account(watch: Watch, world: World, client: FlaskClient) -> None:
    with transaction():
        db.session.get_one(accounts.Account, world.members[0][0]).disabled_at = AT
    assert _post(client, "m00", PASSWORD).status_code == 422
