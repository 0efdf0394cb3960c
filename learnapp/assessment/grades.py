"""The grade that points suggest, and beside it the one that a meeting decided."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from learnapp import audit, ledger, points
from learnapp.assessment.models import Grade, RecognisedMember
from learnapp.assessment.rules import NOT_GRADED
from learnapp.db import db, table_of
from learnapp.errors import N_, Conflict, Forbidden, Invalid

_grade, _standing = table_of(Grade), table_of(points.Standing)
_recognised = table_of(RecognisedMember)


@dataclass(frozen=True)
class Decided:
    """The grade that was decided for a member, the `number`-th decision about it."""

    member_id: str
    number: int
    grade: str
    suggested: str
    meeting_on: date
    minute: str
    reason: str
    entry_seq: int
    decided_by: str
    decided_at: datetime
    branch_id: str


@dataclass(frozen=True)
class Meeting:
    """Where grades were decided: the day of the meeting, and where it stands in the minutes."""

    held_on: date
    minute: str


_COLUMNS = (
    _grade.c.member_id,
    _grade.c.number,
    _grade.c.grade,
    _grade.c.suggested,
    _grade.c.meeting_on,
    _grade.c.minute,
    _grade.c.reason,
    _grade.c.entry_seq,
    _grade.c.decided_by,
    _grade.c.decided_at,
    _grade.c.branch_id,
)
_OF = (
    select(*_COLUMNS)
    .where(_grade.c.member_id == bindparam("of_member"), _grade.c.period_id == bindparam("of_period"))
    .order_by(_grade.c.number.desc())
)


def decide(
    member_id: str,
    period: points.PeriodInfo,
    grade: str,
    *,
    branch_id: str,
    seen: int,
    suggested: str,
    meeting: Meeting,
    reason: str = "",
    actor_id: str,
    today: date,
    at: datetime,
) -> bool:
    """Writes down the grade that a meeting decided for a member. Returns whether that is new.

    `seen` is the number of the decision that the actor was shown (0 for none): where somebody else decided
    meanwhile it raises Conflict, and so it does once the period is closed. A changed grade voids the entry of the
    one before and needs a reason. Raises Forbidden about oneself, Invalid for a grade that the rules do not name.
    """
    _check(member_id, period, grade, meeting, actor_id, today)
    ledger.lock(member_id)
    before = current(member_id, period.id)
    if before and (before.grade, before.meeting_on, before.minute) == (
        grade,
        meeting.held_on,
        meeting.minute,
    ):
        return False
    if (before.number if before else 0) != seen:
        raise Conflict("graded-meanwhile", N_("Somebody else decided this grade meanwhile. Look again."))
    if before and not reason.strip():
        raise Invalid("grade-reason", N_("Say in a sentence why the decided grade changes."))
    number = seen + 1
    if before:
        note = ledger.note(member_id, reason.strip())
        for seq in (before.entry_seq, *_taken_along(member_id, before, at)):
            ledger.void(member_id, seq, reason="corrected", actor_id=actor_id, at=at, note=note)
    text = json.dumps({"grade": grade, "minute": meeting.minute}, ensure_ascii=False, sort_keys=True)
    held = ledger.note(member_id, text)
    seq = ledger.record(
        ledger.Graded(period=period.id, meeting_on=meeting.held_on.isoformat(), note=held),
        member_id=member_id,
        uid=f"period/{period.id}/grade/{number}",
        occurred_at=at,
        at=at,
        recorder=actor_id,
        source="assessment",
    )
    row = {
        "member_id": member_id,
        "period_id": period.id,
        "number": number,
        "branch_id": branch_id,
        "grade": grade,
        "suggested": suggested,
        "meeting_on": meeting.held_on,
        "minute": meeting.minute,
        "reason": reason.strip(),
        "entry_seq": seq,
        "decided_by": actor_id,
        "decided_at": at,
    }
    db.session.execute(insert(_grade), row)
    subject = f"period/{period.id}"
    audit.write(
        "grade-decided", member_id=member_id, actor_id=actor_id, at=at, subject=subject, number=number
    )
    return True


def _taken_along(member_id: str, decided: Decided, at: datetime) -> list[int]:
    """Takes the member off the recognition lists that rest on a decision; returns the entries that fall with it."""
    mine = (
        _recognised.c.member_id == member_id,
        _recognised.c.decision == ledger.entry(member_id, decided.entry_seq).data["note"],
        _recognised.c.entry_seq.is_not(None),
        _recognised.c.taken_off_at.is_(None),
    )
    off = update(_recognised).where(*mine).values(taken_off_at=at).returning(_recognised.c.entry_seq)
    return sorted(row[0] for row in db.session.execute(off).all())


def _check(
    member_id: str, period: points.PeriodInfo, grade: str, meeting: Meeting, actor_id: str, today: date
) -> None:
    if actor_id == member_id:
        raise Forbidden("grade-own", N_("Nobody writes down their own grade. The unit above does."))
    if period.state not in ("open", "posted") or period.closing_at is not None:
        raise Conflict("period-closed", N_("This period is closed; its grades stay as they are."))
    if grade != NOT_GRADED and grade not in {one.id for one in period.rules.grades}:
        raise Invalid("grade", N_("The rules of this period name no such grade."))
    if not meeting.minute.strip():
        raise Invalid("grade-minute", N_("Say where it stands in the minutes."))
    if meeting.held_on > today:
        raise Invalid("grade-meeting", N_("The meeting cannot be in the future."))


def _decided(row: Sequence[Any]) -> Decided:
    return Decided(*row)


def current(member_id: str, period_id: str) -> Decided | None:
    """The grade that stands, or None."""
    row = db.session.execute(_OF.limit(1), {"of_member": member_id, "of_period": period_id}).one_or_none()
    return None if row is None else _decided(row)


def history(member_id: str, period_id: str) -> list[Decided]:
    """Every decision about a member's grade, the newest first."""
    rows = db.session.execute(_OF, {"of_member": member_id, "of_period": period_id})
    return [_decided(row) for row in rows]


