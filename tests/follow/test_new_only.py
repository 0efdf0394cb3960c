"""Folding what is new gives what rebuilding gives, to the last digit, whatever happened in between; and in the
ordinary course of things nothing else is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args
from unittest import mock

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from learnapp import branches, coverage, follow, ledger, plans, points
from learnapp.branches import Membership
from learnapp.branches.models import Exemption
from learnapp.db import db, new_id, transaction
from tests import acts, shelf
from tests.conftest import AT, ZONE
from tests.notices import streams

TODAY = date(2026, 11, 24)
BOSS = "b" * 32
SLUGS = ("duties", "visits")

# fmt: off
What = Literal[
    "begin", "module", "course", "passed", "failed", "void", "replace",
    "exempt", "expected", "class", "move", "plan", "period", "closed", "follow", "limp", "sweep",
]
# fmt: on


@dataclass(frozen=True)
class Step:
    """One thing that happens; `late` happened so many days before it is recorded."""

    what: What
    slug: str
    pick: int
    late: int


def _steps(*what: What) -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        what=st.sampled_from(what),
        slug=st.sampled_from(SLUGS),
        pick=st.integers(0, 7),
        late=st.sampled_from([0, 0, 0, 2, 40]),
    )


# Mostly acts that are folded at once, since whatever is unusual has the whole read anew.
STEPS = st.lists(
    st.one_of(
        *[_steps("module", "passed", "failed", "course", "begin")] * 3,
        *[_steps("follow")] * 4,
        _steps("limp", "move", "exempt", "expected"),
        _steps(*get_args(What)),
    ),
    min_size=6,
    max_size=20,
)


class _Undo(Exception):
    pass


class Person:
    """A member in a tree of their own, to whom one thing a day happens."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 4, tzinfo=UTC)
        self.member_id = new_id()
        with transaction():
            self.root = branches.found("committee", "县委", parent_id=None, at=self.at)
            self.homes = [
                branches.found("branch", f"支部{n}", parent_id=self.root, at=self.at) for n in range(2)
            ]
            self._join(0, date(2026, 2, 1))
            self._assign("duties", self.root)
            self._open(self.root, date(2026, 1, 1), date(2026, 3, 20))

    def step(self, step: Step) -> None:
        """The thing happens; the next day comes."""
        happened = self.at - timedelta(days=step.late)
        with transaction():
            self._happens(step, happened)
        if step.what == "sweep":
            follow.sweep(self.at, ZONE)
        if step.what == "follow":
            self.is_as_if_rebuilt()
        self.at += timedelta(days=5)

    def _happens(self, step: Step, happened: datetime) -> None:
        member_id, slug, pick = self.member_id, step.slug, step.pick
        things: dict[What, Callable[[], object]] = {
            "begin": lambda: acts.begin(member_id, slug, happened),
            "module": lambda: acts.module(
                member_id, slug, "abcdefgh"[pick], happened, 25 if pick == 7 else 50
            ),
            "course": lambda: acts.course(member_id, slug, happened),
            "passed": lambda: acts.quiz(member_id, f"{slug}-quiz", happened),
            "failed": lambda: acts.quiz(member_id, f"{slug}-quiz", happened, passed=False),
            "void": lambda: self._void(pick),
            "replace": lambda: self._replace(pick, slug),
            "exempt": lambda: self._exempt(told=pick > 3),
            "expected": self._no_longer_exempt,
            "class": self._change_class,
            "move": lambda: self._move(pick % 2),
            "plan": lambda: self._assign(slug, (self.root, *self.homes)[pick % 3]),
            "period": lambda: self._open(self.homes[pick % 2], date(2026, 3, 21), date(2026, 12, 31)),
            "closed": self._close,
            "follow": self._act_and_follow,
            "limp": lambda: self._limp(("points", "coverage", "notices")[pick % 3]),
        }
        things.get(step.what, lambda: None)()

    def follow(self) -> None:
        """Folds what is new."""
        follow.member(self.member_id, at=self.at, zone=ZONE)

    def _act_and_follow(self) -> None:
        """Something new, since following looks no further where nothing is; no plan and no rule speaks of it."""
        acts.begin(self.member_id, new_id(), self.at)
        self.follow()

    def _limp(self, reader: str) -> None:
        """One of the readers fails, so that the others are ahead of it."""
        with mock.patch(f"learnapp.{reader}.fold", side_effect=RuntimeError("a reader that fails")):
            self.follow()

    def _void(self, pick: int) -> None:
        entries = ledger.entries_after(self.member_id, 0)
        standing = ledger.effective(entries)
        if standing:
            seq = standing[pick % len(standing)].seq
            ledger.void(self.member_id, seq, reason="duplicate", actor_id=BOSS, at=self.at)

    def _replace(self, pick: int, slug: str) -> None:
        """A result is voided and another one takes its place under one trace."""
        entries = ledger.effective(ledger.entries_after(self.member_id, 0))
        ended = [entry for entry in entries if entry.kind == "quiz-ended"]
        if ended:
            old, trace = ended[pick % len(ended)], new_id()
            streams.void(self.member_id, old.seq, self.at, reason="regraded", trace=trace)
            passed, cause = not old.data["passed"], "regraded"
            streams.ended(
                self.member_id, self.at, slug=f"{slug}-quiz", passed=passed, cause=cause, trace=trace
            )

    def _join(self, home: int, since: date, member_class: str = "full") -> None:
        branches.join(
            self.member_id,
            self.homes[home],
            member_class=member_class,
            valid_from=since,
            actor_id=BOSS,
            at=self.at,
        )

    def _move(self, home: int) -> None:
        mine, today = Membership.member_id == self.member_id, self.at.date()
        db.session.execute(
            update(Membership).where(mine, Membership.valid_to.is_(None)).values(valid_to=today)
        )
        self._join(home, today)

    def _change_class(self) -> None:
        mine = Membership.member_id == self.member_id
        db.session.execute(update(Membership).where(mine).values(member_class="mobile"))
        follow.stale_member(self.member_id)

    def _exempt(self, *, told: bool) -> None:
        """`told` as the doors do it; the next act sees it in any case."""
        first = self.at.date()
        branches.exempt(
            self.member_id,
            valid_from=first,
            valid_to=first + timedelta(days=60),
            approved_by=BOSS,
            at=self.at,
        )
        if told:
            follow.stale_member(self.member_id)

    def _no_longer_exempt(self) -> None:
        """No door does this; the next act sees it all the same."""
        db.session.execute(delete(Exemption).where(Exemption.member_id == self.member_id))

    def _assign(self, slug: str, unit: str) -> None:
        today = self.at.date()
        plans.assign(
            unit,
            "计划",
            [("course", slug), ("quiz", f"{slug}-quiz")],
            classes=("full",),
            starts_on=today - timedelta(days=10),
            due_on=today + timedelta(days=40),
            actor_id=BOSS,
            at=self.at,
        )
        follow.stale([unit], today)

    def _open(self, unit: str, first: date, last: date) -> None:
        """The root's period is the spring; the branches may have one each for the rest of the year."""
        rule_set = points.adopt(points.shipped()["municipal-2026"], actor_id=BOSS, at=self.at)
        if not any(period.branch_id == unit for period in points.periods_for([unit])):
            points.open_period(unit, "年度", title_en="", rule_set=rule_set, starts_on=first, ends_on=last)
            follow.stale([unit], self.at.date())

    def _close(self) -> None:
        """The periods of the branches close; that of the root stays open."""
        mine = points.Period.branch_id.in_(self.homes)
        db.session.execute(update(points.Period).where(mine).values(state="closed"))

    def known(self) -> tuple[object, object]:
        """All that the readers have stored about the member."""
        return points.stored(self.member_id), coverage.known_rows(self.member_id)

    def is_as_if_rebuilt(self) -> None:
        """Rebuilds, compares with what was stored, and undoes it."""
        before = self.known()
        try:
            with transaction():
                for reader in ("points", "coverage"):
                    assert follow.rebuild(reader, self.member_id, at=self.at, zone=ZONE)
                assert self.known() == before
                raise _Undo
        except _Undo:
            pass


