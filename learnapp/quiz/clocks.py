"""The clocks of attempts under the measures that were set: read, and brought up to date.

A measure is a row; what it does to an attempt follows from its time alone (`timing`). It is applied under the
member's lock by whoever comes first: the door that sets it, the member's next request, or the sweeper. Each
measure that touched an attempt is one entry of the member's ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, literal, null, select, union_all, update

from learnapp import catalogue, ledger
from learnapp.branches import BranchPath, Membership
from learnapp.db import db, table_of
from learnapp.ledger import QuizMeasured
from learnapp.quiz import queries, timing
from learnapp.quiz.models import Allowance, Attempt, Grant, Measure
from learnapp.quiz.queries import AttemptInfo, Frozen
from learnapp.quiz.timing import Begun, Move, Run, Terms, Window

_attempt, _measure, _grant, _allowance = (table_of(one) for one in (Attempt, Measure, Grant, Allowance))
_path, _membership = table_of(BranchPath), table_of(Membership)

_ME: BindParameter[str] = bindparam("member_id")
_HERE: BindParameter[str] = bindparam("quiz")

# Whether the member was at home in the measure's unit, or below it, on its day.
_CONCERNED = (
    select(literal(1))
    .select_from(_membership.join(_path, _path.c.branch_id == _membership.c.branch_id))
    .where(
        _membership.c.member_id == _ME,
        _membership.c.kind == "home",
        _membership.c.valid_from <= _measure.c.day,
        (_membership.c.valid_to.is_(None)) | (_membership.c.valid_to > _measure.c.day),
        _path.c.ancestor_id == _measure.c.branch_id,
    )
    .exists()
)
# The typed columns come first: the types of a union are those of its first part.
_MOVES = union_all(
    select(
        literal("one"),
        _grant.c.number,
        _grant.c.kind,
        _grant.c.set_at,
        literal(""),
        _grant.c.minutes,
        _grant.c.attempts,
        _grant.c.opens_at,
        _grant.c.due_at,
        _grant.c.closes_at,
        _grant.c.attempt_id,
        _grant.c.reason,
        _grant.c.set_by,
        literal(True).label("concerns"),
    ).where(_grant.c.member_id == _ME, _grant.c.quiz == _HERE),
    select(
        literal("all"),
        _measure.c.number,
        _measure.c.kind,
        _measure.c.set_at,
        _measure.c.branch_id,
        _measure.c.minutes,
        *(null() for _ in range(5)),
        _measure.c.reason,
        _measure.c.set_by,
        # A pause is over for everybody whom it stopped, wherever they are at home by then; who was not stopped
        # has nothing that could go on.
        (_measure.c.kind == "resume") | _CONCERNED,
    ).where(_measure.c.quiz == _HERE),
    select(
        literal("standing"),
        _allowance.c.percent,
        literal(""),
        _allowance.c.set_at,
        *(null() for _ in range(7)),
        literal(""),
        _allowance.c.set_by,
        literal(False),
    ).where(_allowance.c.member_id == _ME),
)
_SET = update(_attempt).where(
    _attempt.c.member_id == bindparam("this_member"), _attempt.c.id == bindparam("this_attempt")
)


# Reading them -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """The measures that concern a member at a quiz, how many there are at all, of whatever unit, and the
    member's standing allowance in percent."""

    moves: tuple[Move, ...]
    count: int
    allowance: int | None


def known(member_id: str, slug: str) -> Known:
    """What was set for this member at this quiz, in one statement."""
    rows = db.session.execute(_MOVES, {"member_id": member_id, "quiz": slug}).all()
    measures = [row for row in rows if row[0] != "standing"]
    standing = [int(row[1]) for row in rows if row[0] == "standing"]
    moves = tuple(Move(*row[:-1]) for row in measures if row.concerns)
    return Known(moves, len(measures), standing[0] if standing else None)


