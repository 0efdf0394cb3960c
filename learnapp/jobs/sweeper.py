"""The sweeper: closes what the clock has ended, and catches the readers up. It runs inside `serve`.

It carries no facts. All its work is found in committed rows, so it may be killed at any moment, and two
sweepers do no harm beside each other: every step is taken under a lock and changes nothing the second time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask

from learnapp import clock, coverage, follow, quiz
from learnapp.config import Config
from learnapp.db import db, reading, transaction
from learnapp.jobs import assessing, leaving, persons, regrading, sealing, trying

LIMIT = 500
QUIET = timedelta(minutes=1)
MEASURE = timedelta(minutes=10)
_LOOKED = "learnapp-facilities-looked-for"
_log = structlog.get_logger()


@dataclass(frozen=True)
class Swept:
    """What one run did."""

    closed: int
    followed: int
    counted: int
    measured: int = 0
    corrected: int = 0
    sealed: int = 0
    spread: int = 0
    forgotten: int = 0
    persons: int = 0
    assessed: int = 0
    tried: int = 0


def run_once(app: Flask, at: datetime) -> Swept:
    """Brings measures into the attempts that lack them, closes attempts whose time is up, goes on with corrected
    keys, folds members who are behind, and takes waiting deltas into the counts of every unit; now and then
    measures how hard questions are; once a day seals the ledger; forgets page leaves when their time has come.
    What fails for one member is logged and stops nothing else."""
    settings: Config = app.extensions["learnapp"]
    with app.app_context(), reading():
        try:
            return Swept(
                spread=_tried("spread", lambda: _spread(at)),
                closed=_tried("close", lambda: _close(at)),
                corrected=_tried("correct", lambda: regrading.go_on(at)),
                followed=_tried("follow", lambda: follow.sweep(at, settings.zone, LIMIT)),
                counted=_tried("count", lambda: _count(at)),
                measured=_tried("measure", lambda: _measure(app, at)),
                sealed=_tried("seal", lambda: sealing.seal_daily(app, at)),
                assessed=_tried("assess", lambda: assessing.go_on(at, settings.zone, LIMIT)),
                forgotten=_tried("forget", lambda: leaving.forget(at, settings.zone, LIMIT)),
                tried=_tried("try", lambda: trying.start(app, at)),
                persons=_tried("persons", lambda: persons.go_on(app, at, LIMIT)),
            )
        finally:
            db.session.remove()


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Runs every `sweep_seconds` until told to stop; a run that fails is logged and tried again."""
    settings: Config = app.extensions["learnapp"]
    while not stop.wait(settings.sweep_seconds):
        try:
            run_once(app, clock.now())
        except Exception:
            _log.exception("sweep failed")


def _tried(step: str, work: Callable[[], int]) -> int:
    """What the step did; 0 when it failed, so that the next step is still taken."""
    try:
        return work()
    except Exception:
        _log.exception("sweep step failed", step=step)
        db.session.rollback()
        return 0


def _spread(at: datetime) -> int:
    """Finishes what the door of an extension or a pause left: it was killed, or there were too many attempts to
    wait for. Whoever closes one afterwards would find the measure as well; this is for those whom nobody asks."""
    found = quiz.measures.pending(LIMIT)
    db.session.rollback()
    return sum(quiz.measures.spread(slug, number, at=at, limit=LIMIT) for slug, number in found)


def _close(at: datetime) -> int:
    """Ends attempts that the clock has ended, each in a transaction of its own."""
    found = list(quiz.expired(at, LIMIT))
    db.session.rollback()
    return sum(_closed(member_id, attempt_id, at) for member_id, attempt_id in found)


def _closed(member_id: str, attempt_id: str, at: datetime) -> bool:
    try:
        with transaction():
            return quiz.close(member_id, attempt_id, at=at)
    except Exception:
        _log.exception("attempt not closed", member=member_id, attempt=attempt_id)
        return False


def _count(at: datetime) -> int:
    """Rolls up when a delta waits, and else once a minute, so that pages can say as of when they are right."""
    due, last = coverage.waiting(), coverage.as_of()
    db.session.rollback()
    if not due and last is not None and at - last < QUIET:
        return 0
    with transaction():
        return coverage.roll_up(at)


def _measure(app: Flask, at: datetime) -> int:
    """Makes the tables of facilities that are due. Looking for them reads through all attempts, so it is done
    once in ten minutes of this process; that it was done is no fact, only a saving."""
    last: datetime | None = app.extensions.get(_LOOKED)
    if last is not None and at - last < MEASURE:
        return 0
    app.extensions[_LOOKED] = at
    found = quiz.facilities_due()
    db.session.rollback()
    for slug, attempts in found:
        version, facility = quiz.measure_facility(slug)
        db.session.rollback()
        with transaction():
            quiz.keep_facility(version, facility, attempts, at=at)
    return len(found)