def decided_in(period_id: str, branch_id: str) -> dict[str, Decided]:
    """The grades that stand in a branch, by member."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(_grade.c.period_id == period_id, _grade.c.branch_id == branch_id)
        .order_by(_grade.c.number)
    )
    return {row[0]: _decided(row) for row in rows}


def decided_below(
    period_id: str, branch_ids: Collection[str], member_id: str | None = None
) -> dict[str, Decided]:
    """The grades that stand in these branches, by member; of one member alone where that is asked."""
    statement = select(*_COLUMNS).where(_grade.c.period_id == period_id).order_by(_grade.c.number)
    if member_id is not None:
        statement = statement.where(_grade.c.member_id == member_id)
    found = {row[0]: _decided(row) for row in db.session.execute(statement)}
    return {one: decided for one, decided in found.items() if decided.branch_id in branch_ids}


def counted(period_id: str) -> Mapping[str, int]:
    """For how many members of each branch a grade was decided."""
    rows = db.session.execute(
        select(_grade.c.branch_id, func.count(_grade.c.member_id.distinct()))
        .where(_grade.c.period_id == period_id)
        .group_by(_grade.c.branch_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def undecided(period: points.PeriodInfo) -> dict[str, int]:
    """For how many members of each branch no grade was decided yet; empty where the rules name no grades."""
    if not period.rules.grades:
        return {}
    rows = db.session.execute(
        select(_standing.c.branch_id, func.count())
        .where(
            _standing.c.period_id == period.id,
            _standing.c.member_id.not_in(select(_grade.c.member_id).where(_grade.c.period_id == period.id)),
        )
        .group_by(_standing.c.branch_id)
    )
    return {row[0]: int(row[1]) for row in rows}
