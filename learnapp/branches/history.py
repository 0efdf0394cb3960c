"""Where somebody belonged, and as what, from when to when: the intervals that readers split a period by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import bindparam, or_, select

from learnapp.branches.intervals import Interval, Stay
from learnapp.branches.models import Exemption, Membership
from learnapp.db import db, table_of

# Ids in one statement: SQLite takes 32,766 parameters, PostgreSQL plans a list of this length quickly.
_BATCH = 500


_membership, _exemption = table_of(Membership), table_of(Exemption)

# What was ended before it began never was.
_lasting = or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > _membership.c.valid_from)
_STAYS = (
    select(
        _membership.c.member_id,
        _membership.c.branch_id,
        _membership.c.kind,
        _membership.c.member_class,
        _membership.c.post,
        _membership.c.valid_from,
        _membership.c.valid_to,
    )
    .where(_lasting)
    .order_by(_membership.c.member_id, _membership.c.valid_from, _membership.c.kind, _membership.c.id)
)
_ONE = _STAYS.where(_membership.c.member_id == bindparam("member_id"))
_MANY = _STAYS.where(_membership.c.member_id.in_(bindparam("member_ids", expanding=True)))

_FREE = select(_exemption.c.member_id, _exemption.c.valid_from, _exemption.c.valid_to).order_by(
    _exemption.c.member_id, _exemption.c.valid_from, _exemption.c.valid_to, _exemption.c.id
)
_FREE_ONE = _FREE.where(_exemption.c.member_id == bindparam("member_id"))
_FREE_MANY = _FREE.where(_exemption.c.member_id.in_(bindparam("member_ids", expanding=True)))


def history(member_id: str) -> tuple[Stay, ...]:
    """Every interval of the member, past and to come, by first day; those of a home never overlap. One query."""
    return tuple(Stay(*row[1:]) for row in db.session.execute(_ONE, {"member_id": member_id}))


def histories(member_ids: Collection[str]) -> dict[str, tuple[Stay, ...]]:
    """The histories of many, with an empty one for whoever has none. One query for 500 of them."""
    found: defaultdict[str, list[Stay]] = defaultdict(list)
    for batch in _batches(member_ids):
        for row in db.session.execute(_MANY, {"member_ids": batch}):
            found[row[0]].append(Stay(*row[1:]))
    return {member_id: tuple(found[member_id]) for member_id in member_ids}


def exemptions(member_id: str) -> tuple[Interval, ...]:
    """The intervals in which nothing is expected of the member, by first day. One query."""
    return tuple(Interval(*row[1:]) for row in db.session.execute(_FREE_ONE, {"member_id": member_id}))


def exemptions_of(member_ids: Collection[str]) -> dict[str, tuple[Interval, ...]]:
    """The exemptions of many, with an empty tuple for whoever has none. One query for 500 of them."""
    found: defaultdict[str, list[Interval]] = defaultdict(list)
    for batch in _batches(member_ids):
        for row in db.session.execute(_FREE_MANY, {"member_ids": batch}):
            found[row[0]].append(Interval(*row[1:]))
    return {member_id: tuple(found[member_id]) for member_id in member_ids}


def _batches(member_ids: Collection[str]) -> list[list[str]]:
    ordered = sorted(set(member_ids))
    return [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]