@pytest.fixture
def shelved(app: Flask) -> Flask:
    """An application with what the plans name."""
    with transaction():
        for slug in SLUGS:
            shelf.put("course", slug, AT)
            shelf.put("quiz", f"{slug}-quiz", AT)
    return app


@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_folding_what_is_new_is_rebuilding(shelved: Flask, steps: list[Step]) -> None:
    person = Person()
    for step in (*steps, Step("follow", "duties", 0, 0)):
        person.step(step)


def _script(words: str) -> list[Step]:
    """Steps from words such as `passed late=40 follow move=1`; at the end what is new is folded."""
    found: list[Step] = []
    for word in (*words.split(), "follow"):
        name, _, number = word.partition("=")
        if name == "late":
            found[-1] = replace(found[-1], late=int(number))
        else:
            found.append(Step(name, "duties", int(number or 0), 0))  # type: ignore[arg-type]  # a word of ours
    return found


@pytest.mark.parametrize(
    "words",
    [
        "passed follow passed late=40",  # what happened before takes the place of what was counted
        "module=1 module=2 follow module=3 late=2",  # so that one of three is too much for the month
        "module=1 module=2 follow module=1",  # which did pay, and pays once
        "period=1 passed follow move=1",  # another home, with a period of its own
        "period=0 passed follow move=1",  # and out of the one that was left
        "passed limp=0",  # points are behind
        "passed limp=1 module=1",  # coverage and notices are behind, points are ahead
        "passed follow exempt=7 follow expected",  # a state that was not to be seen in the row
        "failed follow void=0 passed follow replace=0",
        "passed follow plan=1 move=1 failed",
        "passed follow closed module=1",
    ],
)
def test_what_is_not_ordinary(shelved: Flask, words: str) -> None:
    person = Person()
    for step in _script(words):
        person.step(step)


