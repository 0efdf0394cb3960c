"""The study record on screen and as files: whose it is, what it says, what it never says."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from learnapp import accounts, audit, ledger
from learnapp.db import db, new_id, transaction
from tests.conftest import AT
from tests.study.shelf import put
from tests.world import World, sign_in


def _record(member_id: str, event: ledger.Event, days: int = 0) -> int:
    at = AT - timedelta(days=days)
    with transaction():
        return ledger.record(
            event,
            member_id=member_id,
            uid=new_id(),
            occurred_at=at,
            at=at,
            recorder=member_id,
            source="study",
        )


def _module(version: str, hours: int = 50) -> ledger.Event:
    return ledger.ModuleCompleted("doors", "before", version, "b" * 64, 20, hours, "rule@1", "online")


@pytest.fixture
def studied(world: World) -> World:
    """The member completed a module of the first version last year and one this year; one entry was wrong."""
    member, version = world.people["member"], put().hash
    _record(member, _module(version), days=365)
    _record(member, _module(version, 75))
    wrong = _record(member, _module(version, 25))
    with transaction():
        ledger.void(member, wrong, reason="entered-in-error", actor_id=world.people["secretary"], at=AT)
    put({"01-before.md": "# Renamed\n\n## One\n\nText.\n"})
    return world


def test_the_record_names_the_version_studied_and_opens_it(studied: World, client: FlaskClient) -> None:
    sign_in(client, studied.people["member"])
    page = client.get("/records/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "version 1" in page
    assert "0.75" in page
    entries = ledger.entries_after(studied.people["member"], 0)
    assert entries[1].hash[:16] in page
    assert "Entry 3 was voided by entry 4" in page
    version = entries[0].subject_version
    assert f"/study/doors/before/v/{version}" in page
    old = client.get(f"/study/doors/before/v/{version}")
    assert old.status_code == 200
    assert "Renamed" not in old.get_data(as_text=True)


def test_years_are_apart(studied: World, client: FlaskClient) -> None:
    sign_in(client, studied.people["member"])
    page = client.get("/records/?year=2025").get_data(as_text=True)
    assert "2025" in page
    assert "0.75" not in page


def test_nothing_recorded_is_said(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["member"])
    assert "Nothing recorded yet" in client.get("/records/", headers={"Accept-Language": "en"}).text


def test_the_secretary_sees_and_takes_along_and_that_is_written_down(
    studied: World, client: FlaskClient
) -> None:
    member = studied.people["member"]
    sign_in(client, studied.people["secretary"])
    assert client.get(f"/records/members/{member}").status_code == 200
    answer = client.post(f"/records/members/{member}/file/json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    db.session.rollback()
    (row,) = [one for one in audit.events([member], limit=50) if one.action == "exported"]
    assert row.actor_id == studied.people["secretary"]
    assert row.detail["what"] == "records/json"
    assert client.post(f"/records/members/{member}/file/nothing").status_code == 404
    assert client.get(f"/records/members/{studied.members[2][0]}").status_code == 403


def test_the_file_for_programs(studied: World, client: FlaskClient) -> None:
    sign_in(client, studied.people["member"])
    document = json.loads(client.get("/records/file/json").get_data())
    assert document["format"] == "learnapp-study-record/1"
    assert [year["year"] for year in document["years"]] == [2026, 2025]
    assert document["years"][0]["hours"] == {"online": 75}
    assert {one["measure"]: one["target"] for one in document["years"][0]["measures"]} == {
        "organised": 3200,
        "online": None,
    }
    assert document["years"][0]["corrections"][0]["voided"] == 3


def test_no_cell_is_a_formula(studied: World, client: FlaskClient) -> None:
    with transaction():
        person = db.session.get_one(accounts.Account, studied.people["member"])
        person.name = "=1+1"
    sign_in(client, studied.people["member"])
    text = client.get("/records/file/csv").get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][1] == "'=1+1"
    assert [row[6] for row in rows if len(row) > 8 and row[0] == "2026" and row[8] and row[6]] == ["0.75"]
