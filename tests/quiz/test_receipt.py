"""The receipt of an attempt, and the entry behind its fingerprint."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import ledger, quiz
from learnapp.cli.ledger_find import lines
from learnapp.db import transaction
from learnapp.errors import Invalid
from tests.conftest import AT
from tests.quiz.test_lateness import act, begin, cut, keep, shelve
from tests.world import World, sign_in


@pytest.fixture
def attempt(world: World, site: Flask, tmp_path: Path) -> str:
    """An attempt that the clock ended with two right answers."""
    shelve(tmp_path)
    made = begin(world.people["member"])
    cut(world.people["member"], made)
    with transaction():
        quiz.close(world.people["member"], made, at=AT + timedelta(minutes=16))
    return made


def text(client: FlaskClient, address: str, status: int = 200) -> str:
    """The page as text in English."""
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def grouped(digest: str) -> str:
    """The digest as it is printed."""
    return " ".join(re.findall(".{8}", digest))


def test_the_receipt_names_everything_and_the_ledger_finds_it(
    world: World, client: FlaskClient, attempt: str
) -> None:
    member = world.people["member"]
    sign_in(client, member)
    (entry,) = ledger.entries_after(member, 0)
    found = quiz.attempt(member, attempt)
    sheet = text(client, f"/quiz/attempts/{attempt}/receipt")
    plain = text(client, f"/quiz/attempts/{attempt}/receipt.txt")
    for words in (
        "王芳", "five-kinds", grouped(found.quiz_version), attempt, "2026-11-24 10:30:00",
        "2026-11-24 10:45:00 · when the time was up", "2 of 5 points · not passed",
        grouped(entry.data["paper_digest"]), grouped(entry.data["acts_digest"]), grouped(entry.hash),
        "No. 1", "This entry stands.", ledger.receipt_line(member, 1, entry.hash),
    ):  # fmt: skip
        assert words in sheet and words in plain, words
    for typed in (entry.hash, entry.hash[:16], grouped(entry.hash).upper().replace(" ", "+")):
        page = text(client, f"/ledger/find?hash={typed}")
        assert "Entry 1 of this ledger has this fingerprint. It stands as it was recorded." in page
    assert "No entry of this ledger has this fingerprint" in text(client, f"/ledger/find?hash={'0' * 64}")
    for typed in ("geheim", "123", entry.hash + "0"):
        assert "at least 16 of them" in text(client, f"/ledger/find?hash={typed}", 422)
    assert "Look up the fingerprint" in text(client, "/ledger/")


def test_a_receipt_that_was_replaced_says_by_what(world: World, client: FlaskClient, attempt: str) -> None:
    member = world.people["member"]
    keep(member, attempt, [act(member, attempt, 3, 14)], 40)
    first, void, second = ledger.entries_after(member, 0)
    sign_in(client, member)
    sheet = text(client, f"/quiz/attempts/{attempt}/receipt")
    assert "3 of 5 points · passed" in sheet and "This entry stands." in sheet
    assert "Answered without a network, counted: question 3." in sheet
    old = text(client, f"/quiz/attempts/{attempt}/receipt?entry=1")
    assert "2 of 5 points · not passed" in old
    assert (
        f"This result was replaced on 2026-11-24 11:10:00 by entry 3 with the fingerprint {grouped(second.hash)}"
        in old
    )
    assert "Answers that were made in time arrived later" in old
    page = text(client, f"/ledger/find?hash={first.hash}")
    assert "It was voided by entry 2" in page and f"Its fingerprint is {grouped(second.hash)}" in page
    assert lines(ledger.fate([first, void, second], 1))[1:] == [
        "It was voided by entry 2 at 2026-11-24T03:10:00.000Z: Answers that were made in time arrived later.",
        f"It was replaced by entry 3, hash {second.hash}.",
    ]
    assert text(client, f"/quiz/attempts/{attempt}/receipt?entry=2", 404)


def test_while_it_runs_and_for_others_there_is_none(
    world: World, client: FlaskClient, site: Flask, tmp_path: Path
) -> None:
    shelve(tmp_path)
    member = world.people["member"]
    with transaction():
        running = quiz.start(
            member, "five-kinds", at=AT + timedelta(days=3650), zone="Asia/Shanghai"
        ).attempt_id
    sign_in(client, member)
    answer = client.get(f"/quiz/attempts/{running}/receipt.txt")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/quiz/attempts/{running}/")
    sign_in(client, world.people["secretary"])
    assert client.get(f"/quiz/attempts/{running}/receipt").status_code == 404


def test_practice_has_no_receipt(world: World, client: FlaskClient, site: Flask, tmp_path: Path) -> None:
    shelve(tmp_path, practice=True)
    member = world.people["member"]
    made = begin(member, practice=True)
    with transaction():
        quiz.submit(member, made, at=AT + timedelta(minutes=1))
    sign_in(client, member)
    assert "Practice has none" in text(client, f"/quiz/attempts/{made}/receipt", 404)


def test_what_the_quiz_does_not_show_yet_stands_on_no_receipt(
    world: World, client: FlaskClient, site: Flask, tmp_path: Path
) -> None:
    shelve(
        tmp_path,
        more='review = { after = ["answer"], later = ["answer"] }',
        exam=True,
        closes="2050-01-01T00:00",
    )
    member = world.people["member"]
    made = begin(member)
    with transaction():
        quiz.submit(member, made, at=AT + timedelta(minutes=1))
    sign_in(client, member)
    for address in ("receipt", "receipt.txt"):
        page = text(client, f"/quiz/attempts/{made}/{address}")
        assert "not shown yet" in page
        assert "of 5 points" not in page
        (entry,) = ledger.entries_after(member, 0)
        assert grouped(entry.data["acts_digest"]) in page
        # With the hash, and all else being known, the result could be found by trying.
        assert entry.hash[:8] not in page
    assert "No entry of this ledger" in text(client, f"/ledger/find?hash={entry.hash}")


def test_an_auditor_finds_it_in_a_members_ledger_and_a_recorder_does_not(
    world: World, client: FlaskClient, attempt: str
) -> None:
    member = world.people["member"]
    (entry,) = ledger.entries_after(member, 0)
    address = f"/ledger/members/{member}/find?hash={entry.hash}"
    sign_in(client, world.people["auditor"])
    assert "It stands as it was recorded" in text(client, address)
    assert "No entry of this ledger" in text(client, f"/ledger/find?hash={entry.hash}")
    sign_in(client, world.people["recorder"])
    assert client.get(address).status_code == 403


def test_find_asks_for_a_hash(world: World, attempt: str) -> None:
    with pytest.raises(Invalid):
        ledger.find(world.people["member"], "not a hash at all")
