"""Writing to the ledger. Every call belongs to a transaction that a door opened."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

import rfc8785
from sqlalchemy import BindParameter, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from learnapp.clock import iso
from learnapp.db import db, dialect_name, table_of
from learnapp.errors import N_, Conflict
from learnapp.ledger.events import Event, Voided
from learnapp.ledger.models import LedgerEntry, LedgerHead, LedgerNote
from learnapp.ledger.queries import Entry, entry
from learnapp.ledger.rules import GENESIS, HASHED_COLUMNS, check_void, commitment, entry_hash

_head = table_of(LedgerHead)
_entry = table_of(LedgerEntry)
_ME: BindParameter[str] = bindparam("of_member")
_MANY = 500

# Made once: these run in every act of every member.
_LOCK = select(_head.c.seq, _head.c.hash).where(_head.c.member_id == _ME).with_for_update()
_KNOWN = select(_entry.c.seq, _entry.c.kind, _entry.c.data).where(
    _entry.c.member_id == _ME, _entry.c.uid == bindparam("of_uid")
)
_APPEND = insert(_entry)
_MOVE_HEAD = (
    update(_head).where(_head.c.member_id == _ME).values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)


def open_stream(member_id: str) -> None:
    """Makes the member's head, which is the member's lock. Doing it twice changes nothing."""
    dialect = postgresql if dialect_name() == "postgresql" else sqlite
    statement = dialect.insert(LedgerHead).values(member_id=member_id, seq=0, hash=GENESIS)
    db.session.execute(statement.on_conflict_do_nothing())


def lock(member_id: str) -> tuple[int, str]:
    """Takes the member's lock until the transaction ends; returns the stream's last seq and hash."""
    row = db.session.execute(_LOCK, {"of_member": member_id}).one_or_none()
    if row is None:
        open_stream(member_id)
        row = db.session.execute(_LOCK, {"of_member": member_id}).one()
    return row.seq, row.hash


def hold(member_ids: Iterable[str]) -> None:
    """Takes the locks of many members until the transaction ends, always in the order of their ids, so that
    two who hold many never wait for each other. For changes that concern many, such as a new plan."""
    dialect = postgresql if dialect_name() == "postgresql" else sqlite
    opening = dialect.insert(LedgerHead).on_conflict_do_nothing()
    ordered = sorted(member_ids)
    for start in range(0, len(ordered), _MANY):
        batch = ordered[start : start + _MANY]
        db.session.execute(opening, [{"member_id": one, "seq": 0, "hash": GENESIS} for one in batch])
        locking = select(_head.c.seq).where(_head.c.member_id.in_(batch)).order_by(_head.c.member_id)
        db.session.execute(locking.with_for_update()).all()


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
    known = db.session.execute(_KNOWN, {"of_member": member_id, "of_uid": uid}).one_or_none()
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
    stored = dict(zip(HASHED_COLUMNS, columns, strict=True))
    db.session.execute(_APPEND, {**stored, "seq": seq + 1, "hash": digest})
    db.session.execute(_MOVE_HEAD, {"of_member": member_id, "new_seq": seq + 1, "new_hash": digest})
    return seq + 1


def note(member_id: str, text: str) -> str:
    """Keeps a sentence about this member beside the chain; returns the commitment for the entry that it
    belongs to. An empty text needs none and gives an empty one."""
    if not text:
        return ""
    salt = secrets.token_hex(32)
    held = commitment(salt, text)
    row = {"member_id": member_id, "commitment": held, "salt": salt, "text": text}
    db.session.execute(insert(table_of(LedgerNote)), row)
    return held


def copy_note(from_id: str, member_id: str, held: str) -> None:
    """Keeps the sentence behind a commitment for another member as well, salt and all, because an entry of
    theirs has the same commitment. Does nothing where it was erased or is there already."""
    mine = select(LedgerNote.salt, LedgerNote.text).where(LedgerNote.commitment == held)
    found = db.session.execute(mine.where(LedgerNote.member_id == from_id)).one_or_none()
    if (
        found is not None
        and db.session.execute(mine.where(LedgerNote.member_id == member_id)).first() is None
    ):
        row = {"member_id": member_id, "commitment": held, "salt": found.salt, "text": found.text}
        db.session.execute(insert(table_of(LedgerNote)), row)


def drop_notes(member_id: str, held: Iterable[str] | None = None) -> int:
    """Erases sentences about this member with their salts, all of them or those behind these commitments, and
    returns how many. The entries keep commitments that say nothing any more."""
    notes = table_of(LedgerNote)
    statement = delete(notes).where(notes.c.member_id == member_id)
    if held is not None:
        statement = statement.where(notes.c.commitment.in_(sorted(set(held))))
    return len(db.session.execute(statement.returning(notes.c.commitment)).all())


def void(
    member_id: str, seq: int, *, reason: str, actor_id: str, at: datetime, trace: str = "", note: str = ""
) -> Entry:
    """Voids an entry by a new one that names it, the reason and the actor; returns the voided entry.

    `trace` ties it to the decision behind it, `note` is the commitment to words that `note` keeps.

    Raises NotFound when there is no such entry, Conflict when it is void already or is itself a voiding,
    Invalid for a reason outside `VOID_REASONS`.
    """
    lock(member_id)
    voided = entry(member_id, seq)
    uid = f"void/{seq}"
    before = db.session.execute(_KNOWN, {"of_member": member_id, "of_uid": uid}).one_or_none()
    check_void(seq, voided.kind, reason, again=before is not None)
    record(
        Voided(seq=seq, reason=reason, trace=trace, note=note),
        member_id=member_id,
        uid=uid,
        occurred_at=at,
        at=at,
        recorder=actor_id,
        source="ledger",
    )
    return voided
