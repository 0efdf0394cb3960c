"""Two accounts of one person, and what they did, for tests of merging and erasing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from learnapp import branches, follow, ledger, persons, plans, records
from learnapp.clock import local_date
from learnapp.db import db, transaction
from tests.conftest import ZONE

VERSION = "a" * 64
BOSS = "0" * 31 + "b"


@dataclass(frozen=True)
class Readings:
    """What readers make of a stream: what was achieved on which day, and the hours of every day."""

    modules: frozenset[tuple[str, str, date]]
    courses: frozenset[tuple[str, date]]
    quizzes: Counter[tuple[str, bool, date]]
    hours: dict[date, int]


def readings(member_id: str) -> Readings:
    """The readings of one member, of the ledger alone."""
    db.session.rollback()
    counted = ledger.effective(ledger.entries_after(member_id, 0))
    hours: Counter[date] = Counter()
    for entry in counted:
        hours[local_date(entry.occurred_at, ZONE)] += int(entry.data.get("hours", 0))
    return Readings(
        frozenset(
            (one.data["course"], one.data["module"], one.occurred_at.date())
            for one in counted
            if one.kind == "module-completed"
        ),
        frozenset(
            (one.data["course"], one.occurred_at.date()) for one in counted if one.kind == "course-completed"
        ),
        Counter(
            (one.data["quiz"], one.data["passed"], one.occurred_at.date())
            for one in counted
            if one.kind == "quiz-ended"
        ),
        {day: value for day, value in hours.items() if value},
    )


def join(given_id: str, kept_id: str, at: datetime, reason: str = "同一个人的两个账号") -> str:
    """Joins two accounts as a door does; returns the merge."""
    with transaction():
        merge_id = persons.merge(given_id, kept_id, reason=reason, actor_id=BOSS, at=at, zone=ZONE)
    with transaction():
        persons.carry(given_id, merge_id, at=at, zone=ZONE)
    fold(given_id, kept_id, at=at)
    return merge_id


def part(given_id: str, merge_id: str, at: datetime, reason: str = "不是同一个人") -> None:
    """Takes a joining back as a door does."""
    kept_id = persons.merge_of(given_id, merge_id).kept_id
    with transaction():
        persons.carry(given_id, merge_id, at=at, zone=ZONE)
    with transaction():
        persons.undo(given_id, merge_id, reason=reason, actor_id=BOSS, at=at, zone=ZONE)
    with transaction():
        persons.give_back(given_id, merge_id, at=at)
    fold(given_id, kept_id, at=at)


def fold(*member_ids: str, at: datetime) -> None:
    """Has the readers follow."""
    for member_id in member_ids:
        with transaction():
            follow.member(member_id, at=at, zone=ZONE)


def module(member_id: str, course: str, name: str, at: datetime, minutes: int = 90, uid: str = "") -> int:
    """A module was completed, credited within the day's ceiling as study does it; inside a transaction."""
    rule = plans.hour_rule()
    taken = sum(
        int(one.data.get("hours", 0))
        for one in ledger.effective(ledger.entries_after(member_id, 0))
        if local_date(one.occurred_at, ZONE) == local_date(at, ZONE)
    )
    event = ledger.ModuleCompleted(
        course=course,
        module=name,
        version=VERSION,
        source=VERSION,
        minutes=minutes,
        hours=plans.credit(minutes, taken, rule),
        hour_rule=rule.version,
        mode="online",
    )
    return _record(event, member_id, uid or f"module/{course}/{name}", at)


def course(member_id: str, slug: str, at: datetime) -> int:
    """A course was completed; inside a transaction."""
    return _record(ledger.CourseCompleted(slug, VERSION), member_id, f"course/{slug}", at)


def quiz(
    member_id: str, slug: str, attempt: str, at: datetime, *, passed: bool = True, number: int = 1
) -> int:
    """An attempt at a quiz ended; inside a transaction."""
    event = ledger.QuizEnded(
        quiz=slug,
        version=VERSION,
        attempt=attempt,
        number=1,
        ended_by="member",
        earned=500 if passed else 0,
        possible=500,
        passed=passed,
        paper_digest=VERSION,
        acts_digest=VERSION,
    )
    return _record(event, member_id, f"quiz/{attempt}/{number}", at)


def _record(event: ledger.Event, member_id: str, uid: str, at: datetime) -> int:
    return ledger.record(
        event, member_id=member_id, uid=uid, occurred_at=at, at=at, recorder=member_id, source="test"
    )


def lines(member_id: str) -> int:
    """How many achievements the study record shows."""
    db.session.rollback()
    years = records.study_record(ledger.entries_after(member_id, 0), ZONE)
    return sum(len(year.courses) + len(year.modules) + len(year.quizzes) for year in years)


def home(member_id: str, today: date) -> str | None:
    """Where somebody is at home."""
    db.session.rollback()
    person = branches.person(member_id, today)
    return None if person is None else person.branch_id


def verified() -> None:
    """The whole ledger is whole."""
    db.session.rollback()
    report = ledger.verify()
    assert report.ok, report
