"""Ending everything that somebody belongs to and may do, and bringing exactly that back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, or_, select, update

from learnapp.branches.changes import _end, _remember
from learnapp.branches.models import Exemption, Membership, MembershipBefore, RoleGrant, Transfer
from learnapp.db import db, table_of

# Rows that ended: id -> the day, the first one after, on which they would have ended otherwise (ISO), or None.
Ended = Mapping[str, Mapping[str, str | None]]

_membership, _grant = table_of(Membership), table_of(RoleGrant)


def end_everything(
    member_id: str, on: date, *, actor_id: str, at: datetime
) -> dict[str, dict[str, str | None]]:
    """Ends every membership and role of the member on a day, which is the first day after; what would have begun
    later never does. Returns what ended, for `bring_back`."""
    memberships = _still(member_id, on)
    ended = {"membership": {row.id: _iso(row.valid_to) for row in memberships}}
    for row in memberships:
        _end(row, max(on, row.valid_from), actor_id, at)
    db.session.flush()
    mine = (_grant.c.member_id == member_id, or_(_grant.c.valid_to.is_(None), _grant.c.valid_to > on))
    grants = db.session.execute(
        select(_grant.c.id, _grant.c.valid_from, _grant.c.valid_to).where(*mine)
    ).all()
    ended["role"] = {row.id: _iso(row.valid_to) for row in grants}
    for grant in grants:
        _set_grant(member_id, grant.id, max(on, grant.valid_from))
    return ended


def _still(member_id: str, on: date) -> list[Membership]:
    lasting = or_(Membership.valid_to.is_(None), Membership.valid_to > on)
    rows = select(Membership).where(Membership.member_id == member_id, lasting).order_by(Membership.id)
    return list(db.session.execute(rows.execution_options(populate_existing=True)).scalars())


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _set_grant(member_id: str, grant_id: str, valid_to: date | None) -> None:
    one = (_grant.c.member_id == member_id, _grant.c.id == grant_id)
    db.session.execute(update(_grant).where(*one).values(valid_to=valid_to))


def bring_back(member_id: str, ended: Ended, *, actor_id: str, at: datetime) -> None:
    """Gives what `end_everything` ended the end that it had before."""
    for row_id, last in ended["membership"].items():
        row = db.session.get(Membership, (member_id, row_id), populate_existing=True)
        if row is not None:
            _end(row, date.fromisoformat(last) if last else None, actor_id, at)
    db.session.flush()
    for grant_id, last in ended["role"].items():
        _set_grant(member_id, grant_id, date.fromisoformat(last) if last else None)


def end_membership(member_id: str, membership_id: str, on: date, *, actor_id: str, at: datetime) -> None:
    """Ends one membership on a day; one that began on that day or later never was."""
    row = db.session.get(Membership, (member_id, membership_id), populate_existing=True)
    if row is None or (row.valid_to is not None and row.valid_to <= on):
        return
    if row.valid_from >= on:
        _remember(row, actor_id, at)
        db.session.delete(row)
    else:
        _end(row, on, actor_id, at)
    db.session.flush()


def forget(member_id: str, on: date, *, actor_id: str, at: datetime) -> None:
    """For whoever erases a person: ends everything, and takes away what would tell who it was, posts, roles and
    exemptions. In which unit somebody of which class was from when to when stays, for closed periods."""
    end_everything(member_id, on, actor_id=actor_id, at=at)
    for row in _running(member_id):
        row.state, row.ended_at, row.ended_by = "withdrawn", at, actor_id
    db.session.flush()
    db.session.expire_all()
    for table in (_membership, table_of(MembershipBefore)):
        db.session.execute(update(table).where(table.c.member_id == member_id).values(post=None))
    for table in (_grant, table_of(Exemption)):
        db.session.execute(delete(table).where(table.c.member_id == member_id))


def moving(member_id: str, today: date) -> bool:
    """Whether a transfer of the member waits for somebody."""
    return any(today < row.expires_on for row in _running(member_id))


def _running(member_id: str) -> list[Transfer]:
    rows = select(Transfer).where(Transfer.member_id == member_id, Transfer.state.in_(("asked", "received")))
    return list(db.session.execute(rows.execution_options(populate_existing=True)).scalars())


def last_home(member_id: str) -> str | None:
    """The unit in which the member is or was at home last."""
    found: str | None = db.session.scalar(
        select(_membership.c.branch_id)
        .where(_membership.c.member_id == member_id, _membership.c.kind == "home")
        .order_by(_membership.c.valid_from.desc(), _membership.c.id.desc())
        .limit(1)
    )
    return found
