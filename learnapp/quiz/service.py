"""What can be done with a quiz: start, save, hand in, close. Every call belongs to a transaction that a
door opened, and everything that changes an attempt happens under its member's lock."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite

from learnapp import catalogue, ledger
from learnapp.db import db, dialect_name, new_id
from learnapp.errors import N_, Conflict, Invalid
from learnapp.quiz import grading, queries, rules
from learnapp.quiz.journal import FORM_SESSION, MAX_KEPT, MAX_MS, NewAct, answer_text
from learnapp.quiz.models import Act, Attempt
from learnapp.quiz.queries import AttemptInfo, Frozen

Code = Literal["saved", "late", "ended", "refused"]

_attempt = cast(Table, Attempt.__table__)
_act = cast(Table, Act.__table__)
_KEEP = {
    "sqlite": sqlite.insert(_act).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_act).on_conflict_do_nothing(),
}

TEXTS: Mapping[str, str] = {
    "late": N_("This answer arrived after the time was up. It is kept, but it does not count."),
    "ended": N_(
        "This attempt had been handed in when this answer arrived. It is kept, but it does not count."
    ),
}


@dataclass(frozen=True, slots=True)
class Started:
    """The attempt that is running now. `ended_one` says that an older one was closed by the clock on the way,
    so that the ledger grew."""

    attempt_id: str
    created: bool
    ended_one: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one act: saved and counting, kept but late, kept but after the hand-in, or refused.

    `message` is an English message id with `params` when there is something to say, else empty.
    """

    session: str
    number: int
    code: Code
    message: str = ""
    params: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer to a message of acts. `elsewhere` is the highest number that other sessions have given, so
    that a page sees whether another one answered meanwhile; `ended_now` says that this request closed the
    attempt."""

    outcomes: tuple[Outcome, ...]
    elsewhere: int
    remaining_ms: int | None
    open: bool
    ended_now: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that is over, and whether this call was the one that ended it."""

    attempt_id: str
    ended_now: bool


# Starting -----------------------------------------------------------------------------------------------


def start(member_id: str, slug: str, *, at: datetime, seed: str | None = None) -> Started:
    """Starts an attempt at the quiz's current version, or returns the one that is running.

    However often and at once this is called, one attempt comes of it. The paper is drawn from `seed` (64
    hexadecimal characters; by default random ones) and frozen. Raises NotFound for an unknown quiz, Conflict
    when no attempt is left.
    """
    ledger.lock(member_id)
    quiz = catalogue.quiz(slug)
    earlier = queries.attempts(member_id, slug)
    running, ended_one = _running(earlier, at)
    if running is not None:
        return Started(running.id, created=False, ended_one=False)
    if rules.attempts_left(quiz.attempts, len(earlier)) == 0:
        raise Conflict("no-attempts-left", N_("All attempts at this quiz have been used."))
    return Started(_open(member_id, quiz, len(earlier) + 1, at, seed), created=True, ended_one=ended_one)


def _running(earlier: Sequence[AttemptInfo], at: datetime) -> tuple[AttemptInfo | None, bool]:
    """The attempt that is still running; one whose time is up is closed first."""
    ended_one = False
    for found in earlier:
        if found.open and rules.overdue(found.deadline_at, at):
            ended_one = close(found.member_id, found.id, at=at) or ended_one
        elif found.open:
            return found, ended_one
    return None, ended_one


def _open(member_id: str, quiz: catalogue.Quiz, number: int, at: datetime, seed: str | None) -> str:
    seed = seed or secrets.token_hex(32)
    paper = rules.draw_paper(quiz.hash, quiz.questions, quiz.draws, seed, quiz.shuffle)
    attempt_id = new_id(int(at.timestamp() * 1000))
    db.session.execute(
        insert(_attempt).values(
            member_id=member_id,
            id=attempt_id,
            quiz=quiz.slug,
            quiz_version=quiz.hash,
            number=number,
            seed=seed,
            paper=paper,
            paper_digest=rules.digest(paper),
            started_at=at,
            deadline_at=rules.deadline(at, quiz.minutes),
            state="open",
            possible=rules.possible(rules.read_paper(paper), queries.bank(quiz.hash)),
        )
    )
    return attempt_id


# Saving -------------------------------------------------------------------------------------------------


