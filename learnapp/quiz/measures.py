"""What moves the clock of others: extensions, pauses, overrides, reopenings, standing extra time.

Each is a row with its time, its reason and who set it, and a line of the security log. `clocks` applies them.
Whoever calls passes the time of the transaction that it opened, not of an earlier moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy import Table, and_, bindparam, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from learnapp import audit, branches, catalogue, ledger
from learnapp.clock import local_date
from learnapp.db import db, dialect_name, new_id, table_of, transaction, upsert
from learnapp.errors import N_, Conflict, Invalid
from learnapp.quiz import grading, queries
from learnapp.quiz.clocks import known, locked, record, run_of, settle
from learnapp.quiz.models import Allowance, Attempt, Grant, Measure
from learnapp.quiz.queries import Frozen
from learnapp.quiz.timing import Kind

ForAll = Literal["extend", "pause", "resume"]

MOST_MINUTES = 7 * 24 * 60
MOST_ATTEMPTS = 20
MOST_REASON = 500
ALLOWANCES = (100, 110, 125, 150, 175, 200, 250, 300)

_log = structlog.get_logger()
_attempt, _measure, _grant, _allowance = (table_of(one) for one in (Attempt, Measure, Grant, Allowance))
_OPEN = select(_attempt.c.id, _attempt.c.quiz).where(
    _attempt.c.member_id == bindparam("member_id"), _attempt.c.state == "open", _attempt.c.number > 0
)


# For everybody in a unit --------------------------------------------------------------------------------


def for_all(
    slug: str,
    branch_id: str,
    kind: ForAll,
    *,
    minutes: int = 0,
    reason: str = "",
    actor_id: str,
    at: datetime,
    zone: str,
    seen: int | None = None,
) -> int:
    """Sets a measure for everybody at home in the unit or below it, and returns its number at this quiz. It
    holds at once; `spread` writes it into the attempts that are open.

    `seen` is the number of the last measure that whoever sets this one has seen, so that a form sent twice is
    one measure. Raises NotFound, Invalid for minutes or a reason that are missing, Conflict when something was
    set meanwhile, when the unit is paused already, or is not.
    """
    catalogue.quiz(slug)
    branches.unit(branch_id)
    _check(kind, minutes, reason)
    before = _measures(slug)
    _check_pause(kind, [one.kind for one in before if one.branch_id == branch_id])
    number = len(before) + 1
    row = {
        "quiz": slug,
        "number": number,
        "kind": kind,
        "branch_id": branch_id,
        "minutes": minutes,
        "reason": reason.strip(),
        "set_by": actor_id,
        "set_at": at,
        "day": local_date(at, zone),
    }
    _insert(_measure, row, seen)
    audit.write(
        f"quiz-{kind}", member_id=actor_id, actor_id=actor_id, at=at, subject=f"quiz/{slug}", unit=branch_id
    )
    return number


def _measures(slug: str) -> Sequence[Any]:
    return db.session.execute(
        select(_measure.c.kind, _measure.c.branch_id)
        .where(_measure.c.quiz == slug)
        .order_by(_measure.c.number)
    ).all()


def pending(limit: int) -> list[tuple[str, int]]:
    """Measures for all that may not be in every open attempt yet, as (quiz, number)."""
    rows = db.session.execute(
        select(_measure.c.quiz, _measure.c.number)
        .where(_measure.c.done_at.is_(None))
        .order_by(_measure.c.set_at)
        .limit(limit)
    )
    return [(row.quiz, row.number) for row in rows]


def spread(slug: str, number: int, *, at: datetime, limit: int = 100_000) -> bool:
    """Writes a measure into the attempts that are open, at most `limit` of them, each in a transaction of its
    own; returns whether all have it. Whoever is not reached has it all the same, at the next request. Called
    outside of any transaction; doing it again does no harm."""
    waiting = _behind(slug, number, limit)
    db.session.rollback()
    reached = sum(_reach(member_id, attempt_id, at) for member_id, attempt_id in waiting)
    if reached < len(waiting) or len(waiting) == limit:
        return False
    with transaction():
        db.session.execute(
            update(_measure).where(_measure.c.quiz == slug, _measure.c.number == number).values(done_at=at)
        )
    return True


def _behind(slug: str, number: int, limit: int) -> list[tuple[str, str]]:
    """The open attempts of those whom the measure concerns that contain fewer measures than there are."""
    row = db.session.execute(
        select(_measure.c.kind, _measure.c.branch_id, _measure.c.day).where(
            _measure.c.quiz == slug, _measure.c.number == number
        )
    ).one_or_none()
    if row is None:
        return []
    # Who stands still may have moved to another unit since, and goes on as well.
    concerned = or_(
        _attempt.c.member_id.in_(branches.ids_below([row.branch_id], row.day)),
        and_(literal(row.kind == "resume"), _attempt.c.paused_at.is_not(None)),
    )
    rows = db.session.execute(
        select(_attempt.c.member_id, _attempt.c.id)
        .where(
            _attempt.c.quiz == slug,
            _attempt.c.state == "open",
            _attempt.c.number > 0,
            _attempt.c.measures < queries.THERE,
            concerned,
        )
        .limit(limit)
    )
    return [(one.member_id, one.id) for one in rows]


def _reach(member_id: str, attempt_id: str, at: datetime) -> bool:
    try:
        with transaction():
            locked(member_id, attempt_id, at)
    except Exception:
        _log.exception("measure not applied", member=member_id, attempt=attempt_id)
        return False
    return True


# For one member -----------------------------------------------------------------------------------------


def for_one(
    member_id: str,
    slug: str,
    kind: ForAll,
    *,
    minutes: int = 0,
    reason: str = "",
    actor_id: str,
    at: datetime,
    seen: int | None = None,
) -> int:
    """The same for one member, running or not; returns the measure's number at this member and quiz. Raises
    as `for_all`."""
    catalogue.quiz(slug)
    _check(kind, minutes, reason)
    values = {"kind": kind, "minutes": minutes or None, "reason": reason}
    return _grant_to(member_id, slug, values, actor_id, at, seen)


def override(
    member_id: str,
    slug: str,
    *,
    opens_at: datetime | None = None,
    due_at: datetime | None = None,
    closes_at: datetime | None = None,
    minutes: int | None = None,
    attempts: int | None = None,
    reason: str,
    actor_id: str,
    at: datetime,
    seen: int | None = None,
) -> int:
    """Puts values of a member's own in the place of the quiz's; what is None stays as it is. `minutes` is the
    whole limit, before any extra time of the member's own, `attempts` are further ones. An attempt that runs is
    never made shorter by it. Raises as `for_all`, and Invalid when nothing is set or closes before it opens."""
    catalogue.quiz(slug)
    times = (opens_at, due_at, closes_at)
    if not any((*times, minutes, attempts)):
        raise Invalid("nothing", N_("Please say what is to be different."))
    if opens_at is not None and closes_at is not None and opens_at >= closes_at:
        raise Invalid("window", N_("The closing time must be later than the opening time."))
    _check("override", minutes, reason)
    if attempts is not None and not 1 <= attempts <= MOST_ATTEMPTS:
        raise Invalid("attempts", N_("Give a number of attempts from 1 to %(most)s."), most=MOST_ATTEMPTS)
    values = {
        "kind": "override",
        "opens_at": opens_at,
        "due_at": due_at,
        "closes_at": closes_at,
        "minutes": minutes,
        "attempts": attempts,
        "reason": reason,
    }
    return _grant_to(member_id, slug, values, actor_id, at, seen)


def _grant_to(
    member_id: str, slug: str, values: dict[str, Any], actor_id: str, at: datetime, seen: int | None
) -> int:
    """Keeps a measure for one member and applies it to the attempt that runs, under the member's lock."""
    ledger.lock(member_id)
    number = _keep_grant(member_id, slug, values, actor_id, at, seen)
    for row in db.session.execute(_OPEN, {"member_id": member_id}).all():
        if row.quiz == slug:
            locked(member_id, row.id, at)
    return number


