"""Asking about attempts. Everything here is about one member, except what the sweeper asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, literal, select

from learnapp import catalogue
from learnapp.db import db
from learnapp.errors import N_, NotFound
from learnapp.ledger import LedgerHead
from learnapp.questions import Question
from learnapp.quiz import rules
from learnapp.quiz.models import Act, Attempt, Grant, Measure
from learnapp.quiz.rules import Sheet, Tap
from learnapp.quiz.timing import GRACE, SETTLE, Clock

_attempt = Attempt.__table__
_act = Act.__table__
_head = LedgerHead.__table__
_measure, _grant = Measure.__table__, Grant.__table__

_COLUMNS = (
    _attempt.c.member_id,
    _attempt.c.id,
    _attempt.c.quiz,
    _attempt.c.quiz_version,
    _attempt.c.number,
    _attempt.c.started_at,
    _attempt.c.closes_at,
    _attempt.c.deadline_at,
    _attempt.c.state,
    _attempt.c.ended_at,
    _attempt.c.ended_by,
    _attempt.c.earned,
    _attempt.c.possible,
    _attempt.c.passed,
    _attempt.c.entry_seq,
    _attempt.c.limit_percent,
    _attempt.c.measures,
    _attempt.c.paused_at,
    _attempt.c.pending,
    _attempt.c.corrections,
    _attempt.c.key_version,
    _attempt.c.late_state,
    _attempt.c.keys_seen_at,
)
_PAPER = (_attempt.c.paper, _attempt.c.paper_digest, _attempt.c.seed)


@dataclass(frozen=True, slots=True)
class AttemptInfo:
    """An attempt without its paper. Times are in UTC, marks in hundredths; what comes at the end is None
    while it is open."""

    member_id: str
    id: str
    quiz: str
    quiz_version: str
    number: int
    started_at: datetime
    closes_at: datetime | None
    deadline_at: datetime | None
    state: str
    ended_at: datetime | None
    ended_by: str | None
    earned: int | None
    possible: int
    passed: bool | None
    entry_seq: int | None
    limit_percent: int
    measures: int
    paused_at: datetime | None
    pending: int
    corrections: int
    key_version: str | None
    late_state: str | None
    keys_seen_at: datetime | None

    @property
    def practice(self) -> bool:
        """Whether it is practice: never in the ledger, never counted."""
        return self.number < 0

    @property
    def open(self) -> bool:
        """Whether it has not been ended; its time may be up all the same."""
        return self.state == "open"

    @property
    def clock(self) -> Clock:
        """Its clock with the measures that it contains."""
        return Clock(self.deadline_at, self.paused_at)


@dataclass(frozen=True, slots=True)
class Frozen(AttemptInfo):
    """An attempt with its paper, and the highest number that any session (but the one that asks, where it
    says so) gave to an act so far. `there` is how many measures there are for it, `acts` how many acts were
    kept, where the attempt is `locked`."""

    paper: str
    paper_digest: str
    seed: str
    highest: int
    there: int
    acts: int = 0

    @property
    def behind(self) -> bool:
        """Whether there are measures that its clock does not contain yet."""
        return self.open and not self.practice and self.measures != self.there

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The questions of the paper in their order."""
        return rules.read_paper(self.paper)


_ME = _attempt.c.member_id == bindparam("member_id")
_THIS = (_ME, _attempt.c.id == bindparam("attempt_id"))
_HIGHEST = func.coalesce(
    select(func.max(_act.c.number))
    .where(
        _act.c.member_id == _attempt.c.member_id,
        _act.c.attempt_id == _attempt.c.id,
        _act.c.session != bindparam("session"),
    )
    .scalar_subquery(),
    0,
)
_KEPT = (
    select(func.count())
    .select_from(_act)
    .where(_act.c.member_id == _attempt.c.member_id, _act.c.attempt_id == _attempt.c.id)
    .scalar_subquery()
)
# How many measures there are for an attempt, set for all or for its member; whom they concern is seen later.
THERE: Any = (
    select(func.count()).select_from(_measure).where(_measure.c.quiz == _attempt.c.quiz).scalar_subquery()
    + select(func.count())
    .select_from(_grant)
    .where(_grant.c.member_id == _attempt.c.member_id, _grant.c.quiz == _attempt.c.quiz)
    .scalar_subquery()
)
_ONE = select(*_COLUMNS, *_PAPER, _HIGHEST, THERE).where(*_THIS)
_GLANCE = select(*_COLUMNS, literal(""), literal(""), literal(""), literal(0), THERE).where(*_THIS)

