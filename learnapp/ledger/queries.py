"""Reading the ledger."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from learnapp.clock import parse_iso
from learnapp.db import db
from learnapp.errors import N_, NotFound
from learnapp.ledger.events import Event, event_of
from learnapp.ledger.models import LedgerEntry, LedgerHead, LedgerNote


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


_COLUMNS = (
    LedgerEntry.member_id,
    LedgerEntry.seq,
    LedgerEntry.kind,
    LedgerEntry.subject,
    LedgerEntry.subject_version,
    LedgerEntry.data,
    LedgerEntry.occurred_at,
    LedgerEntry.recorded_at,
    LedgerEntry.recorder,
    LedgerEntry.source,
    LedgerEntry.hash,
)


def _entry(row: Any) -> Entry:
    return Entry(
        member_id=row.member_id,
        seq=row.seq,
        kind=row.kind,
        subject=row.subject,
        subject_version=row.subject_version,
        data=json.loads(row.data),
        occurred_at=parse_iso(row.occurred_at),
        recorded_at=parse_iso(row.recorded_at),
        recorder=row.recorder,
        source=row.source,
        hash=row.hash,
    )


_AFTER = (
    select(*_COLUMNS)
    .where(LedgerEntry.member_id == bindparam("of_member"), LedgerEntry.seq > bindparam("after"))
    .order_by(LedgerEntry.seq)
)


def entries_after(member_id: str, seq: int) -> list[Entry]:
    """The member's entries behind `seq` in their order; 0 gives all of them."""
    rows = db.session.execute(_AFTER, {"of_member": member_id, "after": seq})
    return [_entry(row) for row in rows]


def entry(member_id: str, seq: int) -> Entry:
    """One entry. Raises NotFound."""
    row = db.session.execute(
        select(*_COLUMNS).where(LedgerEntry.member_id == member_id, LedgerEntry.seq == seq)
    ).one_or_none()
    if row is None:
        raise NotFound("no-entry", N_("There is no entry %(seq)s in this ledger."), seq=seq)
    return _entry(row)


def known_uids(member_id: str, uids: Collection[str]) -> set[str]:
    """Those of the uids under which something was recorded for this member."""
    rows = db.session.execute(
        select(LedgerEntry.uid).where(LedgerEntry.member_id == member_id, LedgerEntry.uid.in_(sorted(uids)))
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


def members_ahead(
    mark_member: InstrumentedAttribute[str], mark_seq: InstrumentedAttribute[int], limit: int
) -> list[str]:
    """Members whose stream is longer than a reader's mark says, at most `limit` of them.

    The two columns are those of the reader's mark table.
    """
    table = mark_member.class_.__table__
    assert isinstance(table, Table)
    rows = db.session.execute(
        select(LedgerHead.member_id)
        .outerjoin(table, mark_member == LedgerHead.member_id)
        .where(LedgerHead.seq > 0, (mark_seq.is_(None)) | (mark_seq < LedgerHead.seq))
        .limit(limit)
    )
    return [row.member_id for row in rows]


_NOTE = select(LedgerNote.text).where(
    LedgerNote.member_id == bindparam("of_member"), LedgerNote.commitment == bindparam("of_commitment")
)


def note_text(member_id: str, held: str) -> str:
    """The words behind a commitment; empty where there were none, or where they were erased."""
    found = db.session.execute(_NOTE, {"of_member": member_id, "of_commitment": held}).scalar_one_or_none()
    return found or ""
