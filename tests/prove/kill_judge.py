"""Compares what clients were told with what the database holds, and what it holds with itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from learnapp import clock, follow, ledger, questions, quiz
from learnapp.db import db, table_of, transaction
from learnapp.jobs import regrading
from learnapp.quiz import grading, lateness, measures, regrade
from learnapp.quiz.models import Attempt, Measure
from learnapp.quiz.rules import SECTION, Tap, acts_digest, canonical
from tests.conftest import ZONE
from tests.prove.folded import points_of_all
from tests.prove.kill_clients import COUNTING, Acknowledged, Client
from tests.prove.kill_place import Town

_measure, _attempt = table_of(Measure), table_of(Attempt)


# One client ---------------------------------------------------------------------------------------------


def compare(client: Client) -> list[str]:
    """What this client was told since the last time, and the database does not hold."""
    memory = client.memory
    touched, memory.touched = memory.touched, set()
    lost = _measures(client)
    if not touched:
        return lost
    known = {found.id: found for found in quiz.attempts(client.member)}
    entries = ledger.effective(ledger.entries_after(client.member, 0))
    ends = {entry.data["attempt"]: entry for entry in entries if entry.kind == "quiz-ended"}
    for attempt in touched:
        if attempt not in known:
            lost.append(f"attempt {attempt}")
            continue
        found, taps = quiz.attempt(client.member, attempt), quiz.taps(client.member, attempt)
        lost += _acts(found, taps, dict(memory.acts[attempt]))
        if attempt in memory.handed_in and found.open:
            lost.append(f"hand-in {attempt}")
        if not found.open and (attempt not in ends or ends[attempt].data["acts_digest"] != acts_digest(taps)):
            lost.append(f"digest {attempt}")
    return lost


def _measures(client: Client) -> list[str]:
    given = client.memory.measures.copy()
    if not given:
        return []
    kept = list(db.session.scalars(select(_measure.c.reason).where(_measure.c.set_by == client.member)))
    return [f"measure {reason} {kept.count(reason)} times" for reason in given if kept.count(reason) != 1]


def _acts(found: quiz.Frozen, taps: list[Tap], acts: dict[tuple[str, int], Acknowledged]) -> list[str]:
    bank, orders = quiz.bank(found.quiz_version), {sheet.question: sheet.order for sheet in found.sheets}
    kept = {(tap.session, tap.number): tap for tap in taps}
    lost = []
    for key, act in acts.items():
        tap = kept.get(key)
        answer = "true" if act.question.startswith(SECTION) else ""
        answer = answer or canonical(questions.read(bank[act.question], orders[act.question], act.answer))
        if tap is None or (tap.question, tap.answer) != (act.question, answer):
            lost.append(f"act {key} of {found.id}, {act.code}")
        elif act.code in COUNTING and not (tap.accepted and tap.late == (act.code != "saved")):
            lost.append(f"act {key} of {found.id} does not count, {act.code}")
    return lost


# Everything ---------------------------------------------------------------------------------------------


@dataclass
class Compared:
    """What was found wrong, and how much there was to compare."""

    faults: list[str] = field(default_factory=list)
    lines: int = 0
    by_clock: int = 0


def settle(town: Town) -> None:
    """Does once what the sweeper does every few seconds: spreads, closes, corrects, follows."""
    at = clock.now()
    for slug, number in measures.pending(10_000):
        measures.spread(slug, number, at=at)
    for member, attempt in quiz.expired(at, 10_000):
        with transaction():
            quiz.close(member, attempt, at=at)
    db.session.rollback()
    while regrading.go_on(at, 1000):
        db.session.rollback()
    while follow.sweep(at, ZONE):
        db.session.rollback()


def compare_all(town: Town) -> Compared:
    """Grades every attempt anew from its acts, and folds all points anew."""
    found = Compared()
    db.session.rollback()
    rows = db.session.execute(select(_attempt.c.member_id, _attempt.c.id, _attempt.c.state)).all()
    for member, attempt, state in rows:
        if state == "ended":
            _graded(quiz.attempt(member, attempt), found)
    if town.versions and (regrade.undone() or regrade.dry_run(town.first.hash, town.key).changed):
        found.faults.append("a corrected key was not carried through")
    before = points_of_all()
    found.lines = len(before[0])
    db.session.rollback()
    for member in sorted({row.member_id for row in rows}):
        with transaction():
            follow.rebuild("points", member, at=clock.now(), zone=ZONE)
    if points_of_all() != before:
        found.faults.append("points rebuilt differ")
    return found


def _graded(attempt: quiz.Frozen, found: Compared) -> None:
    taps = quiz.taps(attempt.member_id, attempt.id)
    now = grading.graded(attempt, taps)
    found.by_clock += attempt.ended_by == "deadline"
    if (attempt.earned, attempt.possible, attempt.passed) != (
        now.result.earned,
        now.result.possible,
        now.passed,
    ):
        found.faults.append(f"result {attempt.id}")
    entries = ledger.effective(ledger.entries_after(attempt.member_id, 0))
    said = [
        entry.data for entry in entries if entry.data.get("attempt") == attempt.id and "earned" in entry.data
    ]
    if [(one["earned"], one["passed"], one["acts_digest"]) for one in said] != [
        (attempt.earned, attempt.passed, acts_digest(taps))
    ]:
        found.faults.append(f"entries {attempt.id}")
    states = {one.state for one in lateness.deliveries(attempt.member_id, attempt.id)}
    if bool(states) != (attempt.late_state is not None):
        found.faults.append(f"late flag {attempt.id}")
