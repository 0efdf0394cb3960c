"""Proving that the stored chain is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from learnapp.db import db
from learnapp.ledger.models import LedgerEntry, LedgerHead
from learnapp.ledger.rules import GENESIS, HASHED_COLUMNS, entry_hash

_BATCH = 5_000


@dataclass(frozen=True)
class Fault:
    """The first thing found wrong: a code, where, and a sentence."""

    code: str
    member_id: str
    seq: int
    text: str


@dataclass(frozen=True)
class Report:
    """How much was read, and the first fault if there is one."""

    entries: int
    members: int
    fault: Fault | None

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return self.fault is None


def _rows() -> Iterator[tuple[str, ...]]:
    table = LedgerEntry.__table__
    statement = (
        select(*(table.c[name] for name in HASHED_COLUMNS), table.c.hash)
        .order_by(table.c.member_id, table.c.seq)
        .execution_options(yield_per=_BATCH)
    )
    for row in db.session.execute(statement):
        yield tuple(row)


def check_chain(rows: Iterable[tuple[object, ...]], heads: dict[str, tuple[int, str]]) -> Report:
    """Walks rows of (hashed columns…, hash) ordered by member and seq, and compares each stream's end
    with its head. Consumes `heads`."""
    entries = members = 0
    member, seq, last = "", 0, GENESIS

    def ended() -> Fault | None:
        if not member:
            return None
        head = heads.pop(member, None)
        if head is None:
            return Fault("head-missing", member, seq, f"member {member}: the stream's head is missing")
        if head != (seq, last):
            text = f"member {member}: the stream ends at entry {seq}, its head says {head[0]}"
            return Fault("tail", member, seq, text)
        return None

    def fault(code: str, at: int, text: str) -> Report:
        return Report(entries, members, Fault(code, member, at, f"member {member}, entry {at}: {text}"))

    for row in rows:
        if row[0] != member:
            if found := ended():
                return Report(entries, members, found)
            member, seq, last = str(row[0]), 0, GENESIS
            members += 1
        number = row[1]
        if number != seq + 1:
            return fault("gap", seq + 1, f"is missing; the next one stored is {number}")
        seq += 1
        if row[11] != last:
            return fault("link", seq, "does not continue the entry before it")
        if entry_hash([str(column) for column in row[:12]]) != row[12]:
            return fault("content", seq, "its content does not match its hash")
        last = str(row[12])
        entries += 1
    if found := ended():
        return Report(entries, members, found)
    for left, (left_seq, _) in sorted(heads.items()):
        if left_seq:
            text = f"member {left}: the head says {left_seq} entries, none is stored"
            return Report(entries, members, Fault("vanished", left, left_seq, text))
    return Report(entries, members, None)


def verify() -> Report:
    """Recomputes every hash of the live database from the stored bytes; stops at the first fault."""
    heads = {
        row.member_id: (row.seq, row.hash)
        for row in db.session.execute(select(LedgerHead.member_id, LedgerHead.seq, LedgerHead.hash))
    }
    return check_chain(_rows(), heads)
