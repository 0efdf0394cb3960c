"""Asking about accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from learnapp.accounts.models import Account, SignInName, Ticket
from learnapp.accounts.rules import normal_sign_in
from learnapp.db import db
from learnapp.errors import N_, Invalid, NotFound

STATES = {
    "active": N_("In use"),
    "locked": N_("Locked for a while"),
    "invited": N_("Invited"),
    "new": N_("Not invited yet"),
    "disabled": N_("Account closed"),
}


@dataclass(frozen=True)
class Profile:
    """An account as its owner and its branch see it: no secrets. Times are instants in UTC."""

    member_id: str
    name: str
    sign_in: str
    phone: str | None
    has_password: bool
    locked_until: datetime | None
    disabled_at: datetime | None
    reset_by: str | None
    reset_at: datetime | None


_PROFILE = (
    Account.member_id,
    Account.name,
    Account.sign_in,
    Account.phone,
    Account.password_hash.is_not(None),
    Account.locked_until,
    Account.disabled_at,
    Account.reset_by,
    Account.reset_at,
)


def profile(member_id: str) -> Profile:
    """One account. Raises NotFound."""
    row = db.session.execute(select(*_PROFILE).where(Account.member_id == member_id)).one_or_none()
    if row is None:
        raise NotFound("no-person", N_("There is no such person."))
    return Profile(*row)


def find(sign_in: str) -> str | None:
    """The member behind a sign-in name in any spelling, or None."""
    try:
        key = normal_sign_in(sign_in)
    except Invalid:
        return None
    return db.session.execute(select(SignInName.member_id).where(SignInName.name == key)).scalar_one_or_none()


def names(member_ids: Collection[str]) -> dict[str, str]:
    """The names of these people by member id; unknown ids are left out."""
    rows = db.session.execute(
        select(Account.member_id, Account.name).where(Account.member_id.in_(set(member_ids)))
    )
    return {row.member_id: row.name for row in rows}


def states(member_ids: Collection[str], at: datetime) -> dict[str, str]:
    """For each of these people one of `STATES`: active, locked, invited, new or disabled."""
    waiting = set(
        db.session.execute(
            select(Ticket.member_id).where(
                Ticket.member_id.in_(member_ids), Ticket.used_at.is_(None), Ticket.expires_at > at
            )
        ).scalars()
    )
    rows = db.session.execute(select(*_PROFILE).where(Account.member_id.in_(member_ids)))
    return {row[0]: _state(Profile(*row), at, row[0] in waiting) for row in rows}


def _state(person: Profile, at: datetime, waiting: bool) -> str:
    if person.disabled_at is not None:
        return "disabled"
    if person.locked_until is not None and person.locked_until > at:
        return "locked"
    if person.has_password:
        return "active"
    return "invited" if waiting else "new"
