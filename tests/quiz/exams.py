"""Exams and other quizzes with times and phases, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from learnapp import catalogue, quiz
from learnapp.db import transaction
from learnapp.media import Store
from tests.conftest import AT, ZONE
from tests.quiz.quizzes import RIGHT, source

CLOSES = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai, seven and a half hours after AT
EXAM = 'exam = true\ncloses = "2026-11-24T18:00"\n'


def publish(
    folder: Path, head: str = EXAM, slug: str = "five-kinds", attempts: int | None = 2, tail: str = ""
) -> catalogue.Quiz:
    """Publishes the quiz of five kinds with further settings at its top and tables at its end."""
    text = head + source(slug, attempts=attempts) + tail
    reading = catalogue.read_files("quiz", slug, {f"{slug}.toml": text.encode()})
    assert reading.definition is not None, reading.problems
    assert not [one for one in reading.problems if one.severity == "error"], reading.problems
    with transaction():
        published = catalogue.publish(
            reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media")
        )
    return catalogue.quiz_version(published.hash)


def begin(member: str, slug: str = "five-kinds", at: datetime = AT) -> str:
    """A running attempt."""
    with transaction():
        return quiz.start(member, slug, at=at, zone=ZONE).attempt_id


def hand_in(member: str, attempt: str, right: int = 0, at: datetime = AT + timedelta(minutes=5)) -> None:
    """Answers so many questions right, the others not at all, and hands in."""
    for sheet in quiz.attempt(member, attempt).sheets[:right]:
        with transaction():
            fields = {"": RIGHT[sheet.question.rsplit("-", 1)[0]]}
            quiz.save_form(member, attempt, sheet.question, fields, at=at)
    with transaction():
        quiz.submit(member, attempt, at=at)


def over(member: str, right: int = 0, at: datetime = AT, slug: str = "five-kinds") -> str:
    """An attempt that was begun and handed in five minutes later."""
    attempt = begin(member, slug, at)
    hand_in(member, attempt, right, at + timedelta(minutes=5))
    return attempt
