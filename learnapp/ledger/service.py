"""Writing to the ledger. Every call belongs to a transaction that a door opened."""

from __future__ import annotations

from datetime import datetime

import rfc8785
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from learnapp.clock import iso
from learnapp.db import db, dialect_name
from learnapp.errors import N_, Conflict
from learnapp.ledger.events import Event, Voided
from learnapp.ledger.models import LedgerEntry, LedgerHead
from learnapp.ledger.queries import Entry, entries_after, voided_seqs
from learnapp.ledger.rules import GENESIS, check_void, entry_hash

_head = LedgerHead.__table__
_entry = LedgerEntry.__table__


def open_stream(member_id: str) -> None:
    """Makes the member's head, which is the member's lock. Doing it twice changes nothing."""
    dialect = postgresql if dialect_name() == "postgresql" else sqlite
    statement = dialect.insert(LedgerHead).values(member_id=member_id, seq=0, hash=GENESIS)
    db.session.execute(statement.on_conflict_do_nothing())


def lock(member_id: str) -> tuple[int, str]:
    """Takes the member's lock until the transaction ends; returns the stream's last seq and hash."""
    statement = select(_head.c.seq, _head.c.hash).where(_head.c.member_id == member_id).with_for_update()
    row = db.session.execute(statement).one_or_none()
    if row is None:
        open_stream(member_id)
        row = db.session.execute(statement).one()
    return row.seq, row.hash


def record(
    event: Event,
    *,
    member_id: str,
    uid: str,
    occurred_at: datetime,
    at: datetime,
    recorder: str,
    source: str,
) -> int:
    """Appends one entry to the member's stream and returns its seq.

    `uid` makes repeating safe: recording the same fact under the same uid again returns the seq of the
    first time, and another fact under it raises Conflict. `occurred_at` is when it happened, `at` when it
    is recorded, `source` the room that writes.
    """
    seq, prev_hash = lock(member_id)
    data = rfc8785.dumps(event.data()).decode()
    known = db.session.execute(
        select(_entry.c.seq, _entry.c.kind, _entry.c.data).where(
            _entry.c.member_id == member_id, _entry.c.uid == uid
        )
    ).one_or_none()
    if known is not None:
        if (known.kind, known.data) != (event.kind, data):
            raise Conflict("uid-taken", N_("This was recorded before with another content."), uid=uid)
        return int(known.seq)
    columns = (
        member_id,
        str(seq + 1),
        uid,
        event.kind,
        event.subject,
        event.subject_version,
        data,
        iso(occurred_at),
        iso(at),
        recorder,
        source,
        prev_hash,
    )
    digest = entry_hash(columns)
    db.session.execute(
        insert(_entry).values(
            member_id=member_id,
            seq=seq + 1,
            uid=uid,
            kind=event.kind,
            subject=event.subject,
            subject_version=event.subject_version,
            data=data,
            occurred_at=columns[7],
            recorded_at=columns[8],
            recorder=recorder,
            source=source,
            prev_hash=prev_hash,
            hash=digest,
        )
    )
    db.session.execute(update(_head).where(_head.c.member_id == member_id).values(seq=seq + 1, hash=digest))
    return seq + 1


def void(member_id: str, seq: int, *, reason: str, actor_id: str, at: datetime) -> Entry:
    """Voids an entry by a new one that names it, the reason and the actor; returns the voided entry.

    Raises NotFound when there is no such entry, Conflict when it is void already or is itself a voiding,
    Invalid for a reason outside `VOID_REASONS`.
    """
    lock(member_id)
    entries = entries_after(member_id, 0)
    check_void(seq, reason, {entry.seq: entry.kind for entry in entries}, voided_seqs(entries))
    record(
        Voided(seq=seq, reason=reason),
        member_id=member_id,
        uid=f"void/{seq}",
        occurred_at=at,
        at=at,
        recorder=actor_id,
        source="ledger",
    )
    return next(entry for entry in entries if entry.seq == seq)
