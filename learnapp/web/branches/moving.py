"""What changes where and as what somebody belongs: the branch's facts, the ledger's entry and who has to be folded
anew, in one transaction of the caller's. The member's lock comes first, so that everybody who acts queues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from learnapp import branches, follow, ledger

Done = TypeVar("Done")


def belong(member_id: str, change: Callable[[], Done]) -> Done:
    """Does something to a member's memberships under their lock, and has the readers fold them anew."""
    ledger.lock(member_id)
    done = change()
    follow.stale_member(member_id)
    return done


def confirm(
    member_id: str, transfer_id: str, *, actor_id: str, today: date, at: datetime, address: str | None = None
) -> bool:
    """Confirms a transfer and records `Moved` in the stream, which stays the same one. Confirming what is
    confirmed changes nothing and gives False. Raises what `branches.confirm_transfer` raises."""
    ledger.lock(member_id)
    if not branches.confirm_transfer(
        member_id, transfer_id, actor_id=actor_id, today=today, at=at, address=address
    ):
        return False
    found = branches.transfer(member_id, transfer_id, today)
    ledger.record(
        ledger.Moved(found.id, found.from_id, found.to_id, found.moves_on.isoformat()),
        member_id=member_id,
        uid=f"transfer/{found.id}",
        occurred_at=at,
        at=at,
        recorder=actor_id,
        source="branches",
    )
    follow.stale_member(member_id)
    return True
