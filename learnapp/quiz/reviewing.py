"""Asking what may be seen of attempts: the phases applied to what is stored.

The quiz's current version says what is shown, also of attempts at earlier versions: a closing time that was
moved holds for everybody. Where a quiz was withdrawn, it is the attempt's own version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Integer, String, bindparam, cast, literal, null, or_, select, union_all, update

from learnapp import catalogue
from learnapp.db import UtcDateTime, db, table_of
from learnapp.errors import NotFound
from learnapp.questions import Question
from learnapp.quiz import grading, phases
from learnapp.quiz.keys import held_keys
from learnapp.quiz.models import Attempt, Grade, Grant, Measure
from learnapp.quiz.phases import Seen
from learnapp.quiz.queries import AttemptInfo, Frozen
from learnapp.quiz.rules import Tap
from learnapp.quiz.timing import GRACE, SETTLE, Move, Terms, Window, local, terms

_attempt, _grade = table_of(Attempt), table_of(Grade)
_grant, _measure = table_of(Grant), table_of(Measure)

_QUIZZES: Any = bindparam("quizzes", expanding=True)


def _columns(**held: Any) -> list[Any]:
    """What a row of `_BUSY` holds, in its order; what is not named is empty."""
    empty: Mapping[str, Any] = {
        "quiz": String(),
        "member_id": String(),
        "source": String(),
        "number": Integer(),
        "kind": String(),
        "at": UtcDateTime(),
        "unit": String(),
        "minutes": Integer(),
        "closes_at": UtcDateTime(),
    }
    return [held.get(name, cast(null(), kind)).label(name) for name, kind in empty.items()]


# Who may still answer: whoever has a running attempt (one that nothing ends was never part of this), and whom a
# measure gave a later end.
_BUSY = union_all(
    select(*_columns(quiz=_attempt.c.quiz, kind=literal("running"))).where(
        _attempt.c.quiz.in_(_QUIZZES),
        _attempt.c.state == "open",
        _attempt.c.number > 0,
        _attempt.c.deadline_at.is_not(None),
        or_(_attempt.c.paused_at.is_not(None), _attempt.c.deadline_at > bindparam("before")),
    ),
    select(
        *_columns(
            quiz=_measure.c.quiz,
            source=literal("all"),
            number=_measure.c.number,
            kind=_measure.c.kind,
            at=_measure.c.set_at,
            unit=_measure.c.branch_id,
            minutes=_measure.c.minutes,
        )
    ).where(_measure.c.quiz.in_(_QUIZZES)),
    select(
        *_columns(
            quiz=_grant.c.quiz,
            member_id=_grant.c.member_id,
            source=literal("one"),
            number=_grant.c.number,
            kind=_grant.c.kind,
            at=_grant.c.set_at,
            minutes=_grant.c.minutes,
            closes_at=_grant.c.closes_at,
        )
    ).where(_grant.c.quiz.in_(_QUIZZES)),
)
_GRADES = (
    select(
        _grade.c.number,
        _grade.c.cause,
        _grade.c.trace,
        _grade.c.was_earned,
        _grade.c.was_possible,
        _grade.c.was_passed,
        _grade.c.earned,
        _grade.c.possible,
        _grade.c.passed,
        _grade.c.pending,
        _grade.c.made_at,
        _grade.c.entry_seq,
    )
    .where(_grade.c.member_id == bindparam("member_id"), _grade.c.attempt_id == bindparam("attempt_id"))
    .order_by(_grade.c.number)
)


class Over(Protocol):
    """What has to be known of an attempt to say what may be seen of it."""

    @property
    def id(self) -> str: ...
    @property
    def quiz(self) -> str: ...
    @property
    def quiz_version(self) -> str: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Correction:
    """What happened to a result since: why (`cause`), from what to what in hundredths of a point, when, and
    the ledger entry that says so, None where the ledger says nothing about the attempt."""

    number: int
    cause: str
    trace: str
    was_earned: int
    was_possible: int
    was_passed: bool
    earned: int
    possible: int
    passed: bool
    pending: int
    made_at: datetime
    entry_seq: int | None


def still_open(closes: Mapping[str, datetime], at: datetime) -> frozenset[str]:
    """Those of the quizzes (slug -> closing time) in which somebody may still answer: by a running attempt, or
    since a measure moved the closing time for them. One statement."""
    over = {quiz for quiz, end in closes.items() if end <= at}
    if not over:
        return frozenset(closes)
    values = {"quizzes": sorted(over), "before": at - GRACE - SETTLE}
    rows = db.session.execute(_BUSY, values).all()
    busy = {quiz for quiz in over if _busy(closes[quiz], [row for row in rows if row.quiz == quiz], at)}
    return frozenset(busy | (closes.keys() - over))


def _busy(closes_at: datetime, rows: Sequence[Any], at: datetime) -> bool:
    if any(row.kind == "running" for row in rows):
        return True
    moves = [(row.member_id, _move(row)) for row in rows]
    everybody = [move for owner, move in moves if owner is None]
    base = Terms(Window(closes=closes_at))
    for member in {owner for owner, _ in moves} | {None}:
        found = terms(base, everybody + [move for owner, move in moves if owner == member and member])
        if found.paused is not None or (found.window.closes or at) > at:
            return True
    return False


def _move(row: Any) -> Move:
    """A measure; of all units' together, so that what anybody may have got is among it."""
    return Move(
        row.source, row.number, row.kind, row.at, row.unit or "", row.minutes, closes_at=row.closes_at
    )


