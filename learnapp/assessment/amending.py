"""Another rule set for a period that is open: with a reason, for the whole period, and everyone concerned is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update

from learnapp import audit, points
from learnapp.assessment.models import Amendment
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Invalid

_amendment = table_of(Amendment)
_standing = table_of(points.Standing)


@dataclass(frozen=True)
class AmendmentInfo:
    """An amendment. Everyone concerned is told with `id` as the trace; `told_at` is None until all were."""

    id: str
    period_id: str
    rule_set_before: str
    rule_set: str
    reason: str
    decided_on: date
    decided_by: str
    decided_at: datetime
    told_after: str
    told_at: datetime | None


_COLUMNS = tuple(column for column in _amendment.c)


def amend(
    period_id: str, rule_set: str, *, before: str, reason: str, actor_id: str, today: date, at: datetime
) -> str | None:
    """Puts a rule set that was adopted in the place of the one that an open period was opened with; returns the id
    of the amendment, None where it holds already.

    It holds for the whole period, from its first day: nobody's points hang on which side of a day they acted. The
    caller tells `follow`, which folds everybody anew, and then everyone concerned. Raises Invalid without a
    reason, Conflict when the period is posted, the rules are for other people, or somebody amended it meanwhile.
    """
    if not reason.strip():
        raise Invalid(
            "amendment-reason", N_("Say in a sentence why the rules change in the middle of a period.")
        )
    if points.rules_of(rule_set).people != points.period(period_id).people:
        raise Conflict("amendment-people", N_("These rules are for other people."))
    if not points.amend_period(period_id, rule_set, before=before):
        return None
    trace = new_id()
    row = {
        "id": trace,
        "period_id": period_id,
        "rule_set_before": before,
        "rule_set": rule_set,
        "reason": reason.strip(),
        "decided_on": today,
        "decided_by": actor_id,
        "decided_at": at,
        "told_after": "",
        "told_at": None,
    }
    db.session.execute(insert(_amendment), row)
    subject = f"period/{period_id}"
    audit.write("period-amended", member_id=actor_id, actor_id=actor_id, at=at, subject=subject, trace=trace)
    return trace


def amendments(period_id: str) -> list[AmendmentInfo]:
    """The amendments of a period, in their order."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(_amendment.c.period_id == period_id)
        .order_by(_amendment.c.decided_at, _amendment.c.id)
    )
    return [AmendmentInfo(*row) for row in rows]


def amendment(trace: str) -> AmendmentInfo | None:
    """One amendment, or None."""
    row = db.session.execute(select(*_COLUMNS).where(_amendment.c.id == trace)).one_or_none()
    return None if row is None else AmendmentInfo(*row)


def untold() -> list[AmendmentInfo]:
    """Amendments of which not everyone concerned has been told yet."""
    rows = db.session.execute(
        select(*_COLUMNS).where(_amendment.c.told_at.is_(None)).order_by(_amendment.c.id)
    )
    return [AmendmentInfo(*row) for row in rows]


def concerned(found: AmendmentInfo, limit: int) -> list[str]:
    """The next members to tell, by id: those who stand in the period."""
    rows = db.session.execute(
        select(_standing.c.member_id)
        .where(_standing.c.period_id == found.period_id, _standing.c.member_id > found.told_after)
        .order_by(_standing.c.member_id)
        .limit(limit)
    )
    return [row[0] for row in rows]


def told(trace: str, after: str, *, done: bool, at: datetime) -> None:
    """Notes how far the telling has come."""
    values = {"told_after": after, "told_at": at} if done else {"told_after": after}
    db.session.execute(update(_amendment).where(_amendment.c.id == trace).values(**values))
