"""Asking about units and about who belongs where."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Date, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from learnapp.accounts import Account
from learnapp.branches.models import Branch, BranchPath, Membership, RoleGrant
from learnapp.db import db, table_of
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


@dataclass(frozen=True)
class Role:
    """A role that somebody holds on a unit."""

    member_id: str
    name: str
    sign_in: str
    role: str
    branch_id: str
    branch_name: str
    branch_kind: str
    valid_from: date


_account, _membership, _grant = table_of(Account), table_of(Membership), table_of(RoleGrant)
_own, _role_unit = table_of(Branch).alias(), table_of(Branch).alias()
_today: BindParameter[date] = bindparam("today", type_=Date())

# One query answers who is asking: the account, the home branch, and every role held today.
_STANDING = (
    select(
        _account.c.name,
        _account.c.session_epoch,
        _account.c.disabled_at,
        _membership.c.branch_id,
        _membership.c.member_class,
        _own.c.name.label("branch_name"),
        _grant.c.role,
        _grant.c.branch_id.label("role_branch"),
        _role_unit.c.kind.label("role_kind"),
    )
    .outerjoin(
        _membership,
        and_(
            _membership.c.member_id == _account.c.member_id,
            _membership.c.kind == "home",
            _membership.c.valid_from <= _today,
            or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > _today),
        ),
    )
    .outerjoin(_own, _own.c.id == _membership.c.branch_id)
    .outerjoin(
        _grant,
        and_(
            _grant.c.member_id == _account.c.member_id,
            _grant.c.valid_from <= _today,
            or_(_grant.c.valid_to.is_(None), _grant.c.valid_to > _today),
        ),
    )
    .outerjoin(_role_unit, _role_unit.c.id == _grant.c.branch_id)
    .where(_account.c.member_id == bindparam("member_id"))
    .order_by(_grant.c.role, _grant.c.branch_id)
)


def standing_rows(member_id: str, today: date) -> Sequence[Row[*tuple[Any, ...]]]:
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


def units(branch_ids: Collection[str]) -> list[Unit]:
    """These units, by name; unknown ids are left out."""
    rows = db.session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
        .where(Branch.id.in_(set(branch_ids)))
        .order_by(Branch.name, Branch.id)
    )
    return [Unit(*row) for row in rows]


def at_home(today: date) -> Any:
    """The condition that a membership is somebody's home on that day, for a statement that joins it."""
    return and_(
        Membership.kind == "home",
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to > today),
    )


def ids_below(branch_ids: Collection[str], today: date) -> Select[Any]:
    """A SELECT of the ids of all members at home in these units or below on that day: to run, or for use in
    another statement, so that no list of thousands of ids travels."""
    return (
        select(Membership.member_id)
        .join(BranchPath, BranchPath.branch_id == Membership.branch_id)
        .where(BranchPath.ancestor_id.in_(branch_ids), at_home(today))
    )


def counts(branch_ids: Collection[str], today: date) -> dict[str, int]:
    """How many members are at home in each of these units or below it on that day."""
    rows = db.session.execute(
        select(BranchPath.ancestor_id, func.count())
        .join(Membership, Membership.branch_id == BranchPath.branch_id)
        .where(BranchPath.ancestor_id.in_(branch_ids), at_home(today))
        .group_by(BranchPath.ancestor_id)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {branch_id: found.get(branch_id, 0) for branch_id in branch_ids}


def people_below(branch_ids: Collection[str], today: date) -> CompoundSelect[Any]:
    """A SELECT of the ids of everybody who has to do with these units or what is below: members at home
    there on that day, whoever holds or ever held a role there, wherever they are at home, and whoever was at home
    there and is at home nowhere any more: left, given up for another account, or erased."""
    with_a_role = (
        select(RoleGrant.member_id)
        .join(BranchPath, BranchPath.branch_id == RoleGrant.branch_id)
        .where(BranchPath.ancestor_id.in_(branch_ids))
    )
    home = aliased(Membership)
    somewhere = select(home.id).where(
        home.member_id == Membership.member_id,
        home.kind == "home",
        home.valid_from <= today,
        or_(home.valid_to.is_(None), home.valid_to > today),
    )
    gone = (
        select(Membership.member_id)
        .join(BranchPath, BranchPath.branch_id == Membership.branch_id)
        .where(
            BranchPath.ancestor_id.in_(branch_ids),
            Membership.kind == "home",
            Membership.valid_to <= today,
            ~somewhere.exists(),
        )
    )
    return ids_below(branch_ids, today).union(with_a_role, gone)


def _roles(*conditions: Any) -> list[Role]:
    rows = db.session.execute(
        select(
            RoleGrant.member_id,
            Account.name,
            Account.sign_in,
            RoleGrant.role,
            RoleGrant.branch_id,
            Branch.name,
            Branch.kind,
            func.min(RoleGrant.valid_from),
        )
        .join(Account, Account.member_id == RoleGrant.member_id)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(*conditions)
        .group_by(
            RoleGrant.member_id,
            Account.name,
            Account.sign_in,
            RoleGrant.role,
            RoleGrant.branch_id,
            Branch.name,
            Branch.kind,
        )
        .order_by(RoleGrant.role, Account.name, RoleGrant.member_id, Branch.name)
    )
    return [Role(*row) for row in rows]


def _held(today: date) -> Any:
    return and_(RoleGrant.valid_from <= today, or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > today))


def roles_of(member_id: str, today: date) -> list[Role]:
    """The roles that a person holds on that day, each once per unit."""
    return _roles(RoleGrant.member_id == member_id, _held(today))


def roles_on(branch_id: str, today: date) -> list[Role]:
    """The roles held on this very unit on that day, by role and name."""
    return _roles(RoleGrant.branch_id == branch_id, _held(today))


def roles_among(member_id: str, branch_ids: Collection[str], kinds: Collection[str], day: date) -> list[Role]:
    """The roles on units of these kinds, among these, that a person holds on that day or from a later one on."""
    lasting = or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > day)
    return _roles(
        RoleGrant.member_id == member_id,
        RoleGrant.branch_id.in_(sorted(branch_ids)),
        Branch.kind.in_(kinds),
        lasting,
    )
