"""What `test_clock_properties` leaves: sections that lock, answers that come late under every policy, the wait
between attempts, and half as much time again. Whoever finds an end, and whenever, the outcome is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learnapp import branches, catalogue, ledger, quiz
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict
from learnapp.media import Store
from learnapp.quiz import GRACE, NewAct, lateness, measures
from learnapp.quiz.timing import MILLISECOND
from tests.conftest import AT, ZONE
from tests.examples import many
from tests.quiz import quizzes, sectioned

BOSS = "b" * 32
PHONE, TABLET = "phone00000001", "tablet0000001"
SECOND = timedelta(seconds=1)
END = AT + timedelta(minutes=15)
AGES = AT + timedelta(days=9)
POLICIES = ("accept", "ask", "refuse")
Finder = Literal["nobody", "request", "sweeper", "journal"]
FINDERS: tuple[Finder, ...] = ("nobody", "request", "sweeper", "journal")
SHELF = settings(
    max_examples=many(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def shelve(folder: Path, slug: str, text: str) -> None:
    """Publishes a quiz from its TOML text."""
    reading = catalogue.read_files("quiz", slug, {f"{slug}.toml": text.encode()})
    assert reading.definition is not None and not reading.problems, reading.problems
    with transaction():
        catalogue.publish(reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media"))


def somebody() -> str:
    """A member at home in a branch of their own."""
    with transaction():
        unit, member = branches.found("branch", "支部", parent_id=None, at=AT), new_id()
        since = (AT - timedelta(days=9)).date()
        branches.join(member, unit, member_class="full", valid_from=since, actor_id=BOSS, at=AT)
    return member


def find(finder: Finder, member: str, at: datetime) -> None:
    """Whoever looks at this moment, if anybody does: ends what the clock has ended."""
    if finder == "request":
        found = [(one.member_id, one.id) for one in quiz.attempts(member) if one.open]
    elif finder == "sweeper":
        found = [pair for pair in quiz.expired(at, 10_000) if pair[0] == member]
    else:
        return
    for member_id, attempt in found:
        with transaction():
            quiz.close(member_id, attempt, at=at)


# Sections and late answers ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tap:
    """An answer, or the door of the second section; made and arriving so many seconds after the start."""

    session: str
    number: int
    question: str
    value: str
    made: int
    arrives: int

    @property
    def act(self) -> NewAct:
        """As an honest phone sends it whose page was opened at the start."""
        answer = {"": [self.value]} if self.value else {}
        return NewAct(self.session, self.number, self.question, answer, self.made * 1000, self.made * 1000)


@st.composite
def journals(draw: st.DrawFn) -> list[Tap]:
    """What two phones send in some order, a part of it twice, at once or hours later, sleeping or not."""
    second = st.integers(0, 1000) | st.integers(890, 912)
    delay = st.sampled_from([0, 0, 0, 1]) | st.integers(0, 40) | st.integers(0, 2 * 3600)
    made = []
    for number in range(1, draw(st.integers(1, 9)) + 1):
        session = draw(st.sampled_from([PHONE, PHONE, TABLET]))
        question = draw(
            st.sampled_from(["basics-1", "basics-2", "practice-1", "practice-2", "section:practice"])
        )
        value = "" if question.startswith("section:") else draw(st.sampled_from("ab"))
        when = draw(second)
        one = Tap(session, draw(st.integers(1, number)), question, value, when, when + draw(delay))
        if not any((one.session, one.number) == (other.session, other.number) for other in made):
            made.append(one)
    again = [
        Tap(one.session, one.number, one.question, one.value, one.made, one.arrives + draw(delay))
        for one in made
        if draw(st.integers(0, 3)) == 0
    ]
    return sorted([*made, *again], key=lambda one: (one.arrives, one.session, one.number))


def deliver(policy: str, taps: Sequence[Tap], finder: Finder) -> Any:
    """One attempt under a policy, with somebody looking now and then; everything that is left of it."""
    member = somebody()
    with transaction():
        attempt = quiz.start(member, policy, at=AT, zone=ZONE, seed="5" * 64).attempt_id
    told = []
    for arrives, some in groupby([*taps, None], key=lambda one: one.arrives if one else 10**6):
        at = AT + arrives * SECOND
        for moment in (END, END + GRACE + MILLISECOND, END + 26 * SECOND, at):
            if moment <= at:
                find(finder, member, moment)
        batch = [one.act for one in some if one is not None]
        with transaction():
            saved = quiz.save(member, attempt, batch, at=at, session=PHONE)
        told.append([(one.session, one.number, one.code) for one in saved.outcomes])
    return told, left(member, attempt)


def left(member: str, attempt: str) -> Any:
    """The attempt, its acts, what waits, and the entries that count; then again when a person accepted."""
    stages = []
    for _ in range(2):
        db.session.rollback()
        found, entries = quiz.attempt(member, attempt), ledger.entries_after(member, 0)
        stages.append(
            (
                (found.ended_by, found.ended_at, found.earned, found.passed, found.late_state),
                sorted((t.session, t.number, t.accepted, t.late) for t in quiz.taps(member, attempt)),
                [
                    (one.state, sorted((a.session, a.number, a.verdict, a.why) for a in one.evidence.acts))
                    for one in lateness.deliveries(member, attempt)
                ],
                [
                    (e.kind, e.occurred_at, e.data["earned"], e.data["acts_digest"])
                    for e in ledger.effective(entries)
                ],
                [e.kind for e in entries],
            )
        )
        for one in lateness.deliveries(member, attempt):
            if one.state == "waiting":
                with transaction():
                    lateness.decide(
                        member, attempt, one.number, "accept", reason="属实", actor_id=BOSS, at=AGES
                    )
    return stages


@pytest.fixture
def policies(app: Flask, tmp_path: Path) -> None:
    """A quiz of two sections for every policy, which holds for an hour."""
    for policy in POLICIES:
        head = f'late_sync = "{policy}"\nlate_hours = 1\n'
        shelve(tmp_path, policy, head + sectioned.source().replace('"two-parts"', f'"{policy}"'))


@SHELF
@given(st.sampled_from(POLICIES), journals())
def test_sections_and_late_answers_under_every_policy(policies: None, policy: str, taps: list[Tap]) -> None:
    first, *others = (deliver(policy, taps, finder) for finder in FINDERS[:3])
    for other in others:
        assert other == first


# One attempt after the other ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """What somebody does so many seconds after the first moment."""

    at: int
    what: Literal["start", "longer", "submit", "extend", "pause", "resume", "window", "more", "allow"]
    minutes: int


@st.composite
def evenings(draw: st.DrawFn) -> list[Step]:
    """Starts again and again, with an end now and then, and what others set between."""
    second = st.integers(0, 4000) | st.sampled_from([900, 905, 906, 1350, 1355, 1500, 1505, 1506, 1950])
    others = ["submit", "extend", "pause", "resume", "window", "more", "allow"]
    kinds = st.sampled_from(["start", "start", "start", "longer", "longer", *others])
    steps = [
        Step(draw(second), draw(kinds), draw(st.integers(1, 9))) for _ in range(draw(st.integers(2, 10)))
    ]
    return sorted([Step(0, draw(st.sampled_from(["start", "longer"])), 1), *steps], key=lambda one: one.at)


class Evening:
    """A member whose attempts end by the clock, and whoever finds that."""

    def __init__(self, slug: str, finder: Finder) -> None:
        self.slug, self.finder, self.member = slug, finder, somebody()
        self.said: list[tuple[int, str]] = []

    def play(self, steps: Sequence[Step]) -> Any:
        """What was answered, and the attempts in the end, once the last one is found too."""
        for step in steps:
            self._look(AT + step.at * SECOND)
            with refused_or_done(self.said, step.at):
                self._do(step, AT + step.at * SECOND)
        for at in (AGES - timedelta(days=1), AGES):
            find("request" if self.finder == "nobody" else self.finder, self.member, at)
            self._look(at)
        db.session.rollback()
        attempts = [
            (one.number, one.started_at, one.deadline_at, one.ended_by, one.ended_at, one.limit_percent)
            for one in quiz.attempts(self.member)
        ]
        entries = [(e.kind, e.occurred_at) for e in ledger.entries_after(self.member, 0)]
        return self.said, attempts, sorted(entries)

    def _look(self, at: datetime) -> None:
        find(self.finder, self.member, at)
        if self.finder == "journal":
            for one in quiz.attempts(self.member):
                if one.open and one.clock.overdue(at):
                    question = quiz.attempt(self.member, one.id).sheets[0].question
                    with transaction():
                        quiz.save(self.member, one.id, [NewAct(PHONE, 1, question, {}, 1, 1)], at=at)

    def _do(self, step: Step, at: datetime) -> None:
        told: dict[str, Any] = {"reason": "停电", "actor_id": BOSS, "at": at}
        running = [one.id for one in quiz.attempts(self.member) if one.open]
        if step.what in ("start", "longer"):
            done = quiz.start(
                self.member, self.slug, at=at, zone=ZONE, longer=step.what == "longer", seed="5" * 64
            )
            self.said.append((step.at, "created" if done.created else "running"))
        elif step.what == "submit" and running:
            quiz.submit(self.member, running[-1], at=at)
        elif step.what in ("extend", "pause", "resume"):
            minutes = step.minutes if step.what == "extend" else 0
            measures.for_one(self.member, self.slug, step.what, minutes=minutes, **told)  # type: ignore[arg-type]
        elif step.what == "window":
            opens = at + timedelta(minutes=step.minutes)
            later = opens + timedelta(minutes=20)
            measures.override(self.member, self.slug, opens_at=opens, closes_at=later, **told)
        elif step.what == "more":
            measures.override(self.member, self.slug, attempts=1, **told)
        elif step.what == "allow":
            measures.allow(self.member, 125 + 25 * (step.minutes % 2), actor_id=BOSS, at=at)


@contextmanager
def refused_or_done(said: list[tuple[int, str]], at: int) -> Iterator[None]:
    """One transaction; a refusal is written down and no error."""
    try:
        with transaction():
            yield
    except Conflict as refused:
        said.append((at, refused.code))


@pytest.fixture
def evening_quizzes(app: Flask, tmp_path: Path) -> Iterator[None]:
    """One with a wait and a closing time, one where neither is."""
    waits = 'wait_minutes = 10\nlate_sync = "refuse"\ncloses = "2026-11-24T11:25"'
    quizzes.publish(tmp_path, "waits", attempts=3, extra=waits)
    quizzes.publish(tmp_path, "goes-on", attempts=None, extra='late_sync = "refuse"')
    yield


@SHELF
@given(st.sampled_from(["waits", "goes-on"]), evenings())
def test_waits_and_starts_do_not_depend_on_who_found_the_end(
    evening_quizzes: None, slug: str, steps: list[Step]
) -> None:
    first, *others = (Evening(slug, finder).play(steps) for finder in FINDERS)
    for other in others:
        assert other == first
    for _, started_at, deadline_at, ended_by, ended_at, percent in first[1]:
        assert percent in (100, 125, 150) and deadline_at is not None
        assert ended_by in ("member", None) or ended_at == deadline_at  # None: paused in the end
        if slug == "goes-on" and not any(
            step.what in ("extend", "pause", "window", "allow") for step in steps
        ):
            assert deadline_at - started_at == timedelta(minutes=15) * percent / 100