# The lock of whoever changes an attempt: the member's head first, which is the member's lock, then the
# attempt's own row. PostgreSQL reads both again after having waited; a row that is only joined would be the
# one of before, and a save that waited for a hand-in would still believe the attempt open. Every writer takes
# the two in this order, so none can wait for another in a circle. SQLite has locked the database by then.
_LOCKED = (
    select(*_COLUMNS, *_PAPER, _HIGHEST, THERE, _KEPT)
    .join(_head, _head.c.member_id == _attempt.c.member_id)
    .where(*_THIS)
    .with_for_update(of=[_head, _attempt])
)
_MINE = select(*_COLUMNS).where(_ME).order_by(_attempt.c.quiz, _attempt.c.number)
_MINE_AT_QUIZ = select(*_COLUMNS).where(_ME, _attempt.c.quiz == bindparam("quiz")).order_by(_attempt.c.number)
_TAPS = select(
    _act.c.session,
    _act.c.number,
    _act.c.question,
    _act.c.answer,
    _act.c.wall_ms,
    _act.c.monotonic_ms,
    _act.c.received_at,
    _act.c.accepted,
    _act.c.late,
).where(_act.c.member_id == bindparam("member_id"), _act.c.attempt_id == bindparam("attempt_id"))
_EXPIRED = (
    select(_attempt.c.member_id, _attempt.c.id)
    .where(
        _attempt.c.state == "open",
        _attempt.c.paused_at.is_(None),
        _attempt.c.deadline_at < bindparam("before"),
    )
    .order_by(_attempt.c.deadline_at)
    .limit(bindparam("most"))
)


def attempt(member_id: str, attempt_id: str) -> Frozen:
    """One attempt of this member with its paper. Raises NotFound, also for somebody else's."""
    return _one(_ONE, member_id, attempt_id)


def glance(member_id: str, attempt_id: str) -> Frozen:
    """The same without paper and numbers, for a page that asks for the clock every few seconds."""
    return _one(_GLANCE, member_id, attempt_id)


def locked(member_id: str, attempt_id: str, session: str = "") -> Frozen:
    """The same under the member's lock, for whoever is going to change it; the highest number leaves out the
    acts of `session`. Raises NotFound."""
    return _one(_LOCKED, member_id, attempt_id, session)


def _one(statement: Any, member_id: str, attempt_id: str, session: str = "") -> Frozen:
    values = {"member_id": member_id, "attempt_id": attempt_id, "session": session}
    row = db.session.execute(statement, values).one_or_none()
    if row is None:
        raise NotFound("no-attempt", N_("There is no such attempt."))
    return Frozen(*row)


def attempts(member_id: str, slug: str | None = None) -> list[AttemptInfo]:
    """The member's attempts, at one quiz or at all of them, by quiz and number."""
    statement, values = _MINE, {"member_id": member_id}
    if slug is not None:
        statement, values = _MINE_AT_QUIZ, {**values, "quiz": slug}
    return [_info(row) for row in db.session.execute(statement, values)]


def _info(row: Sequence[Any]) -> AttemptInfo:
    return AttemptInfo(*row)


def taps(member_id: str, attempt_id: str) -> list[Tap]:
    """Every act that was received for an attempt, those that came too late included."""
    rows = db.session.execute(_TAPS, {"member_id": member_id, "attempt_id": attempt_id})
    return [Tap(*row) for row in rows]


def expired(at: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Open attempts that the clock ended a while ago, longest ago first, as (member, attempt): work for the
    sweeper, which gives saves that arrived in time a moment more than a member's own request does."""
    values = {"before": at - GRACE - SETTLE, "most": limit}
    return [(row.member_id, row.id) for row in db.session.execute(_EXPIRED, values)]


@lru_cache(maxsize=256)
def bank(version: str) -> Mapping[str, Question]:
    """The questions of a quiz's version by their ids. A version never changes, so it is kept under its hash.
    Raises NotFound."""
    return {question.id: question for question in catalogue.quiz_version(version).questions}
