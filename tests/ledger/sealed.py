"""Acts for the tests of seals."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from learnapp import ledger
from learnapp.db import db, new_id, transaction
from tests.conftest import AT


def learn(member: str, count: int = 1, at: datetime = AT) -> None:
    """Entries at the end of a member's stream."""
    for _ in range(count):
        with transaction():
            ledger.record(
                ledger.StudyBegun(f"course-{new_id()}", "a" * 64),
                member_id=member,
                uid=new_id(),
                occurred_at=at,
                at=at,
                recorder=member,
                source="study",
            )


def new_key(folder: Path) -> ledger.Key:
    """The ledger's first key."""
    with transaction():
        return ledger.new_key(folder=folder, at=AT)


def seal(folder: Path, day: int = 0) -> ledger.SealInfo | None:
    """A seal, that many days after the tests' time; what the session has read is forgotten."""
    with transaction():
        made = ledger.seal(folder=folder, at=AT + timedelta(days=day))
    db.session.remove()
    return made
