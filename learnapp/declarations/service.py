"""Declaring, recording, deciding and signing. Every call belongs to a transaction that a door opened.

What may be done is read off the member's entries under the member's lock, never off the rows that say how the
acts stand; so two who decide at once, and whoever does a thing twice, find what the first has left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from sqlalchemy import delete, insert, select

from learnapp import audit, branches, ledger, media
from learnapp.db import db, dialect_name, table_of, upsert
from learnapp.declarations.models import ActFile, DeclaredAct, QuarterSignature
from learnapp.declarations.oneself import accounts_of
from learnapp.declarations.rules import (
    DECLINE_REASONS,
    SOURCE,
    Signed,
    Standing,
    check_decider,
    check_new,
    check_waits,
    check_words,
    quarter_days,
    signatures,
    standings,
)
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound

Origin = Literal["declared", "recorded"]

# A request may hold 2 MB in all.
MOST_BYTES = 1536 * 1024

_act, _file, _signature = table_of(DeclaredAct), table_of(ActFile), table_of(QuarterSignature)


def id_of(member_id: str, uid: str) -> str:
    """The id of the act that is sent under this uid: sending it again names the same act."""
    return hashlib.sha256(f"{member_id}/{uid}".encode()).hexdigest()[:32]


def declare(
    member_id: str,
    act: str,
    *,
    on: date,
    text: str,
    allowed: Collection[str],
    at: datetime,
    today: date,
    uid: str,
    file: bytes = b"",
) -> str:
    """The member declares an act of a day in one sentence; returns its id. `uid` names this one sending: the
    same again changes nothing. `allowed` are the codes that may be declared under the rules of that day, `file`
    an optional picture or PDF.

    Raises Invalid for what cannot be entered, Conflict where the uid was used for something else, Forbidden for
    whoever is at home nowhere.
    """
    return _enter(member_id, act, "declared", member_id, on, text, allowed, at, today, uid, file)


def record_act(
    member_id: str,
    act: str,
    *,
    on: date,
    text: str,
    recorder: str,
    allowed: Collection[str],
    at: datetime,
    today: date,
    uid: str,
) -> str:
    """Somebody records what another person did or failed to do; returns the act's id. Like `declare`, and
    Forbidden about oneself."""
    if recorder in accounts_of(member_id):
        raise Forbidden("own-record", N_("Nobody records their own acts. Declare it instead."))
    return _enter(member_id, act, "recorded", recorder, on, text, allowed, at, today, uid, b"")


def _enter(
    member_id: str,
    act: str,
    origin: Origin,
    proposer: str,
    on: date,
    text: str,
    allowed: Collection[str],
    at: datetime,
    today: date,
    uid: str,
    file: bytes,
) -> str:
    words, act_id = check_words(text), id_of(member_id, uid)
    ledger.lock(member_id)
    known = standings(ledger.entries_after(member_id, 0)).get(act_id)
    if known is not None:
        said = ledger.note_text(member_id, known.note)
        if (known.act, known.done_on, said) != (act, on, words):
            raise Conflict(
                "sent-before",
                N_(
                    "This was sent before with other words: “%(said)s”. If this is another act, send it again."
                ),
                said=said,
            )
        return act_id
    check_new(act, on, today, allowed)
    place = branches.place(member_id, today)
    if place is None:
        raise Forbidden("no-branch", N_("Only members of a branch can have acts confirmed."))
    kind = ledger.ActDeclared if origin == "declared" else ledger.ActRecorded
    event = kind(act=act, act_id=act_id, on=on.isoformat(), note=ledger.note(member_id, words))
    seq = _append(member_id, event, f"act/{act_id}/{origin}", at=at, recorder=proposer)
    if origin == "recorded":
        _log(event.kind, member_id, seq, proposer, at)
    if file:
        _keep_file(member_id, act_id, file, at)
    _store(member_id, [standings(ledger.entries_after(member_id, 0))[act_id]], place.branch_id)
    return act_id


def _append(member_id: str, event: ledger.Event, uid: str, *, at: datetime, recorder: str) -> int:
    return ledger.record(
        event, member_id=member_id, uid=uid, occurred_at=at, at=at, recorder=recorder, source=SOURCE
    )


def _keep_file(member_id: str, act_id: str, file: bytes, at: datetime) -> None:
    kind = media.sniff_paper(file)
    if kind is None:
        raise Invalid("file-kind", N_("This file is neither a picture nor a PDF."))
    if len(file) > MOST_BYTES:
        raise Invalid("file-size", N_("This file is too large. The limit is 1.5 MB."))
    row = {"member_id": member_id, "act_id": act_id, "media_type": kind, "stored_at": at}
    row["data"] = media.without_traces(file)
    db.session.execute(insert(_file), row)


def confirm(member_id: str, act_id: str, *, confirmer: str, at: datetime) -> int:
    """A second person confirms an act; returns the entry's seq, also when it was confirmed before.

    Who may, beyond being neither the member nor the proposer, is the door's to ask. Raises NotFound, Forbidden,
    and Conflict for an act that was declined or taken back.
    """
    standing = _under_lock(member_id, act_id)
    _check_decider(member_id, standing, confirmer)
    if standing.state == "confirmed" and standing.decided_seq is not None:
        return standing.decided_seq
    check_waits(standing)
    event = ledger.ActConfirmed(
        act=standing.act,
        act_id=act_id,
        on=standing.done_on.isoformat(),
        origin=standing.origin,
        seq=standing.seq,
        proposer=standing.proposer,
    )
    return _decide(member_id, standing, event, confirmer, at)


def decline(member_id: str, act_id: str, *, confirmer: str, reason: str, text: str, at: datetime) -> int:
    """A second person does not recognise an act, for a reason of `DECLINE_REASONS` and in words, which may be
    empty; returns the entry's seq. Declining again with the same reason changes nothing. Raises like `confirm`,
    and Invalid for another reason."""
    if reason not in DECLINE_REASONS:
        raise Invalid("decline-reason", N_("Choose a reason, so that the member knows what to do."))
    words, standing = check_words(text), _under_lock(member_id, act_id)
    _check_decider(member_id, standing, confirmer)
    if (standing.state, standing.reason) == ("declined", reason) and standing.decided_seq is not None:
        return standing.decided_seq
    check_waits(standing)
    note = ledger.note(member_id, words)
    event = ledger.ActDeclined(act=standing.act, act_id=act_id, seq=standing.seq, reason=reason, note=note)
    return _decide(member_id, standing, event, confirmer, at)


def _under_lock(member_id: str, act_id: str) -> Standing:
    ledger.lock(member_id)
    standing = standings(ledger.entries_after(member_id, 0)).get(act_id)
    if standing is None:
        raise NotFound("no-act", N_("There is no such act."))
    return standing


def _check_decider(member_id: str, standing: Standing, decider: str) -> None:
    """What came over from an account that was joined with this one was entered by whoever entered it there, not
    by whoever joined the two."""
    member = accounts_of(member_id)
    proposers = {standing.proposer}
    for other in member - {member_id}:
        first = standings(ledger.entries_after(other, 0)).get(standing.id)
        if first is not None:
            proposers.add(first.proposer)
    proposer = frozenset[str]().union(*map(accounts_of, proposers))
    check_decider(member, proposer, decider)


def _decide(member_id: str, standing: Standing, event: ledger.Event, decider: str, at: datetime) -> int:
    # A refusal that was voided lets the same thing be decided once more: its own number keeps the uids apart.
    times = sum(
        entry.kind in (ledger.ActConfirmed.kind, ledger.ActDeclined.kind)
        and entry.data["act_id"] == standing.id
        for entry in ledger.entries_after(member_id, standing.seq)
    )
    seq = _append(member_id, event, f"act/{standing.id}/decided/{times}", at=at, recorder=decider)
    _log(event.kind, member_id, seq, decider, at)
    settle(member_id)
    return seq


def _log(action: str, member_id: str, seq: int, actor_id: str, at: datetime) -> None:
    """Whoever acts about somebody else stands in the security log, too."""
    audit.write(action, member_id=member_id, actor_id=actor_id, at=at, subject=f"entry/{seq}")


def withdraw(member_id: str, act_id: str, *, at: datetime) -> None:
    """The member takes a declaration of their own back while nobody has decided. Doing it twice changes nothing.

    Raises NotFound, Forbidden for what somebody else recorded, Conflict for what was decided.
    """
    standing = _under_lock(member_id, act_id)
    if standing.origin != "declared":
        raise Forbidden("not-yours", N_("This was recorded by the branch. You may object to it instead."))
    if standing.state == "withdrawn":
        return
    check_waits(standing)
    ledger.void(member_id, standing.seq, reason="withdrawn", actor_id=member_id, at=at)
    drop_file(member_id, act_id)
    settle(member_id)


def sign(member_id: str, *, period: str, quarter: str, digest: str, at: datetime) -> int:
    """The member signs a quarter of a period as it stood on their screen; returns the entry's seq. Signing the
    same again changes nothing; where the lines are others by now it is a new signature. Raises Invalid for what
    is no quarter or no digest."""
    quarter_days(quarter)
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise Invalid("no-digest", N_("This is not what was shown. Open the page again."))
    ledger.lock(member_id)
    entries = ledger.entries_after(member_id, 0)
    last = signatures(entries).get((period, quarter))
    if last is not None and last.digest == digest:
        return last.seq
    number = sum(
        entry.kind == ledger.QuarterSigned.kind
        and (entry.data["period"], entry.data["quarter"]) == (period, quarter)
        for entry in entries
    )
    event = ledger.QuarterSigned(period=period, quarter=quarter, digest=digest)
    seq = _append(member_id, event, f"signed/{period}/{quarter}/{number}", at=at, recorder=member_id)
    _store_signatures(member_id, [signatures(ledger.entries_after(member_id, 0))[period, quarter]])
    return seq


def settle(member_id: str) -> None:
    """Brings the rows of the member's acts and signatures in line with the entries, whatever wrote those: after
    an entry was voided, after accounts were merged. Doing it twice changes nothing."""
    ledger.lock(member_id)
    entries = ledger.entries_after(member_id, 0)
    derived, signed = standings(entries), signatures(entries)
    homes = {
        row.id: row.branch_id
        for row in db.session.execute(
            select(_act.c.id, _act.c.branch_id).where(_act.c.member_id == member_id)
        )
    }
    if gone := homes.keys() - derived.keys():
        db.session.execute(delete(_act).where(_act.c.member_id == member_id, _act.c.id.in_(sorted(gone))))
    for standing in derived.values():
        _store(member_id, [standing], homes.get(standing.id) or _home(member_id, standing.entered_at.date()))
    kept = db.session.execute(
        select(_signature.c.period_id, _signature.c.quarter).where(_signature.c.member_id == member_id)
    ).all()
    for period_id, quarter in {(row.period_id, row.quarter) for row in kept} - signed.keys():
        db.session.execute(
            delete(_signature).where(
                _signature.c.member_id == member_id,
                _signature.c.period_id == period_id,
                _signature.c.quarter == quarter,
            )
        )
    _store_signatures(member_id, signed.values())


def _home(member_id: str, day: date) -> str:
    place = branches.place(member_id, day)
    return place.branch_id if place else ""


def _store(member_id: str, found: Sequence[Standing], branch_id: str) -> None:
    for standing in found:
        row = {"member_id": member_id, **asdict(standing), "branch_id": branch_id}
        db.session.execute(upsert(_act, dialect_name()), row)


def _store_signatures(member_id: str, found: Iterable[Signed]) -> None:
    for signed in found:
        db.session.execute(upsert(_signature, dialect_name()), {"member_id": member_id, **asdict(signed)})


def drop_file(member_id: str, act_id: str) -> None:
    """Takes the file of an act away, where there is one."""
    db.session.execute(delete(_file).where(_file.c.member_id == member_id, _file.c.act_id == act_id))


def forget(member_id: str) -> None:
    """Takes away what lies beside the chain for a person who is erased: files, and the rows of acts and
    signatures. The words go with the ledger's notes."""
    for table in (_file, _act, _signature):
        db.session.execute(delete(table).where(table.c.member_id == member_id))