def save(
    member_id: str, attempt_id: str, acts: Sequence[NewAct], *, at: datetime, session: str = ""
) -> Saved:
    """Keeps the acts of a phone's journal, each once, in whatever order and however often they come.

    `session` is the label of the page that sends, which may carry acts of an earlier page as well; `at` is when
    the message arrived. What came after the deadline and its grace, or after the hand-in, is kept and answered,
    but does not count; an act that cannot be read is refused alone. Raises NotFound.
    """
    found = queries.locked(member_id, attempt_id, session)
    return _save(found, acts, at)


def save_form(member_id: str, attempt_id: str, question: str, answer: object, *, at: datetime) -> Outcome:
    """Keeps an answer that came from a page without JavaScript; the server numbers and times the act.

    Raises NotFound for an unknown attempt and Invalid when the answer cannot be read.
    """
    found = queries.locked(member_id, attempt_id)
    elapsed = min((at - found.started_at) // rules.MILLISECOND, MAX_MS)
    act = NewAct(FORM_SESSION, found.highest + 1, question, answer, elapsed, elapsed)
    outcome = _save(found, (act,), at).outcomes[0]
    if outcome.code == "refused":
        raise Invalid("answer", outcome.message, **(outcome.params or {}))
    return outcome


def _save(found: Frozen, acts: Sequence[NewAct], at: datetime) -> Saved:
    overdue = found.open and rules.overdue(found.deadline_at, at)
    counts = found.open and not overdue
    rows, outcomes = _sorted_out(found, acts, at, counts)
    if rows:
        db.session.execute(_KEEP[dialect_name()], rows if len(rows) > 1 else rows[0])
    if rows and not counts:
        outcomes = _told_late(found, outcomes, overdue)
    if overdue:
        grading.end(found, at)
    remaining = rules.remaining_ms(found.deadline_at, at) if counts else 0
    return Saved(tuple(outcomes), found.highest, remaining, counts, overdue)


def _sorted_out(
    found: Frozen, acts: Sequence[NewAct], at: datetime, counts: bool
) -> tuple[list[dict[str, Any]], list[Outcome]]:
    """The rows to keep, and what to say about each act as if all of them counted."""
    bank = queries.bank(found.quiz_version)
    orders = {sheet.question: sheet.order for sheet in found.sheets}
    rows: list[dict[str, Any]] = []
    outcomes: list[Outcome] = []
    for act in acts:
        try:
            _check_room(found.acts + len(rows))
            answer = answer_text(act, orders, bank)
        except Invalid as error:
            outcomes.append(Outcome(act.session, act.number, "refused", error.message, error.params))
            continue
        outcomes.append(Outcome(act.session, act.number, "saved"))
        rows.append(
            {
                "member_id": found.member_id,
                "attempt_id": found.id,
                "session": act.session,
                "number": act.number,
                "question": act.question,
                "answer": answer,
                "wall_ms": act.wall_ms,
                "monotonic_ms": act.monotonic_ms,
                "received_at": at,
                "accepted": counts,
            }
        )
    return rows, outcomes


def _check_room(kept: int) -> None:
    if kept >= MAX_KEPT:
        raise Invalid(
            "too-many-acts",
            N_("Too many answers were sent in this attempt. What was saved before counts; please hand in."),
        )


def _told_late(found: Frozen, outcomes: Sequence[Outcome], overdue: bool) -> list[Outcome]:
    """Says of each act whether it counts: one that is only repeated may have been saved in time."""
    kept = {(tap.session, tap.number) for tap in queries.taps(found.member_id, found.id) if tap.accepted}
    code: Code = "late" if overdue or found.ended_by == "deadline" else "ended"
    return [
        outcome
        if outcome.code == "refused" or (outcome.session, outcome.number) in kept
        else replace(outcome, code=code, message=TEXTS[code])
        for outcome in outcomes
    ]


# Ending -------------------------------------------------------------------------------------------------


def submit(member_id: str, attempt_id: str, *, at: datetime) -> Ended:
    """Hands the attempt in: grades what the server has and records it in the ledger. Doing it twice is doing
    it once. Raises NotFound."""
    found = queries.locked(member_id, attempt_id)
    if found.open:
        grading.end(found, at)
    return Ended(found.id, found.open)


def close(member_id: str, attempt_id: str, *, at: datetime) -> bool:
    """Ends an attempt whose time is up, for the sweeper and for whichever request finds it first. Returns
    whether this call ended it; one that is running or over is left alone. Raises NotFound."""
    found = queries.locked(member_id, attempt_id)
    if not found.open or not rules.overdue(found.deadline_at, at):
        return False
    grading.end(found, at)
    return True
