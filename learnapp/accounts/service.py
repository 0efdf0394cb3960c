"""What can be done with accounts."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher

from learnapp.accounts.models import Account, SignInName
from learnapp.accounts.rules import check_password, normal_sign_in
from learnapp.db import db, new_id
from learnapp.errors import N_, Conflict

# RFC 9106's second recommended option: 64 MiB would let a few dozen sign-ins at once exhaust a small server.
_hasher = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)


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
    account.password_hash = _hasher.hash(password)
    account.failures = 0
    account.locked_until = None
    db.session.flush()
