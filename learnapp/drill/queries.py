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
from learnapp.questions import Question

_card, _review, _source = table_of(DrillCard), table_of(DrillReview), table_of(DrillSource)
_attempt = table_of(quiz.Attempt)


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the book with its latest answer. `due_on` is a local day, None when the card rests;
    `version` is the quiz's version that holds its question, `key_version` a later one whose key holds for it, if
    there is one; `last_answer` is canonical JSON."""

    quiz: str
    question: str
    version: str
    key_version: str | None
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

    @property
    def asked(self) -> Question:
        """Its question with the key that holds now."""
        return quiz.held_keys(self.version, self.key_version)[self.question]


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
        _card.c.key_version,
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

# An attempt that is over and lost points, or had lost some, and whose end has not been read yet. Practice is
# left out: it is tried again at once.
_THIS_SOURCE = (_source.c.member_id == _attempt.c.member_id, _source.c.attempt_id == _attempt.c.id)
_UNREAD = and_(
    _attempt.c.member_id == _ME,
    _attempt.c.state == "ended",
    _attempt.c.number > 0,
    or_(_attempt.c.earned < _attempt.c.possible, exists().where(*_THIS_SOURCE)),
    ~exists().where(
        *_THIS_SOURCE,
        _source.c.entry_seq == _attempt.c.entry_seq,
        _source.c.corrections == _attempt.c.corrections,
        _source.c.key_version.is_not_distinct_from(_attempt.c.key_version),
    ),
)
_WAITING = (
    select(
        _attempt.c.id,
        _attempt.c.quiz,
        _attempt.c.quiz_version,
        _attempt.c.key_version,
        _attempt.c.ended_at,
        _attempt.c.entry_seq,
        _attempt.c.corrections,
    )
    .where(_UNREAD)
    .order_by(_attempt.c.ended_at, _attempt.c.id)
)
_NOW = select(
    exists()
    .where(_card.c.member_id == _ME, _card.c.due_on <= bindparam("day"), _card.c.retired_at.is_(None))
    .label("card")
).subquery()
# One row at least, whose first cell says whether a card is due; then the attempts that are not read yet.
_DUE = select(
    _NOW.c.card, _attempt.c.id, _attempt.c.quiz, _attempt.c.quiz_version, _attempt.c.ended_at
).select_from(_NOW.outerjoin(_attempt, and_(_UNREAD, _attempt.c.ended_at < bindparam("since"))))


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


def waiting(member_id: str, *, at: datetime, zone: str) -> Sequence[Any]:
    """Ended attempts that are not read into the book yet, in the order of their end; those whose keys may not be
    seen wait until then."""
    return _open_ones(db.session.execute(_WAITING, {"member_id": member_id}).all(), at, zone)


def something_due(member_id: str, *, at: datetime, zone: str) -> bool:
    """Whether the book has something for the local day of this instant, most often in one question to the
    database. An attempt that is not in the book yet counts from the day after its end, when its mistakes come
    back."""
    today = clock.local_date(at, zone)
    since, _end = clock.day_bounds(today, zone)
    rows = db.session.execute(_DUE, {"member_id": member_id, "day": today, "since": since}).all()
    if rows[0].card:
        return True
    return bool(_open_ones([row for row in rows if row.id is not None], at, zone))


def _open_ones(rows: Sequence[Any], at: datetime, zone: str) -> Sequence[Any]:
    """Those of the attempts whose keys may be seen."""
    seen = quiz.reviewing.phases_of(rows, at, zone)
    return [row for row in rows if seen[row.id].explained]


def _named(member_id: str, quiz: str, question: str) -> dict[str, str]:
    return {"member_id": member_id, "quiz": quiz, "question": question}
