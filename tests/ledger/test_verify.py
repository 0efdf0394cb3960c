"""What verify finds: every kind of damage, and nothing where there is none."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from learnapp import accounts, ledger
from learnapp.db import db, transaction
from learnapp.ledger.rules import GENESIS, HASHED_COLUMNS, entry_hash
from learnapp.ledger.verify import Ledger, check
from tests.conftest import AT

BARE = (
    "DROP TRIGGER ledger_entry_no_update",
    "DROP TRIGGER ledger_entry_no_delete",
    "DROP TRIGGER ledger_entry_append_only",
)


@pytest.fixture
def damage(site: Flask) -> Callable[[str], ledger.Report]:
    """Three members with four entries each; the fixture runs a statement past the triggers and verifies."""
    for name in ("zhangsan", "lisi", "wangwu"):
        with transaction():
            member = accounts.create(name, name, at=AT)
            for number in range(4):
                event = ledger.StudyBegun(f"course-{number}", "a" * 64)
                ledger.record(
                    event,
                    member_id=member,
                    uid=str(number),
                    occurred_at=AT,
                    at=AT,
                    recorder=member,
                    source="study",
                )

    def run(statement: str) -> ledger.Report:
        db.session.remove()
        path = db.engine.url.database
        assert path
        link = sqlite3.connect(path)
        for line in (*BARE, statement):
            link.execute(line)
        link.commit()
        link.close()
        return ledger.verify()

    return run


SECOND = "(SELECT member_id FROM ledger_head ORDER BY member_id LIMIT 1 OFFSET 1)"


@pytest.mark.parametrize(
    ("statement", "code", "seq"),
    [
        (f"UPDATE ledger_entry SET data = upper(data) WHERE seq = 2 AND member_id = {SECOND}", "content", 2),
        (f"UPDATE ledger_entry SET subject = 'x' WHERE seq = 3 AND member_id = {SECOND}", "content", 3),
        (f"UPDATE ledger_entry SET recorder = member_id || 'x' WHERE seq = 1 AND member_id = {SECOND}", "content", 1),
        (f"UPDATE ledger_entry SET prev_hash = hash WHERE seq = 2 AND member_id = {SECOND}", "link", 2),
        (f"DELETE FROM ledger_entry WHERE seq = 2 AND member_id = {SECOND}", "gap", 2),
        (f"DELETE FROM ledger_entry WHERE seq = 4 AND member_id = {SECOND}", "tail", 3),
        (f"DELETE FROM ledger_entry WHERE member_id = {SECOND}", "vanished", 4),
        (f"DELETE FROM ledger_head WHERE member_id = {SECOND}", "head-missing", 4),
        (f"UPDATE ledger_head SET seq = 3 WHERE member_id = {SECOND}", "tail", 4),
    ],
)  # fmt: skip
def test_damage_is_found_and_named(
    damage: Callable[[str], ledger.Report], statement: str, code: str, seq: int
) -> None:
    report = damage(statement)
    assert report.fault is not None
    assert (report.fault.code, report.fault.seq) == (code, seq)
    assert report.fault.member_id in report.fault.text


def test_no_false_alarm(damage: Callable[[str], ledger.Report]) -> None:
    assert damage("SELECT 1") == ledger.Report(12, 3, unsealed=12)


def test_one_changed_byte_in_the_file(damage: Callable[[str], ledger.Report]) -> None:
    """The database file is edited as a file, not through SQL."""
    from pathlib import Path

    damage("SELECT 1")
    db.session.remove()
    db.engine.dispose()
    file = Path(str(db.engine.url.database))
    link = sqlite3.connect(file)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    raw = bytearray(file.read_bytes())
    at = raw.index(b'{"course":"course-2"')
    raw[at + 18] = ord("7")
    file.write_bytes(raw)
    report = ledger.verify()
    assert report.fault is not None
    assert (report.fault.code, report.fault.seq) == ("content", 3)


texts = st.text(max_size=12)
streams = st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6)


def whole(rows: list[list[object]], head: tuple[int, str]) -> bool:
    return check(Ledger(list, list, list, lambda: rows, lambda: {"m": head})).ok


def chain(rows: list[tuple[str, str, str]]) -> list[list[object]]:
    built: list[list[object]] = []
    last = GENESIS
    for number, (kind, data, subject) in enumerate(rows, 1):
        columns = ["m", str(number), f"u{number}", kind, subject, "", data, "t", "t", "r", "s", last]
        last = entry_hash(columns)
        built.append([columns[0], number, *columns[2:], last])
    return built


@given(streams, st.data())
def test_any_changed_column_is_found(rows: list[tuple[str, str, str]], data: st.DataObject) -> None:
    built = chain(rows)
    head = (len(built), str(built[-1][12]))
    assert whole(built, head)
    row = data.draw(st.integers(0, len(built) - 1))
    column = data.draw(st.sampled_from([0, *range(2, 13)]))
    built[row][column] = str(built[row][column]) + "x"
    assert not whole(built, head)


@given(
    st.lists(
        texts | st.text("abcdefghij0123456789", max_size=300),
        min_size=len(HASHED_COLUMNS),
        max_size=len(HASHED_COLUMNS),
    )
)
def test_the_hash_is_what_it_is_said_to_be(columns: list[str]) -> None:
    """The quick way for plain ASCII and the general one are one function: length, bytes, length, bytes."""
    raw = b"".join(len(text.encode()).to_bytes(4, "big") + text.encode() for text in columns)
    assert entry_hash(columns) == hashlib.sha256(raw).hexdigest()
    long = [text * 40 for text in columns]
    raw = b"".join(len(text.encode()).to_bytes(4, "big") + text.encode() for text in long)
    assert entry_hash(long) == hashlib.sha256(raw).hexdigest()


@given(st.lists(texts, min_size=len(HASHED_COLUMNS), max_size=len(HASHED_COLUMNS)), st.data())
def test_text_cannot_move_between_columns(columns: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(columns) - 2))
    moved = list(columns)
    moved[at] += moved[at + 1][:1]
    moved[at + 1] = moved[at + 1][1:]
    assert (entry_hash(moved) == entry_hash(columns)) == (moved == columns)
