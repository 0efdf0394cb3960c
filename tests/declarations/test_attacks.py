"""What a hurried or hostile hand does to acts, waivers and memberships: odd days, forms sent again, second accounts,
empty and disguised files. None of it is an error of the server's, and none of it decides about oneself."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from learnapp import branches, ledger
from learnapp.db import db, transaction
from learnapp.errors import Forbidden
from learnapp.web.branches import moving
from tests.conftest import AT
from tests.declarations import acting
from tests.declarations.office import open_year
from tests.study.shelf import put
from tests.world import World, sign_in

TODAY = date(2026, 11, 24)
EN = {"Accept-Language": "en"}


@pytest.fixture
def year(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose committee has rules for acts and a course, on the day of the tests."""
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    open_year(world)
    put()
    return world


def _joined(world: World, member_id: str, other: str) -> None:
    """The ledger says that both accounts are one person."""
    event = ledger.Merged("a" * 32, "given-up", other, 0, "0" * 64, "")
    with transaction():
        ledger.record(
            event,
            member_id=member_id,
            uid="merge/a",
            occurred_at=AT,
            at=AT,
            recorder=world.people["committee"],
            source="persons",
        )


@pytest.mark.parametrize("seq", [0, 2**31 + 5, 2**63, 10**30])
def test_a_number_that_no_column_holds_is_no_entry(year: World, client: FlaskClient, seq: int) -> None:
    sign_in(client, year.people["secretary"])
    address = f"/corrections/members/{year.people['member']}/entries/{seq}"
    assert client.get(address).status_code == 404
    assert client.post(address, data={"do": "confirm"}).status_code == 404


@pytest.mark.parametrize("on", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_an_impossible_day_is_refused_in_words(year: World, client: FlaskClient, on: str) -> None:
    sign_in(client, year.people["secretary"])
    form = {"thing": "course/doors", "basis": "party-school", "on": on, "days": "60", "hours": "400"}
    form |= {"mode": "concentrated", "do": "confirm", "act": "b" * 32}
    address = f"/corrections/members/{year.people['member']}/accept"
    assert client.post(address, data=form).status_code == 422


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("guest/end", {"last": "9999-12-31", "guest_id": "x"}),
        ("guest", {"first": "2026-11-24", "last": "9999-12-31"}),
        ("belonging", {"member_class": "mobile", "on": "9999-12-31"}),
    ],
)
def test_a_day_in_another_age_is_refused(
    year: World, client: FlaskClient, page: str, form: dict[str, str]
) -> None:
    sign_in(client, year.people["secretary"])
    address = f"/branches/people/{year.people['member']}/{page}"
    answer = client.post(address, data={"unit": year.branch[2], **form}, headers=EN)
    assert answer.status_code == 422 and "more than ten years ahead" in answer.text


def test_a_form_that_was_changed_after_it_was_sent_does_not_say_that_it_is_done(
    year: World, client: FlaskClient
) -> None:
    sign_in(client, year.people["secretary"])
    address = f"/corrections/members/{year.people['member']}/waive"
    form = {
        "thing": "course/doors",
        "basis": "seconded",
        "until": "2027-01-31",
        "act": "c" * 32,
        "do": "confirm",
    }
    assert client.post(address, data=form).status_code == 303
    assert client.post(address, data=form).status_code == 303, "the same again is harmless"
    answer = client.post(address, data={**form, "until": "2027-06-30"}, headers=EN)
    assert answer.status_code == 409 and "decided something else already" in answer.text


def test_the_same_recording_form_with_other_words_can_be_sent_as_another_act(
    year: World, client: FlaskClient
) -> None:
    sign_in(client, year.people["secretary"])
    address, uid = f"/declarations/record/{year.branch[0]}", "d" * 32
    form = {"act": "award", "on": "2026-11-20", "text": "甲", "uid": uid, "member": year.people["member"]}
    assert client.post(address, data=form).status_code == 303
    answer = client.post(address, data={**form, "text": "乙"})
    assert answer.status_code == 409 and uid not in answer.text


def test_one_act_that_is_the_askers_own_does_not_stop_the_others(year: World, client: FlaskClient) -> None:
    member, other, secretary = year.people["member"], year.members[0][2], year.people["secretary"]
    own, ordinary = acting.declare(member), acting.declare(other, text="帮助老人就医")
    _joined(year, member, secretary)
    sign_in(client, secretary)
    shown = [f"{member}.{own}", f"{other}.{ordinary}"]
    answer = client.post(
        f"/declarations/waiting/{year.branch[0]}", data={"act": shown, "month": "2026-11"}, headers=EN
    )
    assert answer.status_code == 303
    db.session.rollback()
    assert acting.state(member, own) == "declared" and acting.state(other, ordinary) == "confirmed"


def test_nobody_records_about_an_account_that_was_joined_with_theirs(year: World) -> None:
    _joined(year, year.people["member"], year.people["secretary"])
    with pytest.raises(Forbidden):
        acting.record(year.people["member"], year.people["secretary"])


def test_a_record_that_came_over_is_still_of_whoever_entered_it(year: World) -> None:
    given, kept = year.people["member"], year.members[0][2]
    act_id = acting.record(given, year.people["recorder"])
    (first,) = [one for one in ledger.entries_after(given, 0) if one.kind == "act-recorded"]
    _joined(year, kept, given)
    with transaction():
        ledger.copy_note(given, kept, first.data["note"])
        ledger.record(
            first.event,
            member_id=kept,
            uid=f"merge/a/{first.seq}",
            occurred_at=first.occurred_at,
            at=AT,
            recorder=year.people["committee"],
            source="persons",
        )
    with pytest.raises(Forbidden):
        acting.confirm(kept, act_id, year.people["recorder"])
    acting.confirm(kept, act_id, year.people["secretary"])


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ" + bytes(99), b"\xff\xfe<h1>"]
)
def test_an_empty_or_disguised_file_is_refused_and_the_words_come_back(
    year: World, client: FlaskClient, data: bytes
) -> None:
    sign_in(client, year.people["member"])
    form = {
        "uid": "e" * 32,
        "act": "volunteering",
        "on": "2026-11-20",
        "text": "与𠮷先生、㛃女士清扫楼道<b>=1+1",
    }
    sent = client.post("/declarations/new", data={**form, "file": (io.BytesIO(data), "a.png")})
    assert sent.status_code == 422 and "与𠮷先生、㛃女士清扫楼道&lt;b&gt;=1+1" in sent.text


def test_a_guest_who_comes_home_is_a_guest_no_longer(year: World) -> None:
    member, on = year.people["member"], TODAY + timedelta(days=3)
    actors: dict[str, Any] = {"today": TODAY, "at": AT}
    with transaction():
        branches.host(
            member,
            year.branch[1],
            valid_from=TODAY - timedelta(days=30),
            valid_to=None,
            actor_id=year.people["secretary"],
            at=AT,
        )
        named = branches.ask_transfer(
            member, year.branch[1], on=on, actor_id=year.people["secretary"], **actors
        )
        branches.receive_transfer(member, named, actor_id=year.people["committee"], **actors)
        moving.confirm(member, named, actor_id=year.people["secretary"], **actors)
    (guest,) = branches.guests(member)
    assert guest.valid_to == on
