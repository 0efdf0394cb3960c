"""Asking about a book. Every question is about one member: there is none about several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from learnapp import clock, quiz
from learnapp.db import db, table_of
from learnapp.drill.models import DrillCard, DrillReview, DrillSource
from learnapp.drill.rules import Given
from learnapp.errors import N_, NotFound

_card, _review, _source = table_of(DrillCard), table_of(DrillReview), table_of(DrillSource)
_attempt = table_of(quiz.Attempt)


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the book with its latest answer. `due_on` is a local day, None when the card rests;
    `version` is the quiz's version that holds its question; `last_answer` is canonical JSON."""

    quiz: str
    question: str
    version: str
    attempt_id: str
    reviews: int
    due_on: date | None
    retired_at: datetime | None
    last_at: datetime
    last_right: bool
    last_answer: str

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from the member's other cards."""
        return self.quiz, self.question

    @property
    def retired(self) -> bool:
        """Whether the member put it away."""
        return self.retired_at is not None


@dataclass(frozen=True, slots=True)
class Review:
    """The latest answer to a card that was given in the book. `answer` is canonical JSON."""

    number: int
    at: datetime
    right: bool
    version: str
    answer: str


_ME: Any = bindparam("member_id")
_QUIZ: Any = bindparam("quiz")
_QUESTION: Any = bindparam("question")
_CARDS = (
    select(
        _card.c.quiz,
        _card.c.question,
        _card.c.version,
        _card.c.attempt_id,
        _card.c.reviews,
        _card.c.due_on,
        _card.c.retired_at,
        _review.c.at,
        _review.c.right,
        _review.c.answer,
    )
    .join(
        _review,
        and_(
            _review.c.member_id == _card.c.member_id,
            _review.c.quiz == _card.c.quiz,
            _review.c.question == _card.c.question,
            _review.c.number == _card.c.reviews,
        ),
    )
    .where(_card.c.member_id == _ME)
)
_BOOK = _CARDS.order_by(_card.c.quiz, _card.c.question)
_ONE = _CARDS.where(_card.c.quiz == _QUIZ, _card.c.question == _QUESTION)
_THIS_LOG = (_review.c.member_id == _ME, _review.c.quiz == _QUIZ, _review.c.question == _QUESTION)
_LOG = select(_review.c.at, _review.c.right, _review.c.attempt_id).where(*_THIS_LOG)
_LAST = (
    select(_review.c.number, _review.c.at, _review.c.right, _review.c.version, _review.c.answer)
    .where(*_THIS_LOG, _review.c.attempt_id.is_(None))
    .order_by(_review.c.number.desc())
    .limit(1)
)

# An attempt that is over, lost points, and whose end has not been read yet.
_UNREAD = and_(
    _attempt.c.member_id == _ME,
    _attempt.c.state == "ended",
    _attempt.c.earned < _attempt.c.possible,
    ~exists().where(
        _source.c.member_id == _attempt.c.member_id,
        _source.c.attempt_id == _attempt.c.id,
        _source.c.entry_seq == _attempt.c.entry_seq,
    ),
)
_WAITING = (
    select(_attempt.c.id, _attempt.c.quiz, _attempt.c.quiz_version, _attempt.c.ended_at, _attempt.c.entry_seq)
    .where(_UNREAD)
    .order_by(_attempt.c.ended_at, _attempt.c.id)
)
_DUE = select(
    or_(
        exists().where(
            _card.c.member_id == _ME, _card.c.due_on <= bindparam("day"), _card.c.retired_at.is_(None)
        ),
        exists().where(_UNREAD, _attempt.c.ended_at < bindparam("since")),
    )
)


def book(member_id: str) -> list[Card]:
    """All cards of the member, those at rest and those put away included, by quiz and question."""
    return [_made(row) for row in db.session.execute(_BOOK, {"member_id": member_id})]


def card(member_id: str, quiz: str, question: str) -> Card:
    """One card of the member. Raises NotFound."""
    row = db.session.execute(_ONE, _named(member_id, quiz, question)).one_or_none()
    if row is None:
        raise NotFound("no-card", N_("This question is not in your wrong-answer book."))
    return _made(row)


def _made(row: Sequence[Any]) -> Card:
    return Card(*row)


def last_review(member_id: str, quiz: str, question: str) -> Review | None:
    """The latest answer that was given in the book; None while there are only those of quizzes."""
    row = db.session.execute(_LAST, _named(member_id, quiz, question)).one_or_none()
    return None if row is None else Review(*row)


def log(member_id: str, quiz: str, question: str) -> Sequence[tuple[Given, str | None]]:
    """Every answer to a card with the attempt it was given in, None for those in the book."""
    rows = db.session.execute(_LOG, _named(member_id, quiz, question))
    return [(Given(row.at, row.right), row.attempt_id) for row in rows]


def waiting(member_id: str) -> Sequence[Any]:
    """Ended attempts with mistakes that are not in the book yet, in the order of their end."""
    return db.session.execute(_WAITING, {"member_id": member_id}).all()


def something_due(member_id: str, today: date, zone: str) -> bool:
    """Whether the book has something for this local day, in one question to the database. An attempt that is
    not in the book yet counts from the day after its end, when its mistakes come back."""
    since, _end = clock.day_bounds(today, zone)
    return bool(db.session.scalar(_DUE, {"member_id": member_id, "day": today, "since": since}))


def _named(member_id: str, quiz: str, question: str) -> dict[str, str]:
    return {"member_id": member_id, "quiz": quiz, "question": question}
