"""What can be done with an attempt: save, hand in, close. Every call belongs to a transaction that a
door opened, and everything that changes an attempt happens under its member's lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from learnapp import catalogue
from learnapp.db import db, dialect_name
from learnapp.errors import N_, Invalid
from learnapp.quiz import grading, lateness, phases, queries, rules, timing
from learnapp.quiz.clocks import locked
from learnapp.quiz.journal import FORM_SESSION, MAX_MS, NewAct, answer_text, most_kept
from learnapp.quiz.models import Act, Attempt
from learnapp.quiz.queries import Frozen

Code = Literal["saved", "locked", "late-accepted", "late-waiting", "late", "ended", "refused"]

_attempt = cast(Table, Attempt.__table__)
_act = cast(Table, Act.__table__)
_KEEP = {
    "sqlite": sqlite.insert(_act).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_act).on_conflict_do_nothing(),
}

# What is kept as the answer of the act that enters a section.
_ENTERED = "true"

TEXTS: Mapping[str, str] = {
    "locked": N_("This part had been left when this answer was given. It is kept, but it does not count."),
    "late-accepted": N_("This answer was made in time and arrived later. It counts."),
    "late-waiting": N_("This answer arrived after the time was up. A person decides whether it counts."),
    "late": N_("This answer arrived after the time was up. It is kept, but it does not count."),
    "ended": N_(
        "This attempt had been handed in when this answer arrived. It is kept, but it does not count."
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one act: saved and counting; not counting, since its section had been left; late, and
    accepted, waiting for a person or not counting; kept but after the hand-in; or refused since it cannot be
    read.

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
    attempt, `paused` that its clock stands still."""

    outcomes: tuple[Outcome, ...]
    elsewhere: int
    remaining_ms: int | None
    open: bool
    ended_now: bool
    paused: bool = False

    @property
    def grew(self) -> bool:
        """Whether the ledger may have grown: the attempt was ended, or its result corrected."""
        return self.ended_now or any(outcome.code == "late-accepted" for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that is over, and whether this call was the one that ended it."""

    attempt_id: str
    ended_now: bool


# Saving -------------------------------------------------------------------------------------------------


def save(
    member_id: str, attempt_id: str, acts: Sequence[NewAct], *, at: datetime, session: str = ""
) -> Saved:
    """Keeps the acts of a phone's journal, each once, in whatever order and however often they come.

    `session` is the label of the page that sends, which may carry acts of an earlier page as well; `at` is when
    the message arrived. What came after the deadline and its grace, or after the hand-in, is kept and answered,
    but does not count; an act that cannot be read is refused alone. Raises NotFound.
    """
    found = locked(member_id, attempt_id, at, session)
    return _save(found, acts, at)


def save_form(member_id: str, attempt_id: str, question: str, answer: object, *, at: datetime) -> Outcome:
    """Keeps an answer that came from a page without JavaScript; the server numbers and times the act.

    Raises NotFound for an unknown attempt and Invalid when the answer cannot be read.
    """
    found = locked(member_id, attempt_id, at)
    elapsed = min((at - found.started_at) // timing.MILLISECOND, MAX_MS)
    act = NewAct(FORM_SESSION, found.highest + 1, question, answer, elapsed, elapsed)
    outcome = _save(found, (act,), at).outcomes[0]
    if outcome.code == "refused":
        raise Invalid("answer", outcome.message, **(outcome.params or {}))
    return outcome


def _save(found: Frozen, acts: Sequence[NewAct], at: datetime) -> Saved:
    overdue = found.open and found.clock.overdue(at)
    counts = found.open and not overdue
    rows, outcomes = _sorted_out(found, acts, at, counts)
    known = queries.taps(found.member_id, found.id) if rows and not counts else []
    if rows:
        db.session.execute(_KEEP[dialect_name()], rows if len(rows) > 1 else rows[0])
    if overdue:
        grading.end(found, at)
    if rows and not counts:
        outcomes = _told(outcomes, lateness.arrived(found.member_id, found.id, known, at))
    elif rows and (found.corrections or rules.sections(found.sheets)):
        outcomes = _told(outcomes, _stands(found))
    remaining = found.clock.remaining_ms(at) if counts else 0
    return Saved(tuple(outcomes), found.highest, remaining, counts, overdue, found.paused_at is not None)


def _looked_at(found: Frozen) -> frozenset[str]:
    """The questions of parts that were left and may be looked at again, where the quiz shows more there than
    what was answered: nobody answers these any more. A page sends its acts in their order, so that none of them
    can come after its own door, whatever number it bears."""
    names = rules.sections(found.sheets)
    shows = phases.shows("during", catalogue.quiz_version(found.quiz_version).settings)
    if not names or not shows - {"answer", "mark"}:
        return frozenset()
    here = names.index(rules.entered(queries.taps(found.member_id, found.id), found.sheets))
    return frozenset(one.question for one in found.sheets if one.section in names[:here])


def _sorted_out(
    found: Frozen, acts: Sequence[NewAct], at: datetime, counts: bool
) -> tuple[list[dict[str, Any]], list[Outcome]]:
    """The rows to keep, and what to say about each act as if all of them counted."""
    bank = queries.bank(found.quiz_version)
    sheets = found.sheets
    orders = {sheet.question: sheet.order for sheet in sheets}
    shown = _looked_at(found) if counts else frozenset()
    doors = {rules.SECTION + name for name in rules.sections(sheets)[1:]}
    rows: list[dict[str, Any]] = []
    outcomes: list[Outcome] = []
    for act in acts:
        try:
            answer = _ENTERED if act.question in doors else answer_text(act, orders, bank)
            _check_room(found.acts + len(rows), answer)
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
                "accepted": counts and act.question not in shown,
                "late": not counts,
            }
        )
    return rows, outcomes


def _check_room(kept: int, answer: str) -> None:
    if kept >= most_kept(answer):
        raise Invalid(
            "too-many-acts",
            N_("Too many answers were sent in this attempt. What was saved before counts; please hand in."),
        )


def _stands(found: Frozen) -> Mapping[lateness.Key, Code]:
    """How the acts of a running attempt stand that do not count: since their section had been left, or since they
    had arrived before it was opened again (an attempt that runs though its result was corrected). Sending such
    an act once more changes nothing."""
    taps = queries.taps(found.member_id, found.id)
    stands: dict[lateness.Key, Code] = {**lateness.standings(found, taps)} if found.corrections else {}
    refused = [tap for tap in taps if not tap.accepted and not tap.late]
    left = (*refused, *rules.shut_out(taps, found.sheets))
    return {**stands, **{(tap.session, tap.number): "locked" for tap in left}}


def _told(outcomes: Sequence[Outcome], stands: Mapping[lateness.Key, Code]) -> list[Outcome]:
    """Says of each act how it stands: one that is only repeated may have been saved in time."""
    told = []
    for outcome in outcomes:
        code = stands.get((outcome.session, outcome.number), "saved")
        known = outcome.code == "refused" or code == "saved"
        told.append(outcome if known else replace(outcome, code=code, message=TEXTS[code]))
    return told


# Ending -------------------------------------------------------------------------------------------------


def submit(member_id: str, attempt_id: str, *, at: datetime) -> Ended:
    """Hands the attempt in: grades what the server has and records it in the ledger. Doing it twice is doing
    it once. Raises NotFound."""
    found = locked(member_id, attempt_id, at)
    if found.open:
        grading.end(found, at)
    return Ended(found.id, found.open)


def close(member_id: str, attempt_id: str, *, at: datetime) -> bool:
    """Ends an attempt whose time is up, for the sweeper and for whichever request finds it first. Returns
    whether this call ended it; one that is running or over is left alone. Raises NotFound."""
    found = locked(member_id, attempt_id, at)
    if not found.open or not found.clock.overdue(at):
        return False
    grading.end(found, at)
    return True
