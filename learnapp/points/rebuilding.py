"""Folding a whole period anew, member after member, and showing that what closed still gives its digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from sqlalchemy import bindparam, func, or_, select, union

from learnapp import branches, ledger
from learnapp.branches import BranchPath, Membership
from learnapp.clock import local_date
from learnapp.db import db, table_of
from learnapp.points.closing import frozen, recheck
from learnapp.points.models import Standing
from learnapp.points.periods import PeriodInfo
from learnapp.points.queries import stored
from learnapp.points.service import fold, forget

_membership, _path, _standing = table_of(Membership), table_of(BranchPath), table_of(Standing)
_first, _last = (
    bindparam("first", type_=_membership.c.valid_from.type),
    bindparam("last", type_=_membership.c.valid_from.type),
)
_AT_HOME = (
    select(_membership.c.member_id)
    .join(_path, _path.c.branch_id == _membership.c.branch_id)
    .where(
        _path.c.ancestor_id == bindparam("unit"),
        _membership.c.kind == "home",
        _membership.c.valid_from <= _last,
        or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > _first),
    )
)
_WITH_SUM = select(_standing.c.member_id).where(_standing.c.period_id == bindparam("period_id"))
_people = union(_AT_HOME, _WITH_SUM).subquery()
_PEOPLE = (
    select(_people.c.member_id)
    .where(_people.c.member_id > bindparam("after"))
    .order_by(_people.c.member_id)
    .limit(bindparam("limit"))
)
_NUMBER = select(func.count()).select_from(_people)

Outcome = Literal["same", "changed", "broken"]


def _terms(period: PeriodInfo) -> dict[str, str | date]:
    return {
        "unit": period.branch_id,
        "period_id": period.id,
        "first": period.starts_on,
        "last": period.ends_on,
    }


def people_number(period: PeriodInfo) -> int:
    """How many people have a day or a sum in the period."""
    return int(db.session.execute(_NUMBER, _terms(period)).scalar_one())


def people_in(period: PeriodInfo, batch: int = 500) -> Iterator[str]:
    """The ids of everybody with a day or a sum in the period, in order; read in batches, so that they need not all
    be in memory and each may be handled in a transaction of its own."""
    after = ""
    while found := [
        row[0] for row in db.session.execute(_PEOPLE, {**_terms(period), "after": after, "limit": batch})
    ]:
        yield from found
        after = found[-1]


def rebuild(member_id: str, period: PeriodInfo, *, at: datetime, zone: str) -> Outcome:
    """Forgets what was folded for the member and folds their stream again, under their lock; belongs to a
    transaction of its own. "changed" if that gave anything else.

    Where the period has closed for them nothing is folded: their lines are evaluated once more from the entries
    of then, and "broken" says that they do not give the digest that was frozen.
    """
    ledger.lock(member_id)
    known = frozen(member_id, period)
    if known is not None:
        return "same" if recheck(member_id, period) == known.digest else "broken"
    before = stored(member_id)
    forget(member_id)
    fold(member_id, ledger.stream(member_id), branches.place(member_id, local_date(at, zone)), zone)
    return "same" if stored(member_id) == before else "changed"
