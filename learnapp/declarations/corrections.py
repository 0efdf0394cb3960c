"""Voiding an entry by hand: with a reason of the vocabulary, with words, and never in one's own record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from learnapp import ledger
from learnapp.db import db, table_of
from learnapp.declarations import granting
from learnapp.declarations.oneself import refuse_oneself
from learnapp.errors import Conflict

_entry = table_of(ledger.LedgerEntry)
# The ledger names a voiding by what it voids.
_VOIDED = select(_entry.c.seq).where(
    _entry.c.member_id == bindparam("of_member"), _entry.c.uid == bindparam("of_uid")
)


def correct(
    member_id: str,
    seq: int,
    *,
    reason: str,
    text: str,
    actor_id: str,
    at: datetime,
    act: str,
    replaced: bool = False,
) -> tuple[ledger.Entry, ...]:
    """Voids the entry, and with it what rests on it; returns what is void now, in the order of the stream.

    `act` is made by the door for this one correction and ties the voidings together as their trace: repeating it
    changes nothing and returns the same entries. `replaced` says that the door records what is right in the same
    transaction. Raises Forbidden in one's own record, NotFound for no such entry, Conflict for one that is void
    by another act or is not voided by hand, with the remedy, Invalid for the reason.
    """
    refuse_oneself(member_id, actor_id)
    ledger.lock(member_id)
    entries = ledger.entries_after(member_id, 0)
    if done := _done(entries, seq, act):
        return done
    wrong = ledger.entry(member_id, seq)
    granting.check_correction(wrong.kind, reason, replaced=replaced)
    effective = ledger.effective(entries)
    words = granting.check_text(text)
    falls = granting.resting_on(wrong, effective)
    if wrong.seq not in {one.seq for one in falls}:
        # Says in the ledger's own words that it is void already.
        ledger.void(member_id, seq, reason=reason, actor_id=actor_id, at=at)
    held = ledger.note(member_id, words)
    for one in falls:
        ledger.void(member_id, one.seq, reason=reason, actor_id=actor_id, at=at, trace=act, note=held)
    return tuple(falls)


def _done(entries: list[ledger.Entry], seq: int, act: str) -> tuple[ledger.Entry, ...]:
    """What this very act voided before, where it did; raises Conflict where it was about another entry."""
    mine = {
        entry.data["seq"] for entry in entries if entry.kind == "voided" and entry.data.get("trace") == act
    }
    if mine and seq not in mine:
        raise Conflict("act-taken", granting.TAKEN)
    return tuple(entry for entry in entries if entry.seq in mine)


def voided_by(member_id: str, seq: int) -> ledger.Entry | None:
    """The entry that voids this one, None while it stands. In one query where it stands."""
    found = db.session.scalar(_VOIDED, {"of_member": member_id, "of_uid": f"void/{seq}"})
    return ledger.entry(member_id, found) if found else None
