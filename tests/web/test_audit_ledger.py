"""The ledger as the auditor sees it, and what a member sees of the seals."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from learnapp import audit, ledger
from learnapp.cli import ledger as commands
from learnapp.db import transaction
from learnapp.ledger.verify import Anchor
from tests import acts
from tests.conftest import AT
from tests.ledger.sealed import new_key, seal
from tests.queries import count_queries
from tests.world import World, build, sign_in

EN = {"Accept-Language": "en"}


def text_of(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def study(member_id: str, count: int = 1, start: int = 0) -> None:
    with transaction():
        for number in range(start, start + count):
            acts.module(member_id, "duties", f"m{number}", AT - timedelta(days=3))


def void(member_id: str, seq: int, actor: str, minutes: int = 0) -> None:
    with transaction():
        note = ledger.note(member_id, "sat in another room")
        at = AT - timedelta(minutes=minutes)
        ledger.void(member_id, seq, reason="wrong-person", actor_id=actor, at=at, note=note)


def verified(world: World, age: timedelta, known: ledger.Known | None = None) -> ledger.Report:
    """What `learnapp ledger verify` does, so long ago."""
    known = known or ledger.Known()
    report = ledger.verify(known)
    with patch("learnapp.clock.now", lambda: AT - age):
        commands._keep(report, known)
    return report


@pytest.fixture
def auditor(world: World, client: FlaskClient) -> FlaskClient:
    """A client that the auditor of general[0] is signed in with, at the tests' time."""
    sign_in(client, world.people["auditor"])
    return client


def test_no_green_before_and_long_after_a_verification(
    world: World, site: Flask, auditor: FlaskClient
) -> None:
    with patch("learnapp.web.audit_ledger.now", lambda: AT):
        page = text_of(auditor.get("/audit/ledger", headers=EN))
        assert "was not verified yet" in page and "message-success" not in page
        assert "No key was made" in page
        member = world.members[0][0]
        study(member, 3)
        folder = site.extensions["learnapp"].ledger_keys_dir
        new_key(folder)
        seal(folder)
        study(member, 2, start=3)
        verified(world, timedelta(hours=1))
        page = text_of(auditor.get("/audit/ledger", headers=EN))
        assert "message-success" in page and "The ledger was whole: 5 entries, 1 seals" in page
        assert "2 entries; only their chain" in page and "recorded since" not in page
        study(member, 1, start=5)
        page = text_of(auditor.get("/audit/ledger", headers=EN))
        assert "1 entry was recorded since and is not covered" in page
        newest = ledger.last_seal()
        assert newest is not None and newest.log_root[:8] in page and newest.key_id in page
    with patch("learnapp.web.audit_ledger.now", lambda: AT + timedelta(days=2)):
        page = text_of(auditor.get("/audit/ledger", headers=EN))
        assert "message-success" not in page and "more than two days ago" in page


def test_a_fault_is_told_and_stays_until_the_next_verification(world: World, auditor: FlaskClient) -> None:
    study(world.members[0][0])
    report = verified(world, timedelta(hours=1), ledger.Known(anchors=(Anchor(7, "f" * 64),)))
    assert report.fault is not None
    with patch("learnapp.web.audit_ledger.now", lambda: AT):
        page = text_of(auditor.get("/audit/ledger", headers=EN))
    assert report.fault.text in page and "message-error" in page


def test_what_was_voided_by_whom_and_why(world: World, auditor: FlaskClient) -> None:
    member, foreign, actor = world.members[0][0], world.members[2][0], world.people["secretary"]
    for one in (member, foreign):
        study(one, 2)
        void(one, 1, actor)
    page = text_of(auditor.get("/audit/voided", headers=EN))
    assert page.count("Belongs to somebody else") == 1
    assert "王芳" in page and "周婷" not in page
    assert "by Secretary" in page and "sat in another room" in page and "Module completed" in page


def test_pages_of_voidings_show_each_once_and_ask_no_more_for_more(
    world: World, auditor: FlaskClient
) -> None:
    member, actor = world.members[0][0], world.people["secretary"]
    study(member, 60)
    void(member, 1, actor, 60)
    with count_queries() as few:
        auditor.get("/audit/voided", headers=EN)
    for seq in range(2, 61):
        void(member, seq, actor, 60 - seq // 3)
    with count_queries() as many:
        page = text_of(auditor.get("/audit/voided", headers=EN))
    assert len(many) == len(few) <= 8, many
    older = re.search(r'href="(/audit/voided\?behind=[^"]+)"', page)
    assert older
    rest = text_of(auditor.get(older.group(1), headers=EN))
    found = [int(seq) for seq in re.findall(r"Proof of No\. (\d+)", page + rest)]
    assert sorted(seq for seq in found if seq <= 60) == list(range(1, 61))
    assert "Older rows" not in rest


def test_the_proof_of_an_entry_can_be_taken_along(world: World, site: Flask, auditor: FlaskClient) -> None:
    member, folder = world.members[0][0], site.extensions["learnapp"].ledger_keys_dir
    study(member, 2)
    assert auditor.get(f"/audit/ledger/{member}/1/proof").status_code == 409
    new_key(folder)
    seal(folder)
    answer = auditor.get(f"/audit/ledger/{member}/1/proof")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    proved = ledger.check_proof(json.loads(answer.get_data(as_text=True)), ledger.Known())
    assert (proved.member_id, proved.seq) == (member, 1)
    assert [event.subject for event in audit.events([member], limit=1, action="exported")] == ["proof/1"]
    assert auditor.get(f"/audit/ledger/{member}/9/proof").status_code == 404
    assert auditor.get(f"/audit/ledger/{world.members[2][0]}/1/proof").status_code == 403


def test_a_member_sees_receipt_and_seal_of_each_entry(world: World, site: Flask, client: FlaskClient) -> None:
    member, folder = world.people["member"], site.extensions["learnapp"].ledger_keys_dir
    study(member, 2)
    new_key(folder)
    seal(folder)
    study(member, 1, start=2)
    sign_in(client, member)
    page = text_of(client.get("/ledger/", headers=EN))
    for entry in ledger.entries_after(member, 0):
        assert ledger.receipt_line(member, entry.seq, entry.hash) in page
    assert page.count("in seal No. 1") == 2 and page.count("not yet; until then") == 1
    assert "/proof" not in page


def test_seals_older_than_one(app: Flask) -> None:
    folder = app.extensions["learnapp"].ledger_keys_dir
    world = build()
    new_key(folder)
    for day in range(3):
        study(world.members[0][0], 1, start=day)
        seal(folder, day)
    assert [one.number for one in ledger.seals_before(None, 2)] == [3, 2]
    assert [one.number for one in ledger.seals_before(2, 2)] == [1]
    holding = ledger.Holding(world.members[0][0])
    held = [holding.of(seq) for seq in (1, 2, 3, 4)]
    assert [one.number if one else None for one in held] == [1, 2, 3, None]
