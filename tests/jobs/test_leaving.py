"""When page leaves go, on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from learnapp import branches, jobs, points, quiz
from learnapp.db import db, new_id, transaction
from learnapp.jobs import leaving
from tests.conftest import AT, ZONE
from tests.quiz.exams import EXAM, begin, publish

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def attempt(app: Flask, tmp_path: Path) -> tuple[str, str]:
    """A member with a leave, and the attempt."""
    publish(tmp_path, EXAM + "leaves = true\n")
    member = new_id()
    found = begin(member)
    with transaction():
        quiz.leaves.left(member, found, at=AT + timedelta(minutes=1))
    return member, found


def kept(attempt: tuple[str, str]) -> int:
    """How many are there now."""
    db.session.rollback()
    return len(quiz.leaves.of(quiz.attempt(*attempt)))


def period(first: date, last: date) -> None:
    """A period of some unit."""
    with transaction():
        unit = branches.found("branch", "支部", parent_id=None, at=AT)
        rules = points.adopt(points.shipped()["municipal-2026"], actor_id=unit, at=AT)
        points.open_period(unit, "考评", title_en="Period", starts_on=first, ends_on=last, rule_set=rules)


def test_they_go_when_the_period_of_their_time_is_over(app: Flask, attempt: tuple[str, str]) -> None:
    period(date(2026, 1, 1), date(2026, 12, 31))
    assert leaving.forget(AT + 30 * DAY, ZONE, 100) == 0 and kept(attempt) == 1
    assert jobs.run_once(app, AT + 37 * DAY).forgotten == 0 and kept(attempt) == 1, "the last day of the year"
    assert jobs.run_once(app, AT + 38 * DAY).forgotten == 1 and kept(attempt) == 0
    assert jobs.run_once(app, AT + 38 * DAY).forgotten == 0


def test_a_period_that_still_runs_somewhere_keeps_them(app: Flask, attempt: tuple[str, str]) -> None:
    period(date(2026, 1, 1), date(2026, 12, 31))
    period(date(2026, 9, 1), date(2027, 8, 31))
    assert leaving.forget(AT + 60 * DAY, ZONE, 100) == 0
    assert leaving.forget(AT + 290 * DAY, ZONE, 100) == 1 and kept(attempt) == 0


def test_without_any_period_they_stay_a_year(app: Flask, attempt: tuple[str, str]) -> None:
    assert leaving.forget(AT + 366 * DAY, ZONE, 100) == 0
    assert leaving.forget(AT + 368 * DAY, ZONE, 100) == 1
