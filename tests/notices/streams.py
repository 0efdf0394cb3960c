"""Streams with results that were replaced, recorded as the quiz engine records them."""

from __future__ import annotations

from datetime import datetime

from learnapp import ledger
from learnapp.db import new_id

VERSION = "a" * 64


def ended(
    member_id: str,
    at: datetime,
    *,
    attempt: str = "1" * 32,
    slug: str = "crowd",
    number: int = 1,
    earned: int = 300,
    passed: bool = False,
    pending: int = 0,
    cause: str = "ended",
    trace: str = "",
) -> int:
    """An attempt ended, or its result was replaced."""
    event = ledger.QuizEnded(
        quiz=slug,
        version=VERSION,
        attempt=attempt,
        number=number,
        ended_by="member",
        earned=earned,
        possible=500,
        passed=passed,
        paper_digest=VERSION,
        acts_digest=VERSION,
        pending=pending,
        cause=cause,
        trace=trace,
    )
    return ledger.record(
        event,
        member_id=member_id,
        uid=f"quiz/{attempt}/{new_id()}",
        occurred_at=at,
        at=at,
        recorder=member_id,
        source="quiz",
    )


def void(member_id: str, seq: int, at: datetime, *, reason: str, trace: str) -> None:
    """The entry does not count any more."""
    ledger.void(member_id, seq, reason=reason, actor_id="9" * 32, at=at, trace=trace)


def corrected(
    member_id: str,
    seq: int,
    at: datetime,
    *,
    earned: int,
    passed: bool,
    cause: str = "regraded",
    trace: str = "t",
) -> int:
    """Voids an entry and records what replaces it, under one trace."""
    old = ledger.entry(member_id, seq).data
    void(member_id, seq, at, reason=cause, trace=trace)
    return ended(
        member_id,
        at,
        attempt=old["attempt"],
        number=old["number"],
        earned=earned,
        passed=passed,
        cause=cause,
        trace=trace,
    )
