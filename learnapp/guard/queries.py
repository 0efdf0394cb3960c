"""Reading who asks, and fetching a thing together with the right to see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from learnapp import branches
from learnapp.errors import N_, AppError, Forbidden, NotFound
from learnapp.guard.rules import POWER_HOURS, SESSION_DAYS, Grant, Principal, covers, permits

_REFUSED = N_("You may not do this. If you need it, ask your branch secretary.")


class SignInAgain(AppError):
    """The role is there, but the sign-in is too old for it."""

    status = 401


def principal_for(session: str, at: datetime, today: date) -> Principal | None:
    """The person behind a session text `member.epoch.seconds`, or None when the session no longer holds:
    unknown or disabled person, signed out everywhere since, or older than 180 days."""
    try:
        member_id, epoch, seconds = session.split(".")
        signed_in = datetime.fromtimestamp(int(seconds), UTC)
        wanted_epoch = int(epoch)
    except (ValueError, OverflowError):
        return None
    if at - signed_in > timedelta(days=SESSION_DAYS):
        return None
    rows = branches.standing_rows(member_id, today)
    if not rows:
        return None
    first = rows[0]
    if first.session_epoch != wanted_epoch or first.disabled_at is not None:
        return None
    return Principal(
        member_id=member_id,
        name=first.name,
        branch_id=first.branch_id,
        branch_name=first.branch_name or "",
        member_class=first.member_class or "",
        grants=tuple(Grant(row.role, row.role_branch, row.role_kind) for row in rows if row.role),
        session=session,
        fresh=at - signed_in <= timedelta(hours=POWER_HOURS),
    )


def require(
    principal: Principal,
    permission: str,
    *,
    member_id: str | None = None,
    branch_id: str | None = None,
) -> None:
    """Raises Forbidden unless the table grants the permission about this member or unit.

    Raises SignInAgain where only the age of the sign-in stands in the way.
    """
    ancestors = branches.ancestors(branch_id) if branch_id else ()
    if permits(principal, permission, member_id=member_id, ancestors=ancestors):
        return
    again = replace(principal, fresh=True)
    if not principal.fresh and permits(again, permission, member_id=member_id, ancestors=ancestors):
        raise SignInAgain("sign-in-again", N_("Please enter your password once more."))
    raise Forbidden("forbidden", _REFUSED)


def unit_for(principal: Principal, permission: str, branch_id: str) -> branches.Unit:
    """The unit, if it exists and the principal may see it so. Raises NotFound or Forbidden."""
    unit = branches.unit(branch_id)
    require(principal, permission, branch_id=branch_id)
    return unit


def member_for(principal: Principal, permission: str, member_id: str, today: date) -> branches.Person:
    """The person with their home branch, if they exist and the principal may ask about them.

    Raises NotFound or Forbidden.
    """
    person = branches.person(member_id, today)
    if person is None:
        raise NotFound("no-person", N_("There is no such person."))
    require(principal, permission, member_id=member_id, branch_id=person.branch_id)
    return person


def account_for(principal: Principal, permission: str, member_id: str, today: date) -> branches.Person:
    """The person, if the principal may hand out a code for their account.

    That takes the permission about the person, and that the principal may do all that the person's roles
    may: a code could be used by whoever sees it. For oneself there is none, since changing the password asks
    for the present one. Raises NotFound or Forbidden.
    """
    person = member_for(principal, permission, member_id, today)
    if member_id == principal.member_id:
        raise Forbidden("own-code", N_("This is you. Change your password on the page “Me”."))
    if not outranks(principal, member_id, today):
        raise Forbidden(
            "more-power",
            N_("This person holds a role beyond your own. Only the operator issues codes for them."),
        )
    return person


def outranks(principal: Principal, member_id: str, today: date) -> bool:
    """Whether the principal may do all that this person's roles may, see `covers`."""
    held = branches.roles_of(member_id, today)
    return covers(principal, [(role.role, branches.ancestors(role.branch_id)) for role in held])


def not_self(principal: Principal, member_id: str) -> None:
    """Raises Forbidden for one's own roles: power takes two people."""
    if member_id == principal.member_id:
        raise Forbidden("own-role", N_("Nobody changes their own roles. Ask another operator."))


def grantee(principal: Principal, member_id: str | None, today: date) -> str:
    """The person to whom the principal may give a role: at home in units whose names the principal may see.

    Raises Forbidden for the principal themselves, NotFound for anybody else.
    """
    person = branches.person(member_id, today) if member_id else None
    above = branches.ancestors(person.branch_id) if person and person.branch_id else ()
    if person is None or not permits(principal, "branches.names", ancestors=above):
        raise NotFound("no-grantee", N_("Nobody of your units has this sign-in name."))
    not_self(principal, person.member_id)
    return person.member_id


def past_member_for(principal: Principal, permission: str, member_id: str, today: date) -> branches.Person:
    """Like `member_for`, and for whoever is at home nowhere any more by their last home; somebody who never had one
    is for whoever holds the permission on every root. Raises NotFound or Forbidden."""
    person = branches.person(member_id, today)
    if person is None:
        raise NotFound("no-person", N_("There is no such person."))
    branch_id = person.branch_id or branches.last_home(member_id)
    if branch_id is None:
        whole_house(principal, permission)
    else:
        require(principal, permission, member_id=member_id, branch_id=branch_id)
    return person


def whole_house(principal: Principal, permission: str) -> None:
    """Raises Forbidden unless the permission reaches every unit of the instance."""
    for root in branches.roots():
        require(principal, permission, branch_id=root.id)
