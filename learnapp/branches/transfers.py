"""Moving a member's home to another unit: asked for, received there, confirmed here.

Until the confirmation nothing changes. It ends the old home on the day and begins the new one, together with
whatever roles the old branch had given; the stream in the ledger is the same one before and after (the door
records `Moved` in the same transaction). The caller holds the member's lock (`ledger.lock`), so that two tabs,
two taps or both sides at once queue, and doing a step twice changes nothing. Whether somebody may speak for
a unit is the guard's to say; that nobody decides about their own move is said here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from learnapp import audit
from learnapp.branches.changes import end_host, guests, homes_of, replace_homes
from learnapp.branches.intervals import Homes, moved
from learnapp.branches.models import Transfer
from learnapp.branches.moves import HOMES, RUNNING, roles_left, row_of, state_on
from learnapp.branches.queries import unit
from learnapp.branches.service import end_roles
from learnapp.db import db, new_id
from learnapp.errors import N_, Conflict, Forbidden, Invalid

OWN_TRANSFER = N_("Nobody decides about their own transfer.")

# Somebody answers within this time, or it is asked for anew.
PATIENCE = timedelta(days=90)
# A day further off than this is a slip of the finger.
FAR = timedelta(days=366)


def ask_transfer(
    member_id: str,
    to_id: str,
    *,
    on: date,
    actor_id: str,
    today: date,
    at: datetime,
    address: str | None = None,
) -> str:
    """Asks that the member's home becomes another unit from a day on; returns the transfer's id. Asking for
    the same once more gives the id of the first time.

    Raises NotFound for an unknown unit, Invalid for one that is nobody's home or for an impossible day, Conflict
    while another transfer of the member is under way, or when the present home ends anyway.
    """
    running = _running(member_id, today)
    if running is not None:
        if (running.to_id, running.moves_on) == (to_id, on):
            return running.id
        raise Conflict(
            "transfer-running",
            N_("A transfer of this member is under way already. Confirm or withdraw that one first."),
        )
    _after(member_id, to_id, on, today)
    row = Transfer(
        member_id=member_id,
        id=new_id(),
        from_id=_home(member_id, today),
        to_id=to_id,
        moves_on=on,
        state="asked",
        expires_on=today + PATIENCE,
        asked_at=at,
        asked_by=actor_id,
    )
    db.session.add(row)
    db.session.flush()
    _log("transfer-asked", row, row.to_id, actor_id, at, address)
    return row.id


def receive_transfer(
    member_id: str, transfer_id: str, *, actor_id: str, today: date, at: datetime, address: str | None = None
) -> bool:
    """The receiving unit is willing. False when that was said already.

    Raises Forbidden about oneself, NotFound, Conflict when the transfer is over.
    """
    _not_own(member_id, actor_id)
    row = _open(member_id, transfer_id, today)
    if row.state == "received":
        return False
    row.state, row.received_at, row.received_by = "received", at, actor_id
    db.session.flush()
    _log("transfer-received", row, row.to_id, actor_id, at, address)
    return True


def confirm_transfer(
    member_id: str, transfer_id: str, *, actor_id: str, today: date, at: datetime, address: str | None = None
) -> bool:
    """Moves the home, and ends the roles that the old branch gave, on the day or today where that is past.
    False when it was confirmed already.

    Raises Forbidden about oneself, NotFound, Conflict when the receiving unit has not answered, when the transfer is
    over, or when the member is not at home any more where it began.
    """
    _not_own(member_id, actor_id)
    if row_of(member_id, transfer_id).state == "confirmed":
        return False
    row = _open(member_id, transfer_id, today)
    if row.state != "received":
        raise Conflict("not-received", N_("The receiving unit has not answered yet."))
    if _home(member_id, today) != row.from_id:
        raise Conflict("home-changed", N_("The member’s home has changed since. Withdraw this and ask anew."))
    homes = _after(member_id, row.to_id, row.moves_on, today)
    replace_homes(member_id, homes, actor_id=actor_id, at=at)
    # Whoever comes home where they were a guest is a guest there no longer.
    for guest in guests(member_id):
        if guest.branch_id == row.to_id and (guest.valid_to is None or guest.valid_to > row.moves_on):
            end_host(member_id, guest.id, on=row.moves_on, actor_id=actor_id, at=at, address=address)
    row.state, row.ended_at, row.ended_by = "confirmed", at, actor_id
    db.session.flush()
    _log("transfer-confirmed", row, row.to_id, actor_id, at, address)
    end_roles(
        roles_left(member_id, row.from_id, row.to_id, max(row.moves_on, today)),
        on=max(row.moves_on, today),
        actor_id=actor_id,
        at=at,
        address=address,
    )
    return True


def decline_transfer(
    member_id: str, transfer_id: str, *, actor_id: str, today: date, at: datetime, address: str | None = None
) -> bool:
    """One of the two units says no. False when that was said already. Raises as `receive_transfer` does."""
    _not_own(member_id, actor_id)
    return _ended(member_id, transfer_id, "declined", actor_id, today, at, address)


def withdraw_transfer(
    member_id: str, transfer_id: str, *, actor_id: str, today: date, at: datetime, address: str | None = None
) -> bool:
    """The member or the home unit takes back what was asked for. False when that was done already.

    Raises NotFound, Conflict when the transfer is over.
    """
    return _ended(member_id, transfer_id, "withdrawn", actor_id, today, at, address)


def check_move(member_id: str, to_id: str, *, on: date, today: date) -> Homes:
    """What the member's homes would be. Raises what `ask_transfer` would raise about unit and day."""
    return _after(member_id, to_id, on, today)