@pytest.mark.parametrize("since", [2, 3, 4])
def test_a_reader_that_knows_less_than_the_part_leaves_out_reads_the_whole(
    shelved: Flask, since: int
) -> None:
    """Marks are looked at before the lock is there, so that the part may begin too late."""
    person = Person()
    for step in _script("module=1 follow passed module=2 late=2"):
        if step.what != "follow" or person.known() == ((), {}):
            person.step(step)
    with transaction():
        part = ledger.stream(person.member_id, since)
        assert part.since == since
        place = branches.place(person.member_id, person.at.date())
        points.fold(person.member_id, part, place, ZONE)
        coverage.fold(person.member_id, part, place, person.at)
    person.is_as_if_rebuilt()


@pytest.mark.parametrize("what", ["begin", "module", "course", "passed", "failed"])
def test_an_ordinary_act_needs_nothing_but_itself(
    shelved: Flask, monkeypatch: pytest.MonkeyPatch, what: What
) -> None:
    person = Person()
    for number in range(20):
        person.step(Step(("module", "failed", "passed", "course")[number % 4], "duties", number % 8, 0))
    person.step(Step("follow", "duties", 0, 0))
    before = person.known()
    read: list[ledger.Entry] = []
    real = ledger.queries.entries_after

    def counted(member_id: str, seq: int) -> list[ledger.Entry]:
        found = real(member_id, seq)
        read.extend(found)
        return found

    monkeypatch.setattr("learnapp.ledger.queries.entries_after", counted)
    person.step(Step(what, "visits", 3, 0))
    with transaction():
        person.follow()
    assert len(read) == 1
    assert person.known() != before


@pytest.mark.parametrize("what", ["void", "replace"])
def test_a_voiding_reads_the_whole(shelved: Flask, monkeypatch: pytest.MonkeyPatch, what: What) -> None:
    person = Person()
    for kind in ("module", "failed", "passed"):
        person.step(Step(kind, "duties", 1, 0))
    person.step(Step("follow", "duties", 0, 0))
    person.step(Step(what, "duties", 1, 0))
    found = ledger.stream(person.member_id, 3)
    assert found.since == 0 and len(found.entries) == found.seq > 3
