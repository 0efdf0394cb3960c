"""Founding units, joining them, and granting roles on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, literal, or_, select, update

from learnapp import accounts, audit
from learnapp.branches.models import Branch, BranchPath, Exemption, Membership, RoleGrant
from learnapp.branches.queries import Role
from learnapp.branches.rules import CLASSES, KINDS, POSTS
from learnapp.db import db, new_id
from learnapp.errors import N_, Conflict, Invalid, NotFound


def found(kind: str, name: str, *, parent_id: str | None, at: datetime, position: int = 0) -> str:
    """Founds a unit below `parent_id` (None for a root) and returns its id.

    Raises Invalid for an unknown kind or an empty name, NotFound for an unknown parent.
    """
    if kind not in KINDS:
        raise Invalid("unit-kind", N_("“%(kind)s” is not a kind of unit."), kind=kind)
    if not name.strip():
        raise Invalid("unit-name", N_("A unit needs a name."))
    if parent_id is not None and db.session.get(Branch, parent_id) is None:
        raise NotFound("no-unit", N_("There is no such unit."))
    unit_id = new_id()
    db.session.add(
        Branch(
            id=unit_id, parent_id=parent_id, kind=kind, name=name.strip(), position=position, founded_at=at
        )
    )
    db.session.flush()
    db.session.add(BranchPath(ancestor_id=unit_id, branch_id=unit_id, depth=0))
    db.session.flush()
    if parent_id is not None:
        above = select(
            BranchPath.ancestor_id, literal(unit_id).label("branch_id"), BranchPath.depth + 1
        ).where(BranchPath.branch_id == parent_id)
        db.session.execute(insert(BranchPath).from_select(["ancestor_id", "branch_id", "depth"], above))
    return unit_id


def join(
    member_id: str,
    branch_id: str,
    *,
    member_class: str,
    valid_from: date,
    actor_id: str,
    at: datetime,
    kind: str = "home",
    post: str | None = None,
) -> str:
    """Makes a member belong to a unit from a day on, at home or as a guest (`host`).

    Returns the interval's id. Raises Invalid for an unknown class, post or kind, Conflict when another home
    covers that day.
    """
    if member_class not in CLASSES:
        raise Invalid("class", N_("“%(value)s” is not one of the classes."), value=member_class)
    if kind not in ("home", "host"):
        raise Invalid("membership-kind", N_("A membership is at home or as a guest."))
    if post is not None and post not in POSTS:
        raise Invalid("post", N_("“%(value)s” is not one of the posts."), value=post)
    if kind == "home":
        _refuse_second_home(member_id, valid_from)
    membership_id = new_id()
    db.session.add(
        Membership(
            member_id=member_id,
            id=membership_id,
            branch_id=branch_id,
            kind=kind,
            member_class=member_class,
            post=post,
            valid_from=valid_from,
            recorded_at=at,
            recorded_by=actor_id,
        )
    )
    db.session.flush()
    return membership_id


def _refuse_second_home(member_id: str, valid_from: date) -> None:
    taken = db.session.execute(
        select(Membership.id).where(
            Membership.member_id == member_id,
            Membership.kind == "home",
            (Membership.valid_to.is_(None)) | (Membership.valid_to > valid_from),
        )
    ).first()
    if taken is not None:
        raise Conflict("home-taken", N_("This member already has a home branch on that day."))


def grant(
    member_id: str,
    role: str,
    branch_id: str,
    *,
    valid_from: date,
    actor_id: str,
    at: datetime,
    address: str | None = None,
) -> str:
    """Grants a role on a unit and everything below it, with a row in the security log; returns its id.

    Granting what is held already changes nothing. The names of the roles are the guard's; this area only
    keeps them. Codes that others issued for the person end, since whoever knows one would get the role with
    the account. Raises NotFound for an unknown unit.
    """
    unit = db.session.get(Branch, branch_id)
    if unit is None:
        raise NotFound("no-unit", N_("There is no such unit."))
    held = db.session.execute(
        select(RoleGrant.id).where(*_open(member_id, role, branch_id), RoleGrant.valid_from <= valid_from)
    ).scalar()
    if held is not None:
        return held
    grant_id = new_id()
    db.session.add(
        RoleGrant(
            member_id=member_id,
            id=grant_id,
            role=role,
            branch_id=branch_id,
            valid_from=valid_from,
            recorded_at=at,
            recorded_by=actor_id,
        )
    )
    accounts.end_codes(member_id, at=at, spare=actor_id)
    _log("role-granted", member_id, role, branch_id, actor_id, at, address)
    return grant_id


def end_role(
    member_id: str,
    role: str,
    branch_id: str,
    *,
    today: date,
    actor_id: str,
    at: datetime,
    address: str | None = None,
) -> bool:
    """Ends a role on a unit from a day on, with a row in the security log; False if it was not held (any more).
    One that would end later ends then as well."""
    ended = db.session.execute(
        update(RoleGrant)
        .where(
            RoleGrant.member_id == member_id,
            RoleGrant.role == role,
            RoleGrant.branch_id == branch_id,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > today),
        )
        .values(valid_to=today)
        .returning(RoleGrant.id)
    ).all()
    if not ended:
        return False
    _log("role-ended", member_id, role, branch_id, actor_id, at, address)
    return True


def end_roles(
    roles: Iterable[Role], *, on: date, actor_id: str, at: datetime, address: str | None = None
) -> None:
    """Ends these roles from a day on, each as `end_role` does."""
    for held in roles:
        end_role(
            held.member_id,
            held.role,
            held.branch_id,
            today=on,
            actor_id=actor_id,
            at=at,
            address=address,
        )


def _open(member_id: str, role: str, branch_id: str) -> tuple[Any, ...]:
    """Grants without an end."""
    return (
        RoleGrant.member_id == member_id,
        RoleGrant.role == role,
        RoleGrant.branch_id == branch_id,
        RoleGrant.valid_to.is_(None),
    )


def _log(
    action: str, member_id: str, role: str, branch_id: str, actor_id: str, at: datetime, address: str | None
) -> None:
    audit.write(
        action,
        member_id=member_id,
        actor_id=actor_id,
        at=at,
        subject=f"branch/{branch_id}",
        address=address,
        role=role,
    )


def exempt(member_id: str, *, valid_from: date, valid_to: date, approved_by: str, at: datetime) -> None:
    """Nothing is expected of the member from `valid_from` up to, not including, `valid_to`.

    Raises Invalid when the interval is empty.
    """
    if valid_to <= valid_from:
        raise Invalid("interval", N_("An exemption ends after it begins."))
    db.session.add(
        Exemption(
            member_id=member_id,
            id=new_id(),
            valid_from=valid_from,
            valid_to=valid_to,
            approved_by=approved_by,
            recorded_at=at,
        )
    )
    db.session.flush()