def _after(member_id: str, to_id: str, on: date, today: date) -> Homes:
    _receiving(to_id)
    if on > today + FAR:
        raise Invalid("far-off", N_("A move takes effect within a year from today."))
    return moved(homes_of(member_id), to_id, on, today)


def _receiving(to_id: str) -> None:
    found = unit(to_id)
    if found.kind not in HOMES:
        raise Invalid(
            "no-home", N_("Members are at home in branches and groups, not in “%(name)s”."), name=found.name
        )


def _home(member_id: str, today: date) -> str:
    for stay in homes_of(member_id):
        if stay.holds_on(today):
            return stay.branch_id
    raise Conflict("homeless", N_("This member is at home in no unit today."))


def _not_own(member_id: str, actor_id: str) -> None:
    if actor_id == member_id:
        raise Forbidden("own-transfer", OWN_TRANSFER)


def _open(member_id: str, transfer_id: str, today: date) -> Transfer:
    """The transfer, if it awaits an answer."""
    row = row_of(member_id, transfer_id)
    if state_on(row, today) not in RUNNING:
        raise Conflict("transfer-over", N_("This transfer is over. Ask for a new one if it is still needed."))
    return row


def _ended(
    member_id: str,
    transfer_id: str,
    state: str,
    actor_id: str,
    today: date,
    at: datetime,
    address: str | None,
) -> bool:
    row = row_of(member_id, transfer_id)
    if row.state == state:
        return False
    row = _open(member_id, transfer_id, today)
    row.state, row.ended_at, row.ended_by = state, at, actor_id
    db.session.flush()
    _log(f"transfer-{state}", row, row.to_id, actor_id, at, address)
    return True


def _running(member_id: str, today: date) -> Transfer | None:
    """The transfer under way; those whose time is over are written down as expired."""
    rows = db.session.execute(
        select(Transfer)
        .where(Transfer.member_id == member_id, Transfer.state.in_(RUNNING))
        .order_by(Transfer.id)
        .execution_options(populate_existing=True)
    )
    running = None
    for row in rows.scalars():
        if state_on(row, today) == "expired":
            row.state = "expired"
        else:
            running = row
    db.session.flush()
    return running


def _log(action: str, row: Transfer, unit_id: str, actor_id: str, at: datetime, address: str | None) -> None:
    audit.write(
        action,
        member_id=row.member_id,
        actor_id=actor_id,
        at=at,
        subject=f"branch/{unit_id}",
        address=address,
        on=row.moves_on.isoformat(),
    )
