"""Closing an account, opening it again, correcting it, and taking the person out of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select, update

from learnapp import audit
from learnapp.accounts.models import Account, SignInName, Ticket
from learnapp.accounts.queries import profile
from learnapp.accounts.tickets import end_codes
from learnapp.db import db
from learnapp.errors import N_, Invalid

# What stands in place of the name of somebody who was erased.
ERASED_NAME = "已删除的成员"

NAME_LENGTH, PHONE_LENGTH = 80, 20


def close(member_id: str, why: Literal["merged", "erased"], *, at: datetime) -> bool:
    """Ends sign-in: every session and every unused code. Returns False for an account that was closed before,
    which then stays closed for what it was."""
    closed = db.session.execute(
        update(Account)
        .where(Account.member_id == member_id, Account.disabled_at.is_(None))
        .values(disabled_at=at, closed_for=why, session_epoch=Account.session_epoch + 1)
        .returning(Account.member_id)
    ).all()
    end_codes(member_id, at=at)
    return bool(closed)


def open_again(member_id: str) -> None:
    """Sign-in works again for an account that was closed because it was merged; another one stays closed."""
    db.session.execute(
        update(Account)
        .where(Account.member_id == member_id, Account.closed_for == "merged")
        .values(disabled_at=None, closed_for=None)
    )


def closed_for(member_id: str) -> str | None:
    """Why the account is closed: "merged", "erased", or None."""
    return db.session.scalar(select(Account.closed_for).where(Account.member_id == member_id))


def correct(member_id: str, *, name: str, phone: str, actor_id: str, at: datetime) -> bool:
    """Corrects name and phone; says in the security log that it was done, not what it was. Returns whether
    anything changed. Raises NotFound, Invalid."""
    before, name, phone = profile(member_id), " ".join(name.split()), " ".join(phone.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise Invalid("name", N_("Give a name of at most %(most)s characters."), most=NAME_LENGTH)
    if len(phone) > PHONE_LENGTH or any(sign not in "0123456789+-() " for sign in phone):
        raise Invalid("phone", N_("A phone number has digits, spaces, + and -, at most 20 in all."))
    if (name, phone or None) == (before.name, before.phone):
        return False
    values = {"name": name, "phone": phone or None}
    db.session.execute(update(Account).where(Account.member_id == member_id).values(values))
    audit.write("corrected", member_id=member_id, actor_id=actor_id, at=at)
    return True


def erase(member_id: str, *, at: datetime) -> None:
    """Takes the person out of the account: no name, sign-in name, phone, password or code is left, and the
    sign-in name can be given to somebody else."""
    db.session.execute(delete(SignInName).where(SignInName.member_id == member_id))
    db.session.execute(delete(Ticket).where(Ticket.member_id == member_id))
    db.session.execute(
        update(Account)
        .where(Account.member_id == member_id)
        .values(
            name=ERASED_NAME,
            sign_in="",
            phone=None,
            password_hash=None,
            session_epoch=Account.session_epoch + 1,
            failures=0,
            locked_until=None,
            disabled_at=at,
            closed_for="erased",
            reset_by=None,
            reset_at=None,
        )
    )
