"""Reading the ledger."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from learnapp.clock import iso, parse_iso
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
_MOST = 2**31 - 1
_ONE = _MINE.where(_table.c.seq == bindparam("of_seq"))


def entries_after(member_id: str, seq: int) -> list[Entry]:
    """The member's entries behind `seq` in their order; 0 gives all of them."""
    rows = db.session.execute(_AFTER, {"of_member": member_id, "after": seq})
    return [from_row(row) for row in rows]


_HAPPENED = _MINE.where(
    or_(
        _table.c.kind.in_(bindparam("always", expanding=True)),
        and_(
            _table.c.kind.in_(bindparam("kinds", expanding=True)),
            _table.c.occurred_at >= bindparam("start"),
            _table.c.occurred_at < bindparam("end"),
        ),
    )
).order_by(_table.c.seq)


def happened(
    member_id: str, kinds: Collection[str], start: datetime, end: datetime, *, always: Collection[str] = ()
) -> list[Entry]:
    """The member's entries of these kinds that happened from one instant until before another, and those of the
    kinds `always` whenever they happened; without what was voided. In one query, in their order."""
    values: dict[str, Any] = {"of_member": member_id, "start": iso(start), "end": iso(end)}
    values |= {"kinds": tuple(kinds), "always": ("voided", *always)}
    return effective([from_row(row) for row in db.session.execute(_HAPPENED, values)])


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
    # A number that no column holds would be an error of the database's, not an answer.
    known = 0 < seq <= _MOST
    row = db.session.execute(_ONE, {"of_member": member_id, "of_seq": seq}).one_or_none() if known else None
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


_MANY = 500


def note_texts(held: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The words behind many commitments, each given with its member; what was erased is left out. One statement
    for every five hundred."""
    wanted, found = sorted({pair for pair in held if pair[1]}), {}
    for start in range(0, len(wanted), _MANY):
        part = wanted[start : start + _MANY]
        rows = db.session.execute(
            select(LedgerNote.member_id, LedgerNote.commitment, LedgerNote.text).where(
                LedgerNote.member_id.in_(sorted({member_id for member_id, _ in part})),
                LedgerNote.commitment.in_([commitment for _, commitment in part]),
            )
        )
        found.update({(row[0], row[1]): row[2] for row in rows})
    return {pair: found[pair] for pair in wanted if pair in found}


def uids_under(member_id: str, prefix: str) -> dict[str, int]:
    """What was recorded for this member under uids that begin so: the rest of the uid and the seq."""
    rows = db.session.execute(
        select(_table.c.uid, _table.c.seq).where(
            _table.c.member_id == member_id, _table.c.uid >= prefix, _table.c.uid < prefix + "\U0010ffff"
        )
    )
    return {row.uid.removeprefix(prefix): row.seq for row in rows}
