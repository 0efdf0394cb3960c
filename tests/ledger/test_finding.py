"""Finding an entry by its hash, and what became of it, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask import Flask

from learnapp import ledger
from learnapp.app import create_app
from learnapp.cli.ledger_find import find, lines
from learnapp.db import new_id, transaction
from learnapp.errors import Invalid
from learnapp.ledger import QuizEnded, StudyBegun
from tests.conftest import AT

ENDED = QuizEnded("q", "v" * 64, "a" * 32, 1, "deadline", 200, 500, False, "p" * 64, "c" * 64)


def put(member: str, uid: str, event: ledger.Event) -> int:
    with transaction():
        return ledger.record(
            event, member_id=member, uid=uid, occurred_at=AT, at=AT, recorder=member, source="quiz"
        )


def void(member: str, seq: int, reason: str) -> None:
    with transaction():
        ledger.void(member, seq, reason=reason, actor_id=member, at=AT, trace=new_id())


def test_the_next_result_of_the_same_attempt_replaces_it(app: Flask) -> None:
    member = new_id()
    put(member, "other", replace(ENDED, attempt="b" * 32))
    first = put(member, "first", ENDED)
    void(member, first, "late")
    put(member, "another", replace(ENDED, attempt="b" * 32, number=2))
    second = put(member, "second", replace(ENDED, earned=300))
    entries = ledger.entries_after(member, 0)
    by_seq = {entry.seq: entry for entry in entries}
    old = ledger.find(member, by_seq[first].hash.upper())
    assert old is not None and not old.stands
    assert old.voided_by == by_seq[first + 1] and old.replaced_by == by_seq[second]
    new = ledger.find(member, f" {by_seq[second].hash[:10]} {by_seq[second].hash[10:16]}\n")
    assert new is not None and new.stands and new.replaced_by is None and new.entry.seq == second
    assert ledger.find(new_id(), by_seq[second].hash) is None
    assert ledger.find(member, "0" * 64) is None


def test_what_was_only_voided_has_no_successor(app: Flask) -> None:
    member = new_id()
    begun = put(member, "begun", StudyBegun("c", "v" * 64))
    void(member, begun, "entered-in-error")
    put(member, "again", StudyBegun("c", "w" * 64))
    found = ledger.fate(ledger.entries_after(member, 0), begun)
    assert not found.stands and found.replaced_by is None
    assert "voided by entry 2" in lines(found)[1] and len(lines(found)) == 2


@pytest.mark.parametrize("text", ["", "abc", "f" * 15, "f" * 65, "g" * 64, "ｆ" * 64])
def test_what_is_no_hash_is_refused(app: Flask, text: str) -> None:
    with pytest.raises(Invalid):
        ledger.find(new_id(), text)


def test_the_command_says_so(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    member = new_id()
    put(member, "first", ENDED)
    (entry,) = ledger.entries_after(member, 0)
    settings = site.extensions["learnapp"]
    monkeypatch.setenv("LEARNAPP_ENV", "test")
    monkeypatch.setenv("LEARNAPP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("LEARNAPP_DATABASE_URL", settings.database_url)
    found = CliRunner().invoke(find, [entry.hash], obj=create_app)
    assert found.exit_code == 0, found.output
    assert f"Entry 1 of member {member}: quiz-ended, quiz/q" in found.output and "It stands." in found.output
    missing = CliRunner().invoke(find, ["0" * 64], obj=create_app)
    assert missing.exit_code == 1 and "No entry in this ledger has the hash" in missing.output
