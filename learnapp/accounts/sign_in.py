"""Signing in, in two steps, because comparing a password takes long and must not hold the writers' lock.

`prove` compares and writes nothing; `settle`, inside a transaction, decides. Whoever sends many guesses at
once gains nothing: each guess is settled one after the other, and behind the fifth wrong one a right one is
refused as well while the account waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from learnapp import audit
from learnapp.accounts.models import Account
from learnapp.accounts.passwords import fits
from learnapp.accounts.queries import find
from learnapp.accounts.rules import failures_after, lock_time
from learnapp.db import db

_COLUMNS = (
    Account.member_id,
    Account.password_hash,
    Account.session_epoch,
    Account.failures,
    Account.locked_until,
    Account.disabled_at,
    Account.reset_by,
    Account.reset_at,
    Account.closed_for,
)


@dataclass(frozen=True)
class Proof:
    """What a password was worth when it was compared.

    `member_id` is None for an unknown name; `fitted` is the stored hash that it fitted, or None.
    """

    member_id: str | None
    fitted: str | None


@dataclass(frozen=True)
class Outcome:
    """How a sign-in ended. Signed in if `epoch` is not None; else waiting if `locked_until` is not None.

    `reset_by` and `reset_at`: who issued a new code for this account since the last sign-in, and when (UTC).
    """

    member_id: str | None
    epoch: int | None = None
    locked_until: datetime | None = None
    reset_by: str | None = None
    reset_at: datetime | None = None
    # The password was right, but the account is closed for this reason, which only its owner is told.
    closed_for: str | None = None


def prove(name: str, password: str) -> Proof:
    """Compares a password with that of a sign-in name, at the same effort whether the name exists or not."""
    member_id = find(name)
    return prove_member(member_id, password)


def prove_member(member_id: str | None, password: str) -> Proof:
    """Compares a password with that of a member; about 30 ms without any lock."""
    stored = None
    if member_id is not None:
        stored = db.session.execute(
            select(Account.password_hash).where(Account.member_id == member_id)
        ).scalar_one_or_none()
    return Proof(member_id, stored if fits(stored, password) else None)


def settle(proof: Proof, *, at: datetime, address: str | None = None) -> Outcome:
    """Decides a sign-in and remembers it. The caller commits in every case: failures must be remembered."""
    outcome = _decide(proof, at, address)
    if outcome.member_id is not None and outcome.epoch is not None:
        _change(outcome.member_id, reset_by=None, reset_at=None)
        audit.write(
            "sign-in", member_id=outcome.member_id, actor_id=outcome.member_id, at=at, address=address
        )
    return outcome


def change_password(proof: Proof, password_hash: str, *, at: datetime, address: str | None = None) -> Outcome:
    """Sets a new password for whoever proved the present one, and ends every other session.

    A wrong present password counts as a failed sign-in; the caller commits in every case. The hash comes
    from `make_hash`. The outcome's epoch is the one to go on with.
    """
    outcome = _decide(proof, at, address)
    if outcome.member_id is None or outcome.epoch is None:
        return outcome
    epoch = outcome.epoch + 1
    _change(outcome.member_id, password_hash=password_hash, session_epoch=epoch)
    audit.write(
        "password-set", member_id=outcome.member_id, actor_id=outcome.member_id, at=at, address=address
    )
    return Outcome(outcome.member_id, epoch=epoch)


def _decide(proof: Proof, at: datetime, address: str | None) -> Outcome:
    """Under the row's lock: waiting, failed or right; counts a failure, forgets them after a right one."""
    if proof.member_id is None:
        return Outcome(None)
    row = db.session.execute(
        select(*_COLUMNS).where(Account.member_id == proof.member_id).with_for_update()
    ).one()
    if row.locked_until is not None and row.locked_until > at:
        return Outcome(row.member_id, locked_until=row.locked_until)
    if proof.fitted is not None and proof.fitted == row.password_hash and row.closed_for is not None:
        return Outcome(row.member_id, closed_for=row.closed_for)
    if proof.fitted is None or proof.fitted != row.password_hash or row.disabled_at is not None:
        return Outcome(row.member_id, locked_until=_fail(row, at, address))
    _change(row.member_id, failures=0, locked_until=None)
    return Outcome(row.member_id, epoch=row.session_epoch, reset_by=row.reset_by, reset_at=row.reset_at)


def _fail(row: Row[*tuple[Any, ...]], at: datetime, address: str | None) -> datetime | None:
    """Counts a failure; returns until when the account now waits. Nobody knows who it was: no actor."""
    failures = failures_after(row.failures, row.locked_until, at)
    wait = lock_time(failures)
    until = None if wait is None else at + wait
    _change(row.member_id, failures=failures, locked_until=until)
    audit.write("sign-in-failed", member_id=row.member_id, actor_id="", at=at, address=address)
    if wait is not None:
        minutes = int(wait.total_seconds() // 60)
        audit.write("locked", member_id=row.member_id, actor_id="", at=at, address=address, minutes=minutes)
    return until


def _change(member_id: str, **values: object) -> None:
    db.session.execute(update(Account).where(Account.member_id == member_id).values(**values))
