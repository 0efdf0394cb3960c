"""Members who have earned something, and certificates of it."""

from __future__ import annotations

from datetime import datetime

from learnapp import ledger, records
from learnapp.db import new_id
from tests.conftest import AT, ZONE


def complete(member_id: str, course: str, version: str, at: datetime = AT) -> int:
    """The member completed this version of a course; inside a transaction."""
    return ledger.record(
        ledger.CourseCompleted(course, version),
        member_id=member_id,
        uid=f"course/{new_id()}",
        occurred_at=at,
        at=at,
        recorder=member_id,
        source="study",
    )


def issued(member_id: str, seq: int, at: datetime = AT, holder: str = "王芳", *, again: bool = False) -> str:
    """The certificate of the course that entry `seq` completed; inside a transaction."""
    return records.issue(
        member_id,
        "course",
        seq,
        holder=holder,
        unit="社区第一党支部",
        actor_id=member_id,
        at=at,
        zone=ZONE,
        again=again,
    )


def certified(member_id: str, course: str, version: str) -> str:
    """The code of a certificate for a course that the member completed; inside a transaction."""
    return issued(member_id, complete(member_id, course, version))
