"""Reading the ledger."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from learnapp.clock import parse_iso
from learnapp.db import db, table_of
from learnapp.errors import N_, NotFound
from learnapp.ledger.events import Event, event_of
from learnapp.ledger.models import LedgerEntry, LedgerNote


@dataclass(frozen=True)
class Entry:
    """One entry as readers see it; times are instants in UTC."""

    member_id: str
    seq: int
    kind: str
    subject: str
    subject_version: str
    data: dict[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    recorder: str
    source: str
    hash: str

    @property
    def event(self) -> Event:
        """The entry's fact as a value of the vocabulary."""
        return event_of(self.kind, self.data)


_table = table_of(LedgerEntry)
# The fields of an Entry in their order; `data` and the two times are text in the table.
_COLUMNS = tuple(_table.c[field.name] for field in fields(Entry))


def from_row(row: Sequence[Any]) -> Entry:
    """An entry of its columns in the order of the fields of `Entry`."""
    member_id, seq, kind, subject, version, data, occurred_at, recorded_at, *rest = row
    times = parse_iso(occurred_at), parse_iso(recorded_at)
    return Entry(member_id, seq, kind, subject, version, json.loads(data), *times, *rest)


_MINE = select(*_COLUMNS).where(_table.c.member_id == bindparam("of_member"))
_AFTER = _MINE.where(_table.c.seq > bindparam("after")).order_by(_table.c.seq)
_ONE = _MINE.where(_table.c.seq == bindparam("of_seq"))


def entries_after(member_id: str, seq: int) -> list[Entry]:
    """The member's entries behind `seq` in their order; 0 gives all of them."""
    rows = db.session.execute(_AFTER, {"of_member": member_id, "after": seq})
    return [from_row(row) for row in rows]


@dataclass(frozen=True)
class Stream:
    """A member's entries behind `since`, for a reader that has folded those up to there. A part that begins
    behind an entry holds no voiding, since that reaches back; where something was voided it is the whole."""

    member_id: str
    since: int
    entries: tuple[Entry, ...]

    @property
    def seq(self) -> int:
        """The last seq of the stream."""
        return self.entries[-1].seq if self.entries else self.since

    def whole(self) -> tuple[Entry, ...]:
        """All entries, read now where only a part is here."""
        return tuple(entries_after(self.member_id, 0)) if self.since else self.entries


def stream(member_id: str, since: int = 0) -> Stream:
    """What a reader that has folded the entries up to `since` has to know of the member's stream."""
    entries = entries_after(member_id, since)
    if since and any(entry.kind == "voided" for entry in entries):
        return stream(member_id)
    return Stream(member_id, since, tuple(entries))


def entry(member_id: str, seq: int) -> Entry:
    """One entry. Raises NotFound."""
    row = db.session.execute(_ONE, {"of_member": member_id, "of_seq": seq}).one_or_none()
    if row is None:
        raise NotFound("no-entry", N_("There is no entry %(seq)s in this ledger."), seq=seq)
    return from_row(row)


def known_uids(member_id: str, uids: Collection[str]) -> set[str]:
    """Those of the uids under which something was recorded for this member."""
    rows = db.session.execute(
        select(_table.c.uid).where(_table.c.member_id == member_id, _table.c.uid.in_(sorted(uids)))
    )
    return {row.uid for row in rows}


def voided_seqs(entries: Iterable[Entry]) -> set[int]:
    """The seqs that some entry among these voids."""
    return {entry.data["seq"] for entry in entries if entry.kind == "voided"}


def void_reasons(entries: Iterable[Entry]) -> dict[int, str]:
    """For each voided seq, the code of the reason."""
    return {entry.data["seq"]: entry.data["reason"] for entry in entries if entry.kind == "voided"}


def effective(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that count: neither voided nor a voiding. Expects the whole stream."""
    void = voided_seqs(entries)
    return [entry for entry in entries if entry.kind != "voided" and entry.seq not in void]


_NOTE = select(LedgerNote.text).where(
    LedgerNote.member_id == bindparam("of_member"), LedgerNote.commitment == bindparam("of_commitment")
)


def note_text(member_id: str, held: str) -> str:
    """The words behind a commitment; empty where there were none, or where they were erased."""
    found = db.session.execute(_NOTE, {"of_member": member_id, "of_commitment": held}).scalar_one_or_none()
    return found or ""
