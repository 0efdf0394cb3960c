"""The way of a period: planned, open, posted, closed. Each step is taken once, whoever takes it at the same time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, bindparam, select, update

from learnapp import branches
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Invalid, NotFound
from learnapp.points.engines import ENGINE
from learnapp.points.models import Period, RuleSet
from learnapp.points.periods import rules_of

_period, _path = table_of(Period), table_of(branches.BranchPath)
# The root's own row of the tree: whoever plans a period anywhere in it waits for who does so already.
_ROOT = (
    select(_path.c.depth)
    .where(_path.c.ancestor_id == bindparam("root"), _path.c.branch_id == bindparam("root"))
    .with_for_update()
)

PEOPLE = ("members", "workers")
"""Whom a period assesses: members by what they learn and do, workers by the work they did for others."""

STATES = ("planned", "open", "posted", "closed")


def open_period(
    branch_id: str,
    title: str,
    *,
    title_en: str,
    starts_on: date,
    ends_on: date,
    rule_set: str,
    people: str = "members",
    at: datetime | None = None,
) -> str:
    """Plans a period and opens it at once; returns its id. The caller tells `follow` whom it concerns.

    Raises what `plan_period` does.
    """
    period_id = plan_period(
        branch_id,
        title,
        title_en=title_en,
        starts_on=starts_on,
        ends_on=ends_on,
        rule_set=rule_set,
        people=people,
    )
    _move(period_id, "planned", state="open", opened_at=at, engine=ENGINE)
    return period_id


def plan_period(
    branch_id: str,
    title: str,
    *,
    title_en: str,
    starts_on: date,
    ends_on: date,
    rule_set: str,
    people: str = "members",
) -> str:
    """Plans a period for a unit and everything below it, under a rule set that was adopted; returns its id.

    Raises Conflict when a period of the same people, of this unit or one above or below it, shares a day with
    it, Invalid when it ends before it begins, is for nobody or under rules for others, NotFound for an unknown unit
    or rule set.
    """
    branches.unit(branch_id)
    if people not in PEOPLE:
        raise Invalid("period-people", N_("A period is for members or for workers."))
    if ends_on < starts_on:
        raise Invalid("period-dates", N_("The period ends before it begins."))
    if db.session.get(RuleSet, rule_set) is None:
        raise NotFound("no-rule-set", N_("This rule set was never adopted."))
    if rules_of(rule_set).people != people:
        raise Invalid("period-rules", N_("These rules are for other people."))
    _alone(branch_id, people, starts_on, ends_on)
    period_id = new_id()
    db.session.add(
        Period(
            id=period_id,
            branch_id=branch_id,
            title=title,
            title_en=title_en,
            starts_on=starts_on,
            ends_on=ends_on,
            rule_set=rule_set,
            people=people,
            state="planned",
        )
    )
    db.session.flush()
    return period_id


def _alone(branch_id: str, people: str, starts_on: date, ends_on: date) -> None:
    """Raises Conflict where somebody would be in two periods on one day. Two who plan at once for the same tree
    wait for each other at its root, which is locked first."""
    above = branches.paths([branch_id])[branch_id]
    db.session.execute(_ROOT, {"root": above[-1]}).all()
    related = branches.subtree(branch_id).union(above)
    shared = select(_period.c.id).where(
        _period.c.branch_id.in_(sorted(related)),
        _period.c.people == people,
        _period.c.starts_on <= ends_on,
        _period.c.ends_on >= starts_on,
    )
    if db.session.execute(shared).first() is not None:
        raise Conflict(
            "period-shares-days", N_("Another period for the same people shares a day with this one.")
        )


def change_plan(period_id: str, *, rule_set: str, show_totals: bool) -> None:
    """Changes what a planned period will open with. Raises Conflict once it is open, NotFound for a rule set that
    was never adopted."""
    if db.session.get(RuleSet, rule_set) is None:
        raise NotFound("no-rule-set", N_("This rule set was never adopted."))
    if not _move(period_id, "planned", rule_set=rule_set, show_totals=show_totals):
        raise Conflict("period-open", N_("This period is open; its rules are frozen."))


def open_planned(period_id: str, *, at: datetime) -> bool:
    """Opens a planned period: its rule set is frozen from here on, and so is the version of the engine. Returns
    whether that is new; the caller tells `follow` whom it concerns."""
    return _step(period_id, "planned", "open", opened_at=at, engine=ENGINE)


def post_period(period_id: str, *, until: date, show_totals: bool, at: datetime) -> bool:
    """Posts an open period until the end of a day. Returns whether that is new. Raises Conflict for a period that
    is not open."""
    return _step(period_id, "open", "posted", posted_at=at, post_until=until, show_totals=show_totals)


def amend_period(period_id: str, rule_set: str, *, before: str) -> bool:
    """Puts another rule set in the place of the one `before`, for the whole period, as long as it is open.

    Returns whether that is new. Raises Conflict when it is posted or closed, or when somebody else amended it
    meanwhile. The caller records the amendment and tells `follow` whom it concerns.
    """
    now = _state(period_id)
    if now.state != "open":
        raise Conflict("period-posted", N_("Only an open period that is not posted yet can be amended."))
    if now.rule_set == rule_set:
        return False
    changed = (
        update(_period)
        .where(_period.c.id == period_id, _period.c.state == "open", _period.c.rule_set == before)
        .values(rule_set=rule_set)
    )
    if not cast("CursorResult[Any]", db.session.execute(changed)).rowcount:
        raise Conflict("period-amended", N_("Somebody else changed this period meanwhile. Look again."))
    return True


def begin_closing(period_id: str, *, actor_id: str, reason: str, at: datetime) -> bool:
    """Begins to close a posted period; from here on a job freezes member after member. Returns whether that is
    new. Raises Conflict for a period that is neither posted nor closed."""
    if _state(period_id).closing_at is not None:
        return False
    return _step(
        period_id, "posted", "posted", closing_at=at, closing_by=actor_id, closing_reason=reason, once=True
    )


def finish_closing(period_id: str, *, digest: str, at: datetime) -> bool:
    """Closes a period whose members are all frozen. Returns whether that is new."""
    return _step(period_id, "posted", "closed", closed_at=at, digest=digest)


def _step(period_id: str, before: str, after: str, *, once: bool = False, **values: Any) -> bool:
    """One step of the way. Of two at once one takes it and the other finds it taken, which is no fault."""
    changed = update(_period).where(_period.c.closing_at.is_(None)) if once else update(_period)
    changed = changed.where(_period.c.id == period_id, _period.c.state == before)
    if cast("CursorResult[Any]", db.session.execute(changed.values(state=after, **values))).rowcount:
        return True
    if _state(period_id).state in STATES[STATES.index(after) :]:
        return False
    raise Conflict("period-state", N_("The period has not come so far yet. Look at it again."))


def _move(period_id: str, before: str, **values: Any) -> bool:
    statement = update(_period).where(_period.c.id == period_id, _period.c.state == before)
    moved = cast("CursorResult[Any]", db.session.execute(statement.values(**values))).rowcount
    db.session.expire_all()
    return bool(moved)


def _state(period_id: str) -> Row[*tuple[Any, ...]]:
    found = db.session.execute(
        select(_period.c.state, _period.c.rule_set, _period.c.closing_at).where(_period.c.id == period_id)
    ).one_or_none()
    if found is None:
        raise NotFound("no-period", N_("There is no such period."))
    return found
