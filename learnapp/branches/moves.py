"""Asking about transfers: how one stands, what is under way in a unit, and what a move would end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from learnapp.branches.models import Branch, BranchPath, Transfer
from learnapp.branches.queries import Role, Unit, ancestors, roles_among, subtree
from learnapp.db import db
from learnapp.errors import N_, NotFound

TRANSFER_STATES = {
    "asked": N_("Asked for; the receiving unit has not answered yet"),
    "received": N_("Received; the present unit has not confirmed yet"),
    "confirmed": N_("Confirmed"),
    "declined": N_("Declined"),
    "withdrawn": N_("Withdrawn"),
    "expired": N_("Expired without a confirmation"),
}
RUNNING = ("asked", "received")
HOMES = ("branch", "group")


@dataclass(frozen=True)
class TransferInfo:
    """How a transfer stands on the day of asking. `moves_on` is the first day in the new home."""

    member_id: str
    id: str
    from_id: str
    to_id: str
    moves_on: date
    state: str
    expires_on: date
    asked_at: datetime
    asked_by: str
    received_at: datetime | None
    received_by: str | None
    ended_at: datetime | None
    ended_by: str | None

    @property
    def running(self) -> bool:
        """Whether an answer is still awaited."""
        return self.state in RUNNING


def transfer(member_id: str, transfer_id: str, today: date) -> TransferInfo:
    """One transfer as it stands on that day. Raises NotFound."""
    return _info(row_of(member_id, transfer_id), today)


def transfers_of(member_id: str, today: date) -> list[TransferInfo]:
    """The member's transfers, the latest first."""
    return _list(today, Transfer.member_id == member_id)


def transfers_in(
    parent_id: str, today: date, *, running: bool = False, limit: int = 100
) -> list[TransferInfo]:
    """The transfers into or out of this unit and what is below it, the latest first; `running` only those that
    await an answer. One statement."""
    below = select(BranchPath.branch_id).where(BranchPath.ancestor_id == parent_id)
    concerned = or_(Transfer.from_id.in_(below), Transfer.to_id.in_(below))
    if running:
        concerned = and_(concerned, Transfer.state.in_(RUNNING), Transfer.expires_on > today)
    return _list(today, concerned, limit=limit)


def roles_left(member_id: str, from_id: str, to_id: str, day: date) -> list[Role]:
    """The roles that end with such a move: those on the old branch and its groups that do not hold for the new
    home as well. Roles of units above a branch stay until they are ended there."""
    return roles_among(member_id, (ancestors(from_id) | subtree(from_id)) - ancestors(to_id), HOMES, day)


def row_of(member_id: str, transfer_id: str) -> Transfer:
    """The stored transfer, read anew. Raises NotFound."""
    row = db.session.get(Transfer, (member_id, transfer_id), populate_existing=True)
    if row is None:
        raise NotFound("no-transfer", N_("There is no such transfer."))
    return row


def state_on(row: Transfer, today: date) -> str:
    """The state as it is on that day: what was not confirmed in time has expired, written down or not."""
    return "expired" if row.state in RUNNING and today >= row.expires_on else row.state


def _list(today: date, condition: ColumnElement[bool], limit: int = 100) -> list[TransferInfo]:
    rows = db.session.execute(select(Transfer).where(condition).order_by(Transfer.id.desc()).limit(limit))
    return [_info(row, today) for row in rows.scalars()]


def _info(row: Transfer, today: date) -> TransferInfo:
    return TransferInfo(
        row.member_id,
        row.id,
        row.from_id,
        row.to_id,
        row.moves_on,
        state_on(row, today),
        row.expires_on,
        row.asked_at,
        row.asked_by,
        row.received_at,
        row.received_by,
        row.ended_at,
        row.ended_by,
    )


# So many units are offered at once; who looks for another one types more of its name.
MOST_FOUND = 12


def search(text: str, limit: int = MOST_FOUND) -> list[Unit]:
    """Branches and groups whose name contains the text, by name; none for an empty text."""
    if not text.strip():
        return []
    rows = db.session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
        .where(Branch.kind.in_(HOMES), Branch.name.contains(text.strip(), autoescape=True))
        .order_by(Branch.name, Branch.id)
        .limit(limit)
    )
    return [Unit(*row) for row in rows]
