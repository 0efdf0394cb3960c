"""Asking for whoever runs a quiz: who is answering, what was set, below which unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select

from learnapp import branches
from learnapp.branches import BranchPath, Membership
from learnapp.db import db, table_of
from learnapp.errors import N_
from learnapp.quiz.models import Attempt, Grant, Measure
from learnapp.quiz.timing import Clock

STATES: Mapping[str, str] = {
    "running": N_("Answering"),
    "paused": N_("Paused"),
    "ended": N_("Handed in"),
    "none": N_("Not started"),
}

_attempt, _measure, _grant = table_of(Attempt), table_of(Measure), table_of(Grant)
_path, _membership = table_of(BranchPath), table_of(Membership)


@dataclass(frozen=True, slots=True)
class Count:
    """How many members are answering, and how many have handed in and are not answering again."""

    running: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that was set: for a unit (`branch_id`), or for one member (empty). `minutes` and `attempts`
    are None or 0 where it is not about them; times are instants in UTC."""

    number: int
    kind: str
    branch_id: str
    minutes: int | None
    attempts: int | None
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    reason: str
    set_by: str
    set_at: datetime


def running_by_quiz(members: Select[Any]) -> Mapping[str, int]:
    """How many of these members are answering, by quiz."""
    rows = db.session.execute(
        select(_attempt.c.quiz, func.count(_attempt.c.member_id.distinct()))
        .where(_attempt.c.state == "open", _attempt.c.number > 0, _attempt.c.member_id.in_(members))
        .group_by(_attempt.c.quiz)
    )
    return {row[0]: row[1] for row in rows}


def counts(slug: str, branch_ids: Collection[str], today: date) -> Mapping[str, Count]:
    """For each of these units how many of those at home there or below answer or have answered the quiz."""
    answering = case((_attempt.c.state == "open", 1), else_=0)
    asked = (
        select(_attempt.c.member_id, func.max(answering).label("running"))
        .where(_attempt.c.quiz == slug, _attempt.c.number > 0)
        .group_by(_attempt.c.member_id)
        .subquery()
    )
    rows = db.session.execute(
        select(_path.c.ancestor_id, func.count(), func.sum(asked.c.running))
        .select_from(asked)
        .join(_membership, _membership.c.member_id == asked.c.member_id)
        .join(_path, _path.c.branch_id == _membership.c.branch_id)
        .where(_path.c.ancestor_id.in_(branch_ids), branches.at_home(today))
        .group_by(_path.c.ancestor_id)
    )
    return {row[0]: Count(int(row[2]), row[1] - int(row[2])) for row in rows}


def states(slug: str, member_ids: Collection[str], at: datetime) -> Mapping[str, str]:
    """How each of these members stands to the quiz, in words of `STATES`: by the last counted attempt, whose
    time may be up though nobody has closed it yet. Who has none is missing."""
    rows = db.session.execute(
        select(_attempt.c.member_id, _attempt.c.state, _attempt.c.deadline_at, _attempt.c.paused_at)
        .where(_attempt.c.quiz == slug, _attempt.c.number > 0, _attempt.c.member_id.in_(member_ids))
        .order_by(_attempt.c.member_id, _attempt.c.number)
    )
    return {row.member_id: state(row.state, Clock(row.deadline_at, row.paused_at), at) for row in rows}


def state(stored: str, clock: Clock, at: datetime) -> str:
    """The state of an attempt as a word of `STATES`."""
    if stored != "open" or clock.overdue(at):
        return "ended"
    return "running" if clock.paused_at is None else "paused"


def settings_for_units(slug: str, branch_ids: Collection[str]) -> Sequence[Setting]:
    """What was set at a quiz for these units, the latest first."""
    columns = (_measure.c.number, _measure.c.kind, _measure.c.branch_id, _measure.c.minutes)
    rows = db.session.execute(
        select(*columns, _measure.c.reason, _measure.c.set_by, _measure.c.set_at)
        .where(_measure.c.quiz == slug, _measure.c.branch_id.in_(branch_ids))
        .order_by(_measure.c.number.desc())
    )
    return [
        Setting(number, kind, unit, minutes, None, None, None, None, reason, by, at)
        for number, kind, unit, minutes, reason, by, at in rows
    ]


def settings_for_member(member_id: str, slug: str) -> Sequence[Setting]:
    """What was set at a quiz for this member alone, the latest first."""
    rows = db.session.execute(
        select(
            _grant.c.number,
            _grant.c.kind,
            _grant.c.minutes,
            _grant.c.attempts,
            _grant.c.opens_at,
            _grant.c.due_at,
            _grant.c.closes_at,
            _grant.c.reason,
            _grant.c.set_by,
            _grant.c.set_at,
        )
        .where(_grant.c.member_id == member_id, _grant.c.quiz == slug)
        .order_by(_grant.c.number.desc())
    )
    return [Setting(row[0], row[1], "", *tuple(row)[2:]) for row in rows]


def last_number(slug: str, member_id: str | None = None) -> int:
    """The number of the last thing set at a quiz, for units or for this member; 0 for nothing."""
    if member_id is None:
        found = select(func.max(_measure.c.number)).where(_measure.c.quiz == slug)
    else:
        found = select(func.max(_grant.c.number)).where(
            _grant.c.member_id == member_id, _grant.c.quiz == slug
        )
    return int(db.session.execute(found).scalar() or 0)
