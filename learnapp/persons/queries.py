"""Asking about merges: what stands in the way of one, what it would do, and which are not complete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select

from learnapp import accounts, branches, declarations, quiz
from learnapp.db import db, table_of
from learnapp.errors import N_, NotFound
from learnapp.ledger import LedgerHead
from learnapp.persons.models import Carried, GivenUp

_given, _carried, _head = table_of(GivenUp), table_of(Carried), table_of(LedgerHead)


@dataclass(frozen=True)
class Merge:
    """A merge as it was decided. `before` is what ended with it: memberships and roles, whether sign-in did, the
    home. `state` is that of the given-up side: standing or undone."""

    given_id: str
    id: str
    kept_id: str
    state: str
    decided_by: str
    decided_at: datetime
    decided_on: date
    note: str
    before: Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """How far the side that goes on has come: `seq` is the last entry of the other stream that was carried."""

    state: str
    seq: int
    home_id: str | None
    brought: Mapping[str, Any]
    undone_by: str | None
    undone_at: datetime | None
    undo_note: str


_MERGE = select(
    _given.c.member_id,
    _given.c.id,
    _given.c.kept_id,
    _given.c.state,
    _given.c.decided_by,
    _given.c.decided_at,
    _given.c.decided_on,
    _given.c.note,
    _given.c.before,
)


def _read(row: Any) -> Merge:
    values = dict(row._mapping)
    given_id = values.pop("member_id")
    return Merge(given_id=given_id, **{**values, "before": json.loads(values["before"])})


def merge_of(given_id: str, merge_id: str) -> Merge:
    """One merge by the account that was given up. Raises NotFound."""
    statement = _MERGE.where(_given.c.member_id == given_id, _given.c.id == merge_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("no-merge", N_("There is no such joining of accounts."))
    return _read(row)


def carried_of(kept_id: str, merge_id: str) -> Side | None:
    """The side that goes on; None where nothing was carried yet."""
    row = db.session.execute(
        select(
            _carried.c.state,
            _carried.c.seq,
            _carried.c.home_id,
            _carried.c.brought,
            _carried.c.undone_by,
            _carried.c.undone_at,
            _carried.c.undo_note,
        ).where(_carried.c.member_id == kept_id, _carried.c.merge_id == merge_id)
    ).one_or_none()
    return None if row is None else Side(*row[:3], json.loads(row[3]), *row[4:])


def merges_of(member_id: str) -> list[Merge]:
    """Every merge that the account was ever part of, on either side, the newest first."""
    statement = _MERGE.where((_given.c.member_id == member_id) | (_given.c.kept_id == member_id))
    return [_read(row) for row in db.session.execute(statement.order_by(_given.c.decided_at.desc()))]


def given_up_for(member_id: str) -> str | None:
    """The account for which this one was given up and which goes on, however many merges lie between; None for
    one that was not given up."""
    found = None
    while True:
        last = db.session.scalar(
            select(_given.c.kept_id).where(
                _given.c.member_id == (found or member_id), _given.c.state == "standing"
            )
        )
        if last is None:
            return found
        found = last


def joined(member_id: str) -> frozenset[str]:
    """The accounts that were given up for this one, and those that were given up for them."""
    found: set[str] = set()
    waiting = {member_id}
    while waiting:
        rows = db.session.scalars(
            select(_given.c.member_id).where(
                _given.c.kept_id.in_(sorted(waiting)), _given.c.state == "standing"
            )
        )
        waiting = set(rows) - found
        found |= waiting
    return frozenset(found)


def blockers(given_id: str, kept_id: str, today: date) -> list[str]:
    """What stands in the way of giving one account up for the other, as codes of `rules.BLOCKERS`."""
    found = []
    if given_id == kept_id:
        return ["same"]
    if "erased" in (accounts.closed_for(given_id), accounts.closed_for(kept_id)):
        found.append("erased")
    if given_up_for(kept_id) is not None:
        found.append("kept-merged")
    if given_up_for(given_id) is not None:
        found.append("given-merged")
    attempts = [one for one in quiz.attempts(given_id) if one.open]
    if any(not one.practice for one in attempts):
        found.append("running")
    if quiz.lateness.waiting_count([given_id]):
        found.append("late")
    if any(one.standing.state in ("declared", "recorded") for one in declarations.acts_of(given_id)):
        found.append("acts")
    if branches.moving(given_id, today):
        found.append("moving")
    return found


def unfinished() -> list[tuple[str, str]]:
    """Merges of which a side is behind, as (given-up account, merge): decided and not carried, carried before the
    given-up stream grew, or undone on one side only. Two statements, each on one kind of row."""
    ends = db.session.execute(
        select(_given.c.member_id, _given.c.id, _head.c.seq)
        .outerjoin(_head, and_(_head.c.member_id == _given.c.member_id))
        .where(_given.c.state == "standing")
        .order_by(_given.c.decided_at, _given.c.id)
    ).all()
    sides = {
        row.merge_id: (row.state, row.seq)
        for row in db.session.execute(select(_carried.c.merge_id, _carried.c.state, _carried.c.seq))
    }
    found = []
    for given_id, merge_id, end in ends:
        state, seq = sides.get(merge_id, ("", 0))
        if state != "standing" or seq < (end or 0):
            found.append((given_id, merge_id))
    return found
