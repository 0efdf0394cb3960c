"""Whoever finds a measure or an end, and whenever: one deadline, one end, one result.

A script is what people do and set, each at its own moment. It is played several times, with measures written
into the attempt at once or only when somebody touches it, and with the end found by a request, by the sweeper or
by a journal that comes days later. First on the rules alone, then on the services and both engines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learnapp import branches, ledger, quiz
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict
from learnapp.quiz import NewAct, Tap, measures, timing
from learnapp.quiz.timing import GRACE, SETTLE, Begun, Clock, Move, Terms, Window
from tests.conftest import AT, ZONE
from tests.examples import many
from tests.quiz.quizzes import RIGHT, publish

BOSS = "b" * 32
PHONE = "phone00000001"
NEW = 99
SECOND = timedelta(seconds=1)
AGES = AT + timedelta(days=9)
Finder = Literal["request", "sweeper", "journal"]

# slug: (minutes, closing time in minutes after the first moment)
QUIZZES: dict[str, tuple[int | None, int | None]] = {
    "limit": (10, None),
    "limit-and-end": (10, 15),
    "end": (None, 15),
    "neither": (None, None),
}


@dataclass(frozen=True)
class Step:
    """One thing that happens, so many seconds after the first moment. `all` and `one` set a measure."""

    at: int
    what: Literal["start", "act", "submit", "all", "one", "allow", "override", "reopen", "look"]
    kind: Literal["extend", "pause", "resume"] = "extend"
    number: int = 0
    minutes: int = 1

    @property
    def moment(self) -> datetime:
        """Its instant."""
        return AT + self.at * SECOND


@dataclass(frozen=True)
class Outcome:
    """What is left in the end; None for a start that was refused."""

    started: bool
    deadline_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    accepted: tuple[int, ...] = ()
    earned: int | None = None
    measured: tuple[str, ...] = ()
    ends: int = 0


class House(Protocol):
    """Where a script is played. Every step says whether measures for all are written down at once."""

    def step(self, step: Step, eager: bool) -> None: ...
    def finish(self, finder: Finder) -> None: ...
    def outcome(self) -> Outcome: ...


def play(house: House, script: Sequence[Step], finder: Finder, eager: bool) -> Outcome:
    """Plays the script in the order of its times; looks in between belong to those who look."""
    for step in script:
        if step.what != "look" or eager:
            house.step(step, eager)
    house.finish(finder)
    return house.outcome()


# The rules alone ----------------------------------------------------------------------------------------


@dataclass
class Rules:
    """A house of rules only: a stored clock, and a list of measures that it may lack."""

    slug: str
    moves: list[Move] = field(default_factory=list)
    stored: Clock | None = None
    known: int = 0
    percent: int = 100
    allowed: bool = False
    started_at: datetime = AT
    ended: tuple[str, datetime] | None = None
    taps: list[Tap] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    ends: int = 0

    @property
    def begun(self) -> Begun:
        minutes, closes = QUIZZES[self.slug]
        end = None if closes is None else AT + timedelta(minutes=closes)
        return Begun("it", self.started_at, minutes, self.percent, end)

    def step(self, step: Step, eager: bool) -> None:
        at = step.moment
        if step.what == "start":
            self._start(at)
        elif step.what in ("all", "one"):
            self._set(step, eager)
        elif step.what == "override":
            self._add(Move("one", 0, "override", at, minutes=step.minutes, closes_at=at + 9 * SECOND))
            self._catch_up()
        elif step.what == "allow":
            self._catch_up()
            self.allowed = True
            if self.stored and not self.ended and not self.stored.overdue(at):
                self.percent, self.known = 200, -1
                self._catch_up()
        elif step.what == "reopen":
            self._close(at)
            if self.stored and self.ended:
                self._add(Move("one", 0, "reopen", at, minutes=step.minutes, attempt_id="it"))
                self.ended = None
                self.known = -1
                self._catch_up()
        elif self.stored is not None:
            self._act(step)

    def _start(self, at: datetime) -> None:
        begun = self.begun
        found = timing.terms(Terms(Window(closes=begun.closes_at), begun.minutes), self.moves)
        if timing.may_start(found, used=0, last_ended_at=None, wait_minutes=0, at=at).may:
            self.started_at = at
            self.percent = 200 if self.allowed else 100
            self.known = -1
            self.stored = Clock()
            self._catch_up()

    def _set(self, step: Step, eager: bool) -> None:
        source: timing.Source = "all" if step.what == "all" else "one"
        mine = [one.kind for one in self.moves if one.source == source and one.kind in ("pause", "resume")]
        last = mine[-1] if mine else "resume"
        if step.kind != "extend" and step.kind == last:
            return
        unit = "u" if source == "all" else ""
        self._add(Move(source, 0, step.kind, step.moment, unit=unit, minutes=step.minutes))
        if eager or source == "one":
            self._catch_up()

    def _add(self, move: Move) -> None:
        number = sum(one.source == move.source for one in self.moves) + 1
        self.moves.append(replace(move, number=number))

    def _catch_up(self) -> None:
        if self.stored is None or self.ended or self.known == len(self.moves):
            return
        found = timing.run(self.begun, self.moves)
        self.stored, self.known = found.clock, len(self.moves)
        self.recorded += [one.id for one in found.touched if one.id not in self.recorded]

    def _close(self, at: datetime) -> None:
        self._catch_up()
        if self.stored and not self.ended and self.stored.overdue(at):
            self._end(at)

    def _end(self, at: datetime) -> None:
        assert self.stored is not None
        self.ended, self.ends = self.stored.ending(at), self.ends + 1

    def _act(self, step: Step) -> None:
        at = step.moment
        self._close(at)
        if step.what == "act" and not any(tap.number == step.number for tap in self.taps):
            counts = self.ended is None
            self.taps.append(Tap(PHONE, step.number, "q", '"x"', 0, 0, at, counts))
        elif step.what == "submit" and not self.ended:
            self._end(at)

    def finish(self, finder: Finder) -> None:
        self._close(AGES)

    def outcome(self) -> Outcome:
        if self.stored is None:
            return Outcome(False)
        return Outcome(
            True,
            self.stored.deadline_at,
            *(self.ended or (None, None)),
            tuple(sorted(tap.number for tap in self.taps if tap.accepted)),
            None,
            tuple(next(one.kind for one in self.moves if one.id == name) for name in self.recorded),
            self.ends,
        )


# Scripts ------------------------------------------------------------------------------------------------


@st.composite
def scripts(draw: st.DrawFn) -> list[Step]:
    """Anything that may happen to one attempt, in the order of its times. Acts are numbered by their order."""
    end = 10 * 60
    near = st.integers(0, 1500) | st.sampled_from([end - 1, end, end + 4, end + 5, end + 6, 905, 906])
    kinds = st.sampled_from(["extend", "pause", "resume"])
    steps = [Step(draw(st.integers(0, 300)), "start")]
    for _ in range(draw(st.integers(0, 7))):
        what = draw(st.sampled_from(["all", "all", "one", "override", "allow", "reopen"]))
        steps.append(Step(draw(near), what, draw(kinds), minutes=draw(st.integers(1, 9))))
    steps += [Step(draw(near), "act", number=number) for number in range(1, draw(st.integers(0, 5)) + 1)]
    steps += [Step(draw(near), "look") for _ in range(draw(st.integers(0, 4)))]
    if draw(st.booleans()):
        steps.append(Step(draw(near), "submit"))
    return sorted(steps, key=lambda step: step.at)


SLUGS = st.sampled_from(sorted(QUIZZES))
WAYS: tuple[tuple[Finder, bool], ...] = (
    ("request", True),
    ("request", False),
    ("sweeper", True),
    ("sweeper", False),
    ("journal", False),
)


@settings(max_examples=many(2000), deadline=None)
@given(SLUGS, scripts())
def test_by_the_rules_it_does_not_matter_who_finds_it(slug: str, script: list[Step]) -> None:
    first, *others = (play(Rules(slug), script, finder, eager) for finder, eager in WAYS)
    for other in others:
        assert other == first
    if first.started and first.ended_by == "deadline":
        assert first.deadline_at == first.ended_at


# The services -------------------------------------------------------------------------------------------


class Services:
    """The same on the real thing: one member of one unit, whom nobody else's measures concern."""

    def __init__(self, slug: str) -> None:
        self.slug, self.attempt, self.asked = slug, "", ""
        with transaction():
            self.unit = branches.found("branch", "支部", parent_id=None, at=AT)
            self.member = new_id()
            since = (AT - timedelta(days=9)).date()
            branches.join(self.member, self.unit, member_class="full", valid_from=since, actor_id=BOSS, at=AT)

    def step(self, step: Step, eager: bool) -> None:
        try:
            with transaction():
                number = self._do(step)
            if number and eager:
                assert measures.spread(self.slug, number, at=step.moment)
        except Conflict:
            db.session.rollback()

    def _do(self, step: Step) -> int | None:
        at, told = step.moment, {"reason": "停电", "actor_id": BOSS, "at": step.moment}
        if step.what == "start":
            self.attempt = quiz.start(self.member, self.slug, at=at, zone=ZONE, seed="5" * 64).attempt_id
        elif step.what == "all":
            return measures.for_all(
                self.slug, self.unit, step.kind, minutes=self._minutes(step), zone=ZONE, **told
            )
        elif step.what == "one":
            measures.for_one(self.member, self.slug, step.kind, minutes=self._minutes(step), **told)
        elif step.what == "override":
            closes = at + 9 * SECOND
            measures.override(self.member, self.slug, minutes=step.minutes, closes_at=closes, **told)
        elif step.what == "allow":
            measures.allow(self.member, 200, actor_id=BOSS, at=at)
        elif self.attempt:
            self._on_attempt(step)
        return None

    def _minutes(self, step: Step) -> int:
        return step.minutes if step.kind == "extend" else 0

    def _on_attempt(self, step: Step) -> None:
        at = step.moment
        if step.what == "reopen":
            measures.reopen(
                self.member, self.attempt, minutes=step.minutes, reason="误交", actor_id=BOSS, at=at
            )
        elif step.what == "act":
            quiz.save(self.member, self.attempt, [self._act(step.number)], at=at, session=PHONE)
        elif step.what == "submit":
            quiz.submit(self.member, self.attempt, at=at)
        else:
            quiz.close(self.member, self.attempt, at=at)

    def _act(self, number: int) -> NewAct:
        sheets = quiz.attempt(self.member, self.attempt).sheets
        sheet = sheets[(number - 1) % len(sheets)]
        kind = sheet.question.rpartition("-")[0]
        return NewAct(PHONE, number, sheet.question, {"": RIGHT[kind]}, number, number)

    def finish(self, finder: Finder) -> None:
        if not self.attempt:
            return
        if finder == "sweeper":
            for slug, number in measures.pending(10_000):
                measures.spread(slug, number, at=AGES)
            found = [pair for pair in quiz.expired(AGES + GRACE + SETTLE, 10_000) if pair[0] == self.member]
            for member, attempt in found:
                with transaction():
                    quiz.close(member, attempt, at=AGES)
            return
        with transaction():
            if finder == "journal":
                sent = [tap.number for tap in quiz.taps(self.member, self.attempt)]
                acts = [self._act(number) for number in (*sent, NEW)]
                quiz.save(self.member, self.attempt, acts, at=AGES, session=PHONE)
            else:
                quiz.close(self.member, self.attempt, at=AGES)

    def outcome(self) -> Outcome:
        db.session.rollback()
        if not self.attempt:
            return Outcome(False)
        found = quiz.attempt(self.member, self.attempt)
        entries = ledger.entries_after(self.member, 0)
        taps = quiz.taps(self.member, self.attempt)
        assert [
            entry.data["attempt"] for entry in ledger.effective(entries) if entry.kind == "quiz-ended"
        ] == ([] if found.open else [self.attempt])
        return Outcome(
            True,
            found.deadline_at,
            found.ended_by,
            found.ended_at,
            # What the journal brings besides counts only where nothing has ended the attempt.
            tuple(
                sorted(tap.number for tap in taps if tap.accepted and not (found.open and tap.number == NEW))
            ),
            found.earned,
            tuple(entry.data["measure"] for entry in entries if entry.kind == "quiz-measured"),
            sum(entry.kind == "quiz-ended" for entry in entries),
        )


@pytest.fixture
def shelf(app: Flask, tmp_path: Path) -> None:
    """A quiz for each sort of clock. What arrives late does not count, so that all ways have one result."""
    for slug, (minutes, closes) in QUIZZES.items():
        end = "" if closes is None else f'closes = "2026-11-24T10:{30 + closes}"'
        publish(tmp_path, slug, minutes=minutes, attempts=1, extra=f'late_sync = "refuse"\n{end}')


@settings(max_examples=many(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SLUGS, scripts())
def test_on_the_services_it_does_not_matter_who_finds_it(shelf: None, slug: str, script: list[Step]) -> None:
    first, *others = (play(Services(slug), script, finder, eager) for finder, eager in WAYS)
    for other in others:
        assert other == first
    assert replace(first, earned=None) == play(Rules(slug), script, "request", eager=False)
