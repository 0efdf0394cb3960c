"""Asking about units and about who belongs where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from learnapp.accounts import Account
from learnapp.branches.models import Branch, BranchPath, Membership, RoleGrant
from learnapp.db import db
from learnapp.errors import N_, NotFound


@dataclass(frozen=True)
class Unit:
    """A unit of the tree."""

    id: str
    parent_id: str | None
    kind: str
    name: str


@dataclass(frozen=True)
class Person:
    """A member with their home branch on a day."""

    member_id: str
    name: str
    sign_in: str
    branch_id: str | None
    branch_name: str
    member_class: str
    post: str | None


_own = aliased(Branch)
_role_unit = aliased(Branch)
_today = bindparam("today")

# One query answers who is asking: the account, the home branch, and every role held today.
_STANDING = (
    select(
        Account.name,
        Account.session_epoch,
        Account.disabled_at,
        Membership.branch_id,
        Membership.member_class,
        _own.name.label("branch_name"),
        RoleGrant.role,
        RoleGrant.branch_id.label("role_branch"),
        _role_unit.kind.label("role_kind"),
    )
    .outerjoin(
        Membership,
        and_(
            Membership.member_id == Account.member_id,
            Membership.kind == "home",
            Membership.valid_from <= _today,
            or_(Membership.valid_to.is_(None), Membership.valid_to > _today),
        ),
    )
    .outerjoin(_own, _own.id == Membership.branch_id)
    .outerjoin(
        RoleGrant,
        and_(
            RoleGrant.member_id == Account.member_id,
            RoleGrant.valid_from <= _today,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > _today),
        ),
    )
    .outerjoin(_role_unit, _role_unit.id == RoleGrant.branch_id)
    .where(Account.member_id == bindparam("member_id"))
    .order_by(RoleGrant.role, RoleGrant.branch_id)
)


def standing_rows(member_id: str, today: date) -> Sequence[Row[Any]]:
    """The account joined with its home branch and roles on a day, one row a role; empty if unknown."""
    return db.session.execute(_STANDING, {"member_id": member_id, "today": today}).all()


def ancestors(branch_id: str) -> frozenset[str]:
    """The ids of the unit and everything above it; empty for an unknown unit."""
    rows = db.session.execute(select(BranchPath.ancestor_id).where(BranchPath.branch_id == branch_id))
    return frozenset(row.ancestor_id for row in rows)


def subtree(branch_id: str) -> frozenset[str]:
    """The ids of the unit and everything below it."""
    rows = db.session.execute(select(BranchPath.branch_id).where(BranchPath.ancestor_id == branch_id))
    return frozenset(row.branch_id for row in rows)


def unit(branch_id: str) -> Unit:
    """One unit. Raises NotFound."""
    row = db.session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name).where(Branch.id == branch_id)
    ).one_or_none()
    if row is None:
        raise NotFound("no-unit", N_("There is no such unit."))
    return Unit(*row)


def trail(branch_id: str) -> list[Unit]:
    """The units from the root down to this one."""
    rows = db.session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
        .join(BranchPath, BranchPath.ancestor_id == Branch.id)
        .where(BranchPath.branch_id == branch_id)
        .order_by(BranchPath.depth.desc())
    )
    return [Unit(*row) for row in rows]


def children(branch_id: str) -> list[Unit]:
    """The units directly below, in the tree's own order."""
    rows = db.session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
        .where(Branch.parent_id == branch_id)
        .order_by(Branch.position, Branch.id)
    )
    return [Unit(*row) for row in rows]


def roots() -> list[Unit]:
    """The units without a parent, in order."""
    rows = db.session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
        .where(Branch.parent_id.is_(None))
        .order_by(Branch.position, Branch.id)
    )
    return [Unit(*row) for row in rows]


_PERSON = (
    select(
        Account.member_id,
        Account.name,
        Account.sign_in,
        Membership.branch_id,
        Branch.name,
        Membership.member_class,
        Membership.post,
    )
    .outerjoin(
        Membership,
        and_(
            Membership.member_id == Account.member_id,
            Membership.kind == "home",
            Membership.valid_from <= _today,
            or_(Membership.valid_to.is_(None), Membership.valid_to > _today),
        ),
    )
    .outerjoin(Branch, Branch.id == Membership.branch_id)
)


def _person(row: Sequence[Any]) -> Person:
    return Person(row[0], row[1], row[2], row[3], row[4] or "", row[5] or "", row[6])


def person(member_id: str, today: date) -> Person | None:
    """One member with the home branch of that day, or None when there is no such account."""
    row = db.session.execute(
        _PERSON.where(Account.member_id == bindparam("member_id")),
        {"member_id": member_id, "today": today},
    ).one_or_none()
    return None if row is None else _person(row)


def members_of(branch_id: str, today: date) -> list[Person]:
    """The members at home in this very unit on that day, in name order."""
    rows = db.session.execute(
        _PERSON.where(Membership.branch_id == bindparam("branch_id")).order_by(
            Account.name, Account.member_id
        ),
        {"branch_id": branch_id, "today": today},
    )
    return [_person(row) for row in rows]
