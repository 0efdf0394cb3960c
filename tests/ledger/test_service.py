"""Recording, repeating, voiding: the same on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from learnapp import accounts, ledger
from learnapp.db import db, transaction
from learnapp.errors import Conflict, Invalid, NotFound
from tests.conftest import AT

BEGUN = ledger.StudyBegun("study-duties", "a" * 64)


def put(member_id: str, uid: str, event: ledger.Event = BEGUN) -> int:
    with transaction():
        return ledger.record(
            event, member_id=member_id, uid=uid, occurred_at=AT, at=AT, recorder=member_id, source="study"
        )


@pytest.fixture
def member(app: Flask) -> str:
    with transaction():
        return accounts.create("张三", "zhangsan", at=AT)


def test_entries_follow_each_other(member: str) -> None:
    assert [put(member, uid) for uid in ("a", "b", "c")] == [1, 2, 3]
    entries = ledger.entries_after(member, 0)
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert entries[0].event == BEGUN
    assert entries[0].occurred_at == AT
    assert [entry.seq for entry in ledger.entries_after(member, 2)] == [3]
    assert ledger.verify() == ledger.Report(3, 1, unsealed=3)


def test_the_same_uid_is_the_same_entry(member: str) -> None:
    assert put(member, "a") == put(member, "a") == 1
    with pytest.raises(Conflict):
        put(member, "a", replace(BEGUN, course="other"))
    assert ledger.verify().entries == 1


def test_an_act_that_fails_leaves_no_entry(member: str) -> None:
    with pytest.raises(RuntimeError), transaction():
        ledger.record(
            BEGUN, member_id=member, uid="a", occurred_at=AT, at=AT, recorder=member, source="study"
        )
        raise RuntimeError
    assert ledger.entries_after(member, 0) == []
    assert put(member, "a") == 1


def test_voiding_names_reason_and_actor(member: str) -> None:
    put(member, "a")
    with transaction():
        ledger.void(member, 1, reason="duplicate", actor_id="f" * 32, at=AT)
    entries = ledger.entries_after(member, 0)
    assert ledger.void_reasons(entries) == {1: "duplicate"}
    assert entries[1].recorder == "f" * 32
    assert ledger.effective(entries) == []
    assert ledger.verify().ok


@pytest.mark.parametrize(
    ("seq", "reason", "error"),
    [
        (1, "duplicate", Conflict),
        (2, "duplicate", Conflict),
        (9, "duplicate", NotFound),
        (1, "mood", Invalid),
    ],
)
def test_what_cannot_be_voided(member: str, seq: int, reason: str, error: type[Exception]) -> None:
    put(member, "a")
    with transaction():
        ledger.void(member, 1, reason="corrected", actor_id=member, at=AT)
    with pytest.raises(error), transaction():
        ledger.void(member, seq, reason=reason, actor_id=member, at=AT)
    assert ledger.verify().entries == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET data = '{}'",
        "UPDATE ledger_entry SET seq = seq + 10",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "INSERT OR REPLACE INTO ledger_entry SELECT member_id, seq, uid, kind, subject, subject_version, '{}',"
        " occurred_at, recorded_at, recorder, source, prev_hash, hash FROM ledger_entry",
        "INSERT INTO ledger_entry SELECT member_id, seq + 5, 'u' || uid, kind, subject, subject_version, '{}',"
        " occurred_at, recorded_at, recorder, source, prev_hash, hash FROM ledger_entry",
    ],
)
def test_the_database_refuses_everything_but_an_append(member: str, statement: str) -> None:
    put(member, "a")
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text(statement))
    assert ledger.verify() == ledger.Report(1, 1, unsealed=1)


def test_replace_is_refused_without_our_pragmas(site: Flask) -> None:
    """Another program's connection has no recursive_triggers; the INSERT trigger still stands in its way."""
    import sqlite3

    with transaction():
        member = accounts.create("张三", "zhangsan", at=AT)
    put(member, "a")
    path = db.engine.url.database
    assert path
    other = sqlite3.connect(path)
    other.execute("PRAGMA recursive_triggers=OFF")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute("INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry")
    other.close()
    assert ledger.verify().ok


def test_postgresql_owner_is_refused_too(
    app: Flask, engine_name: str, request: pytest.FixtureRequest
) -> None:
    """The application may not; even the owner of the table runs into the triggers."""
    if engine_name == "sqlite":
        assert (
            db.session.execute(
                text("SELECT count(*) FROM sqlite_master WHERE type='trigger' AND tbl_name='ledger_entry'")
            ).scalar_one()
            == 3
        )
        return
    import psycopg

    with transaction():
        member = accounts.create("张三", "zhangsan", at=AT)
    put(member, "a")
    server = request.getfixturevalue("postgres")
    name = db.engine.url.database
    for statement in (
        "UPDATE ledger_entry SET data='x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
    ):
        with (
            psycopg.connect(host=str(server.folder), user="owner", dbname=name) as link,
            pytest.raises(psycopg.errors.RestrictViolation, match="append-only"),
        ):
            link.execute(statement)
