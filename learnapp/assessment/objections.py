"""Objections to what was posted: raised by a member of the branch, decided by somebody who had no part in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update

from learnapp import audit, branches, ledger, points
from learnapp.accounts import Account
from learnapp.assessment.models import Objection
from learnapp.assessment.posting import hangs, posted_act, posted_branch
from learnapp.assessment.rules import OUTCOMES, REPLY_DAYS, Calendar
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound

_objection, _account = table_of(Objection), table_of(Account)

REVIEWERS = ("secretary", "reviewer", "committee")
"""Whoever holds one of these roles on the unit concerned may decide, unless they had a part in the matter."""

MOST = 500
"""How long an objection or a reply may be."""


@dataclass(frozen=True)
class ObjectionInfo:
    """An objection. `entry_seq` is 0 where it is about the sum; `outcome` is empty until it is decided, and
    `voided_seq` names the entry that was voided because of it."""

    member_id: str
    id: str
    period_id: str
    branch_id: str
    unit_id: str
    entry_seq: int
    raised_by: str
    raised_at: datetime
    text: str
    reply_by: date
    outcome: str
    reply: str
    decided_by: str | None
    decided_at: datetime | None
    decided_seq: int | None
    voided_seq: int | None
    name: str

    def overdue(self, today: date) -> bool:
        """Whether the reply should have been there by now."""
        return not self.outcome and today > self.reply_by


_COLUMNS = tuple(column for column in _objection.c)
_ALL: Select[Any] = select(*_COLUMNS, func.coalesce(_account.c.name, "")).outerjoin(
    _account, _account.c.member_id == _objection.c.member_id
)


def raise_objection(
    member_id: str,
    period: points.PeriodInfo,
    text: str,
    *,
    entry_seq: int,
    branch_of_actor: str,
    actor_id: str,
    calendar: Calendar,
    today: date,
    at: datetime,
) -> str:
    """Objects to a posted act of a member (`entry_seq`), or to the sum (0), and returns the id.

    Members object to their own act and sum, and to a posted act of another member of their branch. The same
    person has one open objection about one thing. Raises Conflict when the posting is over, NotFound for what was
    not posted, Forbidden for who is not of the branch or objects to the sum of another, Invalid without a sentence.
    """
    said = _sentence(text)
    if not hangs(period, today):
        raise Conflict("posting-over", N_("The posting is over. Ask your secretary how to go on."))
    branch_id = (
        posted_act(member_id, period.id, entry_seq) if entry_seq else posted_branch(member_id, period.id)
    )
    if branch_id is None:
        raise NotFound("not-posted", N_("This was not posted."))
    if actor_id != member_id and (not entry_seq or branch_of_actor != branch_id):
        raise Forbidden(
            "not-yours", N_("Only members of the branch object, and to a sum only its member does.")
        )
    ledger.lock(member_id)
    if known := _open(member_id, period.id, entry_seq, actor_id):
        return known
    objection_id = new_id()
    taken_part = parties(member_id, period, entry_seq) | {actor_id, member_id}
    row = {
        "member_id": member_id,
        "id": objection_id,
        "period_id": period.id,
        "branch_id": branch_id,
        "unit_id": addressed_to(branch_id, taken_part, today),
        "entry_seq": entry_seq,
        "raised_by": actor_id,
        "raised_at": at,
        "text": said,
        "reply_by": calendar.last_day(today, REPLY_DAYS),
    }
    db.session.execute(insert(_objection), row)
    return objection_id


def _sentence(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise Invalid("objection-text", N_("Say in a sentence what is not right."))
    if len(said) > MOST:
        raise Invalid("objection-long", N_("Say it in at most %(most)s characters."), most=MOST)
    return said


def _open(member_id: str, period_id: str, entry_seq: int, actor_id: str) -> str | None:
    return db.session.execute(
        select(_objection.c.id).where(
            _objection.c.member_id == member_id,
            _objection.c.period_id == period_id,
            _objection.c.entry_seq == entry_seq,
            _objection.c.raised_by == actor_id,
            _objection.c.outcome == "",
        )
    ).scalar_one_or_none()


def parties(member_id: str, period: points.PeriodInfo, entry_seq: int) -> frozenset[str]:
    """Whoever recorded, proposed or confirmed the entry; for the sum, any entry that has a line in it."""
    seqs = {entry_seq} if entry_seq else {line.seq for line in points.lines(member_id, period)}
    found = set()
    for entry in ledger.entries_after(member_id, 0):
        if entry.seq in seqs:
            found |= {entry.recorder, str(entry.data.get("proposer", ""))}
    return frozenset(found - {""})


def addressed_to(branch_id: str, excluded: Collection[str], today: date) -> str:
    """The unit that decides: the branch itself, or the nearest above it on which somebody may who had no part in
    the matter; the root where there is nobody."""
    above = branches.paths([branch_id])[branch_id]
    for unit_id in above:
        held = branches.roles_on(unit_id, today)
        if any(role.role in REVIEWERS and role.member_id not in excluded for role in held):
            return unit_id
    return above[-1]


def decide(
    member_id: str,
    objection_id: str,
    outcome: str,
    reply: str,
    *,
    period: points.PeriodInfo,
    voided_seq: int | None = None,
    actor_id: str,
    at: datetime,
) -> bool:
    """Decides an objection with a reply; returns whether that is new, and repeating it changes nothing.

    `voided_seq` is the entry objected to, where the caller voided it in this transaction because of the objection,
    with its id as the trace. Raises Forbidden for the subject, the objector and whoever had a part in the entry,
    Invalid for an unknown outcome or without a reply, or where an objection that is not upheld voided something,
    Conflict when somebody else decided it meanwhile, or when the period is closed.
    """
    if outcome not in OUTCOMES or (voided_seq is not None and outcome == "rejected"):
        raise Invalid("objection-outcome", N_("Say whether the objection is upheld, in part or not."))
    said = _sentence(reply)
    ledger.lock(member_id)
    found = objection(member_id, objection_id)
    if found.outcome:
        if (found.outcome, found.reply, found.decided_by) == (outcome, said, actor_id):
            return False
        raise Conflict("objection-decided", N_("This objection was decided meanwhile."))
    if period.state == "closed":
        raise Conflict(
            "period-closed", N_("This period is closed. Correct the entry itself: it is adjusted.")
        )
    if actor_id in parties(member_id, period, found.entry_seq) | {member_id, found.raised_by}:
        raise Forbidden(
            "objection-party", N_("Whoever recorded, confirmed or raised it cannot decide about it.")
        )
    seq = ledger.record(
        ledger.ObjectionDecided(
            period=period.id, objection=objection_id, outcome=outcome, note=ledger.note(member_id, said)
        ),
        member_id=member_id,
        uid=f"objection/{objection_id}",
        occurred_at=at,
        at=at,
        recorder=actor_id,
        source="assessment",
    )
    _settle(member_id, objection_id, outcome, said, actor_id, at, seq, voided_seq)
    audit.write(
        "objection-decided",
        member_id=member_id,
        actor_id=actor_id,
        at=at,
        subject=f"objection/{objection_id}",
        outcome=outcome,
    )
    return True


def _settle(
    member_id: str,
    objection_id: str,
    outcome: str,
    reply: str,
    actor_id: str,
    at: datetime,
    seq: int,
    voided: int | None,
) -> None:
    db.session.execute(
        update(_objection)
        .where(_objection.c.member_id == member_id, _objection.c.id == objection_id)
        .values(
            outcome=outcome,
            reply=reply,
            decided_by=actor_id,
            decided_at=at,
            decided_seq=seq,
            voided_seq=voided,
        )
    )


def objection(member_id: str, objection_id: str) -> ObjectionInfo:
    """One objection. Raises NotFound."""
    row = db.session.execute(
        _ALL.where(_objection.c.member_id == member_id, _objection.c.id == objection_id)
    ).one_or_none()
    if row is None:
        raise NotFound("no-objection", N_("There is no such objection."))
    return ObjectionInfo(*row)


def raised_by(actor_id: str, period_id: str | None = None) -> list[ObjectionInfo]:
    """What somebody objected to, the newest first; in one period, or in all."""
    mine = _ALL.where(_objection.c.raised_by == actor_id)
    if period_id is not None:
        mine = mine.where(_objection.c.period_id == period_id)
    return _found(mine.order_by(_objection.c.raised_at.desc(), _objection.c.id))


def in_branch(branch_id: str, period_id: str) -> list[ObjectionInfo]:
    """The objections about members of a branch in a period, by the day on which a reply is due."""
    rows = _ALL.where(_objection.c.branch_id == branch_id, _objection.c.period_id == period_id)
    return _found(rows.order_by(_objection.c.reply_by, _objection.c.id))


def addressed(unit_ids: Collection[str], *, open_only: bool = True) -> list[ObjectionInfo]:
    """The objections that these units or units below them have to decide, by the day on which a reply is due."""
    path = table_of(branches.BranchPath)
    below = select(path.c.branch_id).where(path.c.ancestor_id.in_(bindparam("units", expanding=True)))
    rows = _ALL.where(_objection.c.unit_id.in_(below))
    if open_only:
        rows = rows.where(_objection.c.outcome == "")
    if not unit_ids:
        return []
    return _found(rows.order_by(_objection.c.reply_by, _objection.c.id), units=sorted(unit_ids))


def overdue(today: date) -> list[ObjectionInfo]:
    """The objections, of whatever unit, that should have been decided by now."""
    late = _ALL.where(_objection.c.outcome == "", _objection.c.reply_by < today)
    return _found(late.order_by(_objection.c.reply_by, _objection.c.id))


def deciders(found: ObjectionInfo, today: date) -> list[str]:
    """Whoever may decide an objection at the unit that it is addressed to."""
    excluded = parties(found.member_id, points.period(found.period_id), found.entry_seq)
    excluded |= {found.member_id, found.raised_by}
    held = branches.roles_on(found.unit_id, today)
    return sorted({role.member_id for role in held if role.role in REVIEWERS} - excluded)


def _found(statement: Select[Any], **asked: object) -> list[ObjectionInfo]:
    return [ObjectionInfo(*row) for row in db.session.execute(statement, asked)]


def open_in(period_id: str) -> Sequence[tuple[str, date]]:
    """The undecided objections of a period: the unit that decides, and by when."""
    rows = db.session.execute(
        select(_objection.c.unit_id, _objection.c.reply_by)
        .where(_objection.c.period_id == period_id, _objection.c.outcome == "")
        .order_by(_objection.c.reply_by)
    )
    return [(row[0], row[1]) for row in rows]
