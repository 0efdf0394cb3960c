"""What can be done with accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from learnapp import audit
from learnapp.accounts.models import Account, SignInName
from learnapp.accounts.passwords import hash_password
from learnapp.accounts.rules import check_password, normal_sign_in
from learnapp.db import db, new_id
from learnapp.errors import N_, Conflict


def create(name: str, sign_in: str, *, at: datetime, phone: str | None = None) -> str:
    """Makes an account without a password and returns its member id.

    Raises Invalid for an unusable sign-in name, Conflict when it is taken.
    """
    key = normal_sign_in(sign_in)
    if db.session.get(SignInName, key) is not None:
        raise Conflict("sign-in-taken", N_("The sign-in name “%(name)s” is taken."), name=key)
    member_id = new_id()
    db.session.add(SignInName(name=key, member_id=member_id))
    db.session.add(Account(member_id=member_id, name=name.strip(), sign_in=key, phone=phone, created_at=at))
    db.session.flush()
    return member_id


def set_password(member_id: str, password: str) -> None:
    """Stores an argon2id hash of the password. Raises Invalid when it is too weak."""
    account = db.session.get_one(Account, member_id)
    check_password(password, account.sign_in)
    account.password_hash = hash_password(password)
    account.failures = 0
    account.locked_until = None
    db.session.flush()


def sign_out(member_id: str, *, at: datetime, address: str | None = None) -> None:
    """Writes down that the member signed out on one device; the session itself is the door's."""
    audit.write("sign-out", member_id=member_id, actor_id=member_id, at=at, address=address)


def sign_out_everywhere(member_id: str, *, at: datetime, address: str | None = None) -> None:
    """Ends every session of the member, on every device."""
    db.session.execute(
        update(Account).where(Account.member_id == member_id).values(session_epoch=Account.session_epoch + 1)
    )
    audit.write("sign-out-everywhere", member_id=member_id, actor_id=member_id, at=at, address=address)


def acknowledge_reset(member_id: str) -> None:
    """The member has read who issued a new code for the account and when; it is not shown again."""
    db.session.execute(
        update(Account).where(Account.member_id == member_id).values(reset_by=None, reset_at=None)
    )