def granted(member_id: str) -> dict[str, int]:
    """The further attempts that were given to this member, by quiz."""
    rows = db.session.execute(
        select(_grant.c.quiz, func.sum(_grant.c.attempts))
        .where(_grant.c.member_id == member_id, _grant.c.attempts.is_not(None))
        .group_by(_grant.c.quiz)
    )
    return {quiz: int(count) for quiz, count in rows}


def own_terms(quiz: catalogue.Quiz, zone: str) -> Terms:
    """What the quiz itself says, before any measure; its local times are those of `zone`."""
    local = quiz.settings
    window = Window(*(timing.local(text, zone) for text in (local.opens, local.due, local.closes)))
    return Terms(window, quiz.minutes, quiz.attempts)


def terms_for(quiz: catalogue.Quiz, found: Known, zone: str) -> Terms:
    """What holds for a member with these measures who has not begun."""
    return timing.terms(own_terms(quiz, zone), found.moves)


def run_of(found: AttemptInfo, moves: Sequence[Move], percent: int | None = None) -> Run:
    """The clock of an open attempt under these measures. `percent` replaces its own share of the limit."""
    minutes = catalogue.quiz_version(found.quiz_version).minutes
    share = found.limit_percent if percent is None else percent
    return timing.run(Begun(found.id, found.started_at, minutes, share, found.closes_at), moves)


def look(found: Frozen) -> Run:
    """The clock of an attempt as it is now, measures that it does not contain yet included; reads only."""
    if found.open and not found.practice and (found.behind or found.paused_at is not None):
        return run_of(found, known(found.member_id, found.quiz).moves)
    return Run(found.clock, ())


# Applying them ------------------------------------------------------------------------------------------


def locked(member_id: str, attempt_id: str, at: datetime, session: str = "") -> Frozen:
    """An attempt under its member's lock, with every measure applied: what whoever changes it begins with.
    `session` as in `queries.locked`. Raises NotFound."""
    return catch_up(queries.locked(member_id, attempt_id, session), at)


def catch_up(found: Frozen, at: datetime) -> Frozen:
    """Applies the measures that the attempt's clock does not contain yet, in the order of their times, and
    records each that touched it, once. The caller holds the member's lock."""
    if not found.behind:
        return found
    there = known(found.member_id, found.quiz)
    return settle(found, run_of(found, there.moves), there.count, at)


def settle(found: Frozen, run: Run, count: int, at: datetime, percent: int | None = None) -> Frozen:
    """Stores the clock, which contains `count` measures, and records what touched it. The caller holds the
    member's lock."""
    record_moves(found, run.touched, at)
    values: dict[str, Any] = {
        "deadline_at": run.clock.deadline_at,
        "paused_at": run.clock.paused_at,
        "measures": count,
        "limit_percent": found.limit_percent if percent is None else percent,
    }
    db.session.execute(_SET.values(**values), {"this_member": found.member_id, "this_attempt": found.id})
    return replace(found, **values, there=count)


def record_moves(found: AttemptInfo, moves: Sequence[Move], at: datetime) -> None:
    """One ledger entry for each measure that touched the attempt and has none yet."""
    if not moves:
        return
    recorded = ledger.known_uids(found.member_id, [_uid(found.id, move) for move in moves])
    for move in moves:
        if _uid(found.id, move) not in recorded:
            record(found, move, ledger.note(found.member_id, move.reason), at)


def _uid(attempt_id: str, move: Move) -> str:
    return f"measure/{move.id}/{attempt_id}"


def record(found: AttemptInfo, move: Move, note: str, at: datetime) -> None:
    """The ledger entry of one measure; `note` is the commitment to its reason."""
    event = QuizMeasured(found.quiz, found.id, move.kind, move.minutes or 0, note)
    ledger.record(
        event,
        member_id=found.member_id,
        uid=_uid(found.id, move),
        occurred_at=move.at,
        at=at,
        recorder=move.set_by,
        source="quiz",
    )
