"""Asking what entries are worth."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from learnapp.branches import BranchPath
from learnapp.db import db, table_of
from learnapp.points.models import PointsAdjustment, PointsLine, Standing
from learnapp.points.periods import PeriodInfo
from learnapp.points.rules import Act, Line, acts_in

_line, _standing, _path = table_of(PointsLine), table_of(Standing), table_of(BranchPath)
_adjustment = table_of(PointsAdjustment)


@dataclass(frozen=True)
class Total:
    """A member's sum in a period with its parts, in hundredths, as folded up to entry `seq`.

    `adjustment` is what closed periods brought since they closed, `veto` that a veto item stands. `folded` is
    False for the base of somebody about whom nothing is stored.
    """

    base: int
    bonus: int
    deduction: int
    total: int
    seq: int
    adjustment: int = 0
    veto: bool = False
    folded: bool = True


@dataclass(frozen=True)
class Adjusted:
    """What an entry changed in a closed period, as it counts in a later one: by how much, and why."""

    origin_period: str
    seq: int
    rule: str
    amount: int
    cause: str
    cause_seq: int


_TOTAL = (
    _standing.c.base,
    _standing.c.bonus,
    _standing.c.deduction,
    _standing.c.total,
    _standing.c.seq,
    _standing.c.adjustment,
    _standing.c.veto,
)
_OWN = select(*_TOTAL).where(
    _standing.c.member_id == bindparam("member_id"), _standing.c.period_id == bindparam("period_id")
)
_BRANCH = select(_standing.c.member_id, *_TOTAL).where(
    _standing.c.period_id == bindparam("period_id"), _standing.c.branch_id == bindparam("branch_id")
)
_ADJUSTMENTS = (
    select(
        _adjustment.c.origin_period,
        _adjustment.c.entry_seq,
        _adjustment.c.rule,
        _adjustment.c.amount,
        _adjustment.c.cause,
        _adjustment.c.cause_seq,
    )
    .where(
        _adjustment.c.member_id == bindparam("member_id"), _adjustment.c.period_id == bindparam("period_id")
    )
    .order_by(_adjustment.c.origin_period, _adjustment.c.entry_seq, _adjustment.c.rule)
)
_LINES = (
    select(
        _line.c.entry_seq,
        _line.c.rule,
        _line.c.worth,
        _line.c.counted,
        _line.c.reason,
        _line.c.occurred_on,
    )
    .where(_line.c.member_id == bindparam("member_id"), _line.c.period_id == bindparam("period_id"))
    .order_by(_line.c.occurred_on.desc(), _line.c.entry_seq.desc(), _line.c.rule)
)


def untouched(period: PeriodInfo) -> Total:
    """The sum of somebody about whom nothing was recorded in the period: the base."""
    rules = period.rules
    return Total(rules.base, 0, 0, max(rules.floor, rules.base), 0, folded=False)


def total(member_id: str, period: PeriodInfo) -> Total:
    """The member's sum in the period; the base when nothing has been folded yet."""
    row = db.session.execute(_OWN, {"member_id": member_id, "period_id": period.id}).one_or_none()
    return untouched(period) if row is None else Total(*row)


def lines(member_id: str, period: PeriodInfo) -> list[Line]:
    """The lines behind the sum, newest first."""
    rows = db.session.execute(_LINES, {"member_id": member_id, "period_id": period.id})
    return [Line(*row) for row in rows]


def adjustments(member_id: str, period: PeriodInfo) -> list[Adjusted]:
    """What closed periods brought into this one, by period, entry and rule."""
    rows = db.session.execute(_ADJUSTMENTS, {"member_id": member_id, "period_id": period.id})
    return [Adjusted(*row) for row in rows]


def branch_totals(branch_id: str, period: PeriodInfo) -> dict[str, Total]:
    """The sums of the members of this very unit, by member id; who is missing stands at the base."""
    rows = db.session.execute(_BRANCH, {"period_id": period.id, "branch_id": branch_id})
    return {row[0]: Total(*row[1:]) for row in rows}


def with_bonus(period: PeriodInfo, unit_ids: Collection[str]) -> dict[str, int]:
    """For each of these units, how many members at or below it have gained something in the period."""
    rows = db.session.execute(
        select(_path.c.ancestor_id, func.count())
        .join(_standing, _standing.c.branch_id == _path.c.branch_id)
        .where(
            _standing.c.period_id == period.id,
            _standing.c.bonus > 0,
            _path.c.ancestor_id.in_(sorted(unit_ids)),
        )
        .group_by(_path.c.ancestor_id)
    )
    found = {row[0]: row[1] for row in rows}
    return {unit_id: found.get(unit_id, 0) for unit_id in unit_ids}


def stored(member_id: str) -> tuple[tuple[object, ...], ...]:
    """Every stored row of the member, lines, sums and adjustments of all periods, in a fixed order: for telling
    whether a rebuild gave the same to the last digit."""
    rows: list[tuple[object, ...]] = []
    for table in (_line, _standing, _adjustment):
        found = db.session.execute(select(table).where(table.c.member_id == member_id))
        rows.extend(sorted(tuple(row) for row in found))
    return tuple(rows)


def acts(period: PeriodInfo, source: str) -> tuple[Act, ...]:
    """What may be declared ("declared") or recorded ("organised") in a period, in the order of its rules."""
    return acts_in(period.rules, source)
