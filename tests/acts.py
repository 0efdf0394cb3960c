"""Facts in the ledger for tests of its readers, recorded as the writers record them."""

from __future__ import annotations

from datetime import datetime

from learnapp import ledger
from learnapp.db import new_id

VERSION = "a" * 64


def begin(member_id: str, course: str, at: datetime) -> int:
    """The first section of a course was completed."""
    return _record(ledger.StudyBegun(course=course, version=VERSION), member_id, f"begun/{course}", at)


def module(member_id: str, course: str, name: str, at: datetime, hours: int = 50) -> int:
    """A module was completed."""
    event = ledger.ModuleCompleted(
        course=course,
        module=name,
        version=VERSION,
        source=VERSION,
        minutes=20,
        hours=hours,
        hour_rule="test",
        mode="online",
    )
    return _record(event, member_id, f"module/{course}/{name}/{new_id()}", at)


def course(member_id: str, slug: str, at: datetime) -> int:
    """A course was completed."""
    event = ledger.CourseCompleted(course=slug, version=VERSION)
    return _record(event, member_id, f"course/{slug}/{new_id()}", at)


def quiz(member_id: str, slug: str, at: datetime, *, passed: bool = True) -> int:
    """An attempt at a quiz ended."""
    event = ledger.QuizEnded(
        quiz=slug,
        version=VERSION,
        attempt=new_id(),
        number=1,
        ended_by="member",
        earned=500 if passed else 0,
        possible=500,
        passed=passed,
        paper_digest=VERSION,
        acts_digest=VERSION,
    )
    return _record(event, member_id, f"quiz/{new_id()}", at)


def _record(event: ledger.Event, member_id: str, uid: str, at: datetime) -> int:
    return ledger.record(
        event, member_id=member_id, uid=uid, occurred_at=at, at=at, recorder=member_id, source="test"
    )
