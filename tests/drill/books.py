"""A book with something in it, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from learnapp import drill, quiz
from learnapp.db import db, transaction
from tests.conftest import AT
from tests.quiz.quizzes import RIGHT

ZONE = "Asia/Shanghai"
DAY = timedelta(days=1)


def attempt(
    member: str, right: tuple[str, ...] = (), *, slug: str = "five-kinds", at: datetime = AT, seed: str = "5"
) -> str:
    """An ended attempt with right answers to the questions of these kinds and none to the others."""
    with transaction():
        started = quiz.start(member, slug, at=at, zone=ZONE, seed=seed * 64).attempt_id
    for sheet in quiz.attempt(member, started).sheets:
        kind = sheet.question.rsplit("-", 1)[0]
        if kind in right:
            with transaction():
                quiz.save_form(member, started, sheet.question, {"": RIGHT[kind]}, at=at)
    with transaction():
        quiz.submit(member, started, at=at)
    return started


def collect(member: str, at: datetime = AT) -> int:
    """Collects in a transaction of its own."""
    with transaction():
        return drill.collect(member, at=at, zone=ZONE)


def book(member: str) -> list[drill.Card]:
    """The book as it is now, whatever this session has seen of it before."""
    db.session.rollback()
    return drill.book(member)


def named(member: str, kind: str) -> drill.Card:
    """The member's card of this kind."""
    return next(card for card in book(member) if card.question.startswith(f"{kind}-"))