def everybody_done(quiz: catalogue.Quiz, at: datetime, zone: str) -> bool:
    """Whether a quiz has closed for everybody: nobody has a running attempt or a later end any more. False for
    one without a closing time."""
    end = local(quiz.settings.closes, zone)
    return end is not None and quiz.slug not in still_open({quiz.slug: end}, at)


def phases_of(
    attempts: Sequence[Over],
    at: datetime,
    zone: str,
    current: Mapping[str, catalogue.Quiz] | None = None,
) -> dict[str, Seen]:
    """What may be seen of each of these attempts, by its id. `current` are the present versions of their
    quizzes, where they are known. At most two statements, and one more for each version that
    this process has not read yet."""
    if current is None:
        current = {quiz.slug: quiz for quiz in catalogue.quizzes()} if attempts else {}
    known = {
        found.quiz: current.get(found.quiz) or catalogue.quiz_version(found.quiz_version)
        for found in attempts
    }
    ends = {slug: local(quiz.settings.closes, zone) for slug, quiz in known.items()}
    still = still_open({slug: end for slug, end in ends.items() if end is not None}, at)
    return {
        found.id: phases.seen(
            found.ended_at, known[found.quiz].settings, ends[found.quiz], found.quiz not in still, at
        )
        for found in attempts
    }


def phase_of(found: AttemptInfo, at: datetime, zone: str, current: catalogue.Quiz | None = None) -> Seen:
    """What may be seen of one attempt."""
    try:
        known = current or catalogue.quiz(found.quiz)
    except NotFound:
        known = catalogue.quiz_version(found.quiz_version)
    return phases_of([found], at, zone, {found.quiz: known})[found.id]


def standing_of(found: AttemptInfo, seen: Seen) -> phases.Standing:
    """How an attempt stands, in the one word that may be said about it."""
    return phases.standing(found.open, found.passed, found.pending, seen)


def counting(attempts: Sequence[AttemptInfo], counts: str) -> list[AttemptInfo]:
    """Those of a member's attempts at a quiz, in their order, that count by its setting: `first`, `last`, or any
    of them. Practice never does."""
    over = [found for found in attempts if not found.open and not found.practice]
    if counts == "first":
        return [found for found in over if found.number == 1]
    return over[-1:] if counts == "last" else over


def keys_open(quiz: catalogue.Quiz, at: datetime, zone: str) -> bool:
    """Whether the keys of a quiz with a closing time may be seen by everybody: it has closed, everybody is
    done, and its author shows them then. Without a closing time never."""
    return "key" in quiz.settings.review["closed"] and everybody_done(quiz, at, zone)


def keys(found: AttemptInfo) -> Mapping[str, Question]:
    """The questions of an attempt's version, each with the key that holds for it now."""
    return held_keys(found.quiz_version, found.key_version)


def short(found: Frozen, taps: Sequence[Tap]) -> int:
    """How many more questions would have had to be right to pass."""
    return grading.graded(found, taps).result.short


def corrections(member_id: str, attempt_id: str) -> tuple[Correction, ...]:
    """What happened to a result since it was first recorded, in its order."""
    rows = db.session.execute(_GRADES, {"member_id": member_id, "attempt_id": attempt_id})
    return tuple(Correction(*tuple(row)) for row in rows)


_SEEN = (
    update(_attempt)
    .where(
        _attempt.c.member_id == bindparam("this_member"),
        _attempt.c.id == bindparam("this_attempt"),
        _attempt.c.keys_seen_at.is_(None),
    )
    .values(keys_seen_at=bindparam("seen_at"))
)


def keys_matter(found: AttemptInfo, mine: Sequence[AttemptInfo]) -> bool:
    """Whether it has to be noted that right answers of this attempt are shown: the clock ended one of the
    member's attempts at the quiz, so that answers to it may still arrive."""
    return found.keys_seen_at is None and any(one.ended_by == "deadline" for one in mine)


def keys_held(found: AttemptInfo, mine: Sequence[AttemptInfo], at: datetime) -> bool:
    """Whether right answers of this attempt are shown only when the member asks for them: as long as answers
    to an attempt that the clock ended may still arrive and count. They are to be sent first, since what comes
    after is a person's to decide."""
    return keys_matter(found, mine) and any(_may_arrive(one, at) for one in mine)


def _may_arrive(found: AttemptInfo, at: datetime) -> bool:
    settings = catalogue.quiz_version(found.quiz_version).settings
    if found.ended_by != "deadline" or found.deadline_at is None or settings.late_sync == "refuse":
        return False
    return at <= found.deadline_at + timedelta(hours=settings.late_hours)


def note_keys_seen(found: AttemptInfo, mine: Sequence[AttemptInfo], at: datetime) -> None:
    """Notes that right answers of this attempt are being shown to its member, where that matters; `mine` are
    all of the member's attempts at the quiz. Doing it again keeps the first time."""
    if keys_matter(found, mine):
        ids = {"this_member": found.member_id, "this_attempt": found.id}
        db.session.execute(_SEEN, {**ids, "seen_at": at})
