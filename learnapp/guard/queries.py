"""Reading who asks, and fetching a thing together with the right to see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from learnapp import branches
from learnapp.errors import N_, Forbidden, NotFound
from learnapp.guard.rules import POWER_HOURS, SESSION_DAYS, Grant, Principal, permits

_REFUSED = N_("You may not do this. If you need it, ask your branch secretary.")


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
    """Raises Forbidden unless the table grants the permission about this member or unit."""
    ancestors = branches.ancestors(branch_id) if branch_id else ()
    if not permits(principal, permission, member_id=member_id, ancestors=ancestors):
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
