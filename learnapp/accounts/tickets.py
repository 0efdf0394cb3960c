"""One-time codes: invitations, and new starts after a lost password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from learnapp import audit
from learnapp.accounts.models import Account, Ticket
from learnapp.accounts.passwords import hash_password
from learnapp.accounts.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    TICKET_MINUTES,
    check_password,
    code_hash,
    normal_code,
    readable_code,
)
from learnapp.db import db
from learnapp.errors import N_, Conflict, Invalid, NotFound

_COLUMNS = (
    Ticket.code_hash,
    Ticket.member_id,
    Ticket.kind,
    Ticket.issued_by,
    Ticket.issued_at,
    Ticket.expires_at,
    Ticket.used_at,
)

SECOND_TAP = timedelta(minutes=2)


@dataclass(frozen=True)
class Invitation:
    """A code that can still be used, and whose it is. Times are instants in UTC."""

    code: str
    member_id: str
    name: str
    sign_in: str
    kind: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime


def issue_ticket(
    member_id: str, kind: str, *, issued_by: str, at: datetime, address: str | None = None
) -> str:
    """Issues a one-time code and returns it, readable; it is never shown again, since only its hash is kept.

    Kinds: `invite` (30 days) and `reset` (ten minutes). Older unused codes of the person end now. A reset
    is kept on the account until the member has been told. Raises NotFound, Invalid for another kind, Conflict
    for an account that is closed, and for an invitation to somebody who has a password: of a way past that one
    its owner has to be told, which a reset does.
    """
    if kind not in TICKET_MINUTES:
        raise Invalid("ticket-kind", N_("“%(kind)s” is not a kind of code."), kind=kind)
    account = db.session.execute(
        select(Account.password_hash, Account.disabled_at).where(Account.member_id == member_id)
    ).one_or_none()
    if account is None:
        raise NotFound("no-person", N_("There is no such person."))
    if account.disabled_at is not None:
        raise Conflict("account-closed", N_("This account is closed."))
    if kind == "invite" and account.password_hash is not None:
        raise Conflict(
            "in-use", N_("This person has chosen a password before. If it is lost, make a ten-minute code.")
        )
    end_codes(member_id, at=at)
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    expires = at + timedelta(minutes=TICKET_MINUTES[kind])
    db.session.execute(
        insert(Ticket).values(
            code_hash=code_hash(code),
            member_id=member_id,
            kind=kind,
            issued_by=issued_by,
            issued_at=at,
            expires_at=expires,
        )
    )
    if kind == "reset":
        db.session.execute(
            update(Account).where(Account.member_id == member_id).values(reset_by=issued_by, reset_at=at)
        )
    audit.write("code-issued", member_id=member_id, actor_id=issued_by, at=at, address=address, kind=kind)
    return readable_code(code)


def end_codes(member_id: str, *, at: datetime, spare: str = "") -> None:
    """Ends the person's unused codes, but for those that `spare` issued."""
    db.session.execute(
        update(Ticket)
        .where(
            Ticket.member_id == member_id,
            Ticket.used_at.is_(None),
            Ticket.expires_at > at,
            Ticket.issued_by != spare,
        )
        .values(expires_at=at)
    )


def invitation(code: str, at: datetime) -> Invitation:
    """The code as it may be used now.

    Raises NotFound for an unknown one, Conflict for one that was used or has ended.
    """
    row = _row(code)
    if row.used_at is not None:
        raise Conflict(
            "code-used", N_("This code was used before. Sign in with your name and the password you chose.")
        )
    if row.expires_at <= at:
        raise Conflict("code-ended", N_("This code has ended. Ask your branch secretary for a new one."))
    person = db.session.execute(
        select(Account.name, Account.sign_in).where(Account.member_id == row.member_id)
    ).one()
    return Invitation(
        code=code,
        member_id=row.member_id,
        name=person.name,
        sign_in=person.sign_in,
        kind=row.kind,
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
    )


def make_hash(password: str, sign_in: str) -> str:
    """The hash to hand to `redeem`, made before the transaction because it takes about 30 ms.

    Raises Invalid when the password is too weak.
    """
    check_password(password, sign_in)
    return hash_password(password)


def redeem(code: str, password_hash: str, *, at: datetime, address: str | None = None) -> tuple[str, int]:
    """Uses a code up: the chosen password holds, waits end, and every older session ends.

    Returns the member and the session epoch to sign in with. Of two at once one wins; the other gets
    Conflict. Raises NotFound for an unknown code.
    """
    row = _row(code)
    used = db.session.execute(
        update(Ticket)
        .where(Ticket.code_hash == row.code_hash, Ticket.used_at.is_(None), Ticket.expires_at > at)
        .values(used_at=at)
        .returning(Ticket.member_id)
    ).one_or_none()
    if used is None:
        raise Conflict(
            "code-gone", N_("This code was used or has ended. Ask your branch secretary for a new one.")
        )
    epoch = db.session.execute(
        update(Account)
        .where(Account.member_id == row.member_id, Account.disabled_at.is_(None))
        .values(
            password_hash=password_hash,
            failures=0,
            locked_until=None,
            session_epoch=Account.session_epoch + 1,
        )
        .returning(Account.session_epoch)
    ).scalar()
    if epoch is None:
        raise Conflict("account-closed", N_("This account is closed."))
    for action in ("code-used", "password-set", "sign-in"):
        audit.write(action, member_id=row.member_id, actor_id=row.member_id, at=at, address=address)
    return row.member_id, epoch


def used_just_now(code: str, at: datetime) -> str | None:
    """The member whose code this is if it was used in the last two minutes, else None: a second tap on the
    button is no mistake to report."""
    try:
        row = _row(code)
    except NotFound:
        return None
    if row.used_at is None or at - row.used_at > SECOND_TAP:
        return None
    return str(row.member_id)


def _row(code: str) -> Row[*tuple[Any, ...]]:
    spelled = normal_code(code)
    row = None
    if spelled is not None:
        row = db.session.execute(
            select(*_COLUMNS).where(Ticket.code_hash == code_hash(spelled))
        ).one_or_none()
    if row is None:
        raise NotFound("no-code", N_("This code is not known. Compare it with the card, sign by sign."))
    return row