def _keep_grant(
    member_id: str, slug: str, values: dict[str, Any], actor_id: str, at: datetime, seen: int | None
) -> int:
    before = db.session.execute(
        select(_grant.c.kind)
        .where(_grant.c.member_id == member_id, _grant.c.quiz == slug)
        .order_by(_grant.c.number)
    ).all()
    _check_pause(values["kind"], [one.kind for one in before])
    number = len(before) + 1
    stamp = {"member_id": member_id, "quiz": slug, "number": number, "set_by": actor_id, "set_at": at}
    _insert(_grant, {**values, **stamp, "reason": values["reason"].strip()}, seen)
    audit.write(
        f"quiz-{values['kind']}", member_id=member_id, actor_id=actor_id, at=at, subject=f"quiz/{slug}"
    )
    return number


def reopen(
    member_id: str,
    attempt_id: str,
    *,
    minutes: int | None,
    reason: str,
    actor_id: str,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Opens an attempt that is over again, for so many minutes from now whatever the closing time was, None
    for one without a limit. Its entry is voided; what was answered stays. Raises NotFound, Invalid, Conflict
    when the attempt still runs, or another one of the quiz does."""
    found = locked(member_id, attempt_id, at)
    _check("reopen", minutes, reason)
    if found.open and found.clock.overdue(at):
        grading.end(found, at)
        found = queries.locked(member_id, attempt_id)
    _check_reopening(found, minutes)
    values = {"kind": "reopen", "attempt_id": attempt_id, "minutes": minutes, "reason": reason}
    number = _keep_grant(member_id, found.quiz, values, actor_id, at, seen)
    there = known(member_id, found.quiz)
    run = run_of(found, there.moves)
    note = ledger.note(member_id, reason.strip())
    grading.reopen(found, run.clock.deadline_at, trace=new_id(), actor_id=actor_id, at=at, note=note)
    record(found, next(move for move in there.moves if move.id == f"one-{number}"), note, at)
    settle(found, run, there.count, at)


def _check_reopening(found: Frozen, minutes: int | None) -> None:
    if found.practice:
        raise Invalid("practice", N_("This was practice. It can simply be done again."))
    if any(one.open and not one.practice for one in queries.attempts(found.member_id, found.quiz)):
        raise Conflict("still-open", N_("An attempt at this quiz is still running."))
    # An attempt that nothing ends would keep the keys from nobody, though the quiz is not over for all.
    timed = found.deadline_at or catalogue.quiz_version(found.quiz_version).minutes
    if minutes is None and timed is not None:
        raise Invalid("minutes", _MINUTES, most=MOST_MINUTES)


# Standing extra time ------------------------------------------------------------------------------------


def allow(member_id: str, percent: int, *, actor_id: str, at: datetime) -> None:
    """Gives a member so much of every limit, now and in future: 125 is a quarter more, 100 ends it. Running
    attempts have it at once, and are never made shorter. Why is not asked. Raises Invalid."""
    if percent not in ALLOWANCES:
        raise Invalid("percent", N_("This extra time cannot be chosen."))
    ledger.lock(member_id)
    row = {"member_id": member_id, "percent": percent, "set_by": actor_id, "set_at": at}
    db.session.execute(upsert(_allowance, dialect_name()), row)
    for one in db.session.execute(_OPEN, {"member_id": member_id}).all():
        found = locked(member_id, one.id, at)
        if found.limit_percent < percent and not found.clock.overdue(at):
            there = known(member_id, found.quiz)
            settle(found, run_of(found, there.moves, percent), there.count, at, percent)
    audit.write("quiz-allowance", member_id=member_id, actor_id=actor_id, at=at, percent=percent)


def allowance(member_id: str) -> int:
    """The member's standing share of every limit in percent, 100 for none."""
    row = db.session.execute(
        select(_allowance.c.percent).where(_allowance.c.member_id == member_id)
    ).one_or_none()
    return 100 if row is None else int(row.percent)


# Checking -----------------------------------------------------------------------------------------------

_MINUTES = N_("Give a number of minutes from 1 to %(most)s.")


def _check(kind: Kind, minutes: int | None, reason: str) -> None:
    needed = kind == "extend" or minutes is not None
    if needed and kind not in ("pause", "resume") and not 1 <= (minutes or 0) <= MOST_MINUTES:
        raise Invalid("minutes", _MINUTES, most=MOST_MINUTES)
    if kind != "resume" and not reason.strip():
        raise Invalid("reason", N_("Please give the reason; those concerned will read it."))
    if len(reason.strip()) > MOST_REASON:
        raise Invalid("reason", N_("The reason is too long: at most %(most)s characters."), most=MOST_REASON)


def _check_pause(kind: str, before: Sequence[str]) -> None:
    """A pause begins where none is in force, and only what is paused goes on."""
    last = next((one for one in reversed(before) if one in ("pause", "resume")), "resume")
    if kind == "pause" and last == "pause":
        raise Conflict("paused-already", N_("It is paused already."))
    if kind == "resume" and last == "resume":
        raise Conflict("not-paused", N_("Nothing is paused here."))


def _insert(table: Table, row: dict[str, Any], seen: int | None) -> None:
    """Keeps a measure under the number after the last one seen, or raises Conflict."""
    dialect = postgresql if dialect_name() == "postgresql" else sqlite
    meanwhile = seen is not None and row["number"] != seen + 1
    keep = dialect.insert(table).on_conflict_do_nothing().returning(table.c.number)
    if meanwhile or db.session.execute(keep, row).one_or_none() is None:
        raise Conflict("meanwhile", N_("Something was set here meanwhile. Please look at it first."))
