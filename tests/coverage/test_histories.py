"""Random histories: a parent is the sum of its children, and what was counted step by step is what a recount
from ledger, memberships and plans finds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from learnapp import branches, coverage, follow, ledger, plans
from learnapp.branches import Membership
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict
from tests import acts, shelf

ZONE = "Asia/Shanghai"
START = datetime(2026, 6, 1, 4, tzinfo=UTC)
COURSES = ("duties", "visits")
QUIZZES = ("duties-quiz", "visits-quiz")


class History:
    """A tree of three levels in which random things happen, one a day."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.at = START
        self.members: list[str] = []
        with transaction():
            for slug in COURSES:
                shelf.put("course", slug, self.at)
            for slug in QUIZZES:
                shelf.put("quiz", slug, self.at)
            self.root = branches.found("committee", "县委", parent_id=None, at=self.at)
            self.middle = [
                branches.found("general", f"总支{n}", parent_id=self.root, at=self.at) for n in range(2)
            ]
            self.leaves = [
                branches.found("branch", f"支部{n}{m}", parent_id=parent, at=self.at)
                for n, parent in enumerate(self.middle)
                for m in range(2)
            ]

    @property
    def today(self) -> date:
        return self.at.date()

    def step(self) -> None:
        """One random thing; the next day comes."""
        things: list[Callable[[], object]] = [
            *[self.join] * 4,
            self.exempt,
            self.move,
            *[self.study] * 6,
            self.void,
            self.assign,
            self.follow_one,
            self.sweep,
            self.roll_up,
        ]
        self.random.choice(things)()
        self.at += timedelta(days=1)

    def join(self) -> None:
        member_id = new_id()
        home = self.random.choice([*self.leaves, *self.middle])
        day = self.today + timedelta(days=self.random.choice([-200, -10, 0, 5]))
        member_class = self.random.choice(["full", "mobile", "applicant"])
        with transaction():
            branches.join(
                member_id, home, member_class=member_class, valid_from=day, actor_id=member_id, at=self.at
            )
        self.members.append(member_id)

    def exempt(self) -> None:
        if self.members:
            member_id = self.random.choice(self.members)
            with transaction():
                branches.exempt(
                    member_id,
                    valid_from=self.today,
                    valid_to=self.today + timedelta(days=self.random.randrange(1, 120)),
                    approved_by=member_id,
                    at=self.at,
                )
                follow.stale_member(member_id)

    def move(self) -> None:
        """The home ends today; mostly another one begins, sometimes only in some days."""
        if not self.members:
            return
        member_id = self.random.choice(self.members)
        place = branches.place(member_id, self.today)
        if place is None:
            return
        with transaction():
            db.session.execute(
                update(Membership)
                .where(Membership.member_id == member_id, Membership.valid_to.is_(None))
                .values(valid_to=self.today)
            )
            if self.random.random() < 0.8:
                branches.join(
                    member_id,
                    self.random.choice(self.leaves),
                    member_class=place.member_class,
                    valid_from=self.today + timedelta(days=self.random.choice([0, 3])),
                    actor_id=member_id,
                    at=self.at,
                )

    def study(self) -> None:
        if not self.members:
            return
        member_id = self.random.choice(self.members)
        course, quiz = self.random.choice(COURSES), self.random.choice(QUIZZES)
        with transaction():
            match self.random.randrange(5):
                case 0:
                    acts.begin(member_id, course, self.at)
                case 1:
                    acts.module(member_id, course, "a", self.at)
                case 2:
                    acts.course(member_id, course, self.at)
                case 3:
                    acts.quiz(member_id, quiz, self.at, passed=False)
                case 4:
                    acts.quiz(member_id, quiz, self.at)

    def void(self) -> None:
        if not self.members:
            return
        member_id = self.random.choice(self.members)
        entries = ledger.entries_after(member_id, 0)
        if not entries:
            return
        try:
            with transaction():
                ledger.void(
                    member_id,
                    self.random.choice(entries).seq,
                    reason="entered-in-error",
                    actor_id=member_id,
                    at=self.at,
                )
        except Conflict:
            pass  # it was void already, or itself a voiding

    def assign(self) -> None:
        unit = self.random.choice([self.root, *self.middle, *self.leaves])
        items = self.random.sample(
            [*(("course", slug) for slug in COURSES), *(("quiz", slug) for slug in QUIZZES)],
            self.random.randrange(1, 3),
        )
        with transaction():
            plans.assign(
                unit,
                "计划",
                items,  # type: ignore[arg-type]  # the kinds are right, a sample forgets them
                classes=self.random.choice([(), ("full",), ("full", "mobile")]),
                starts_on=self.today - timedelta(days=10),
                due_on=self.today + timedelta(days=self.random.randrange(60)),
                actor_id=unit,
                at=self.at,
            )
            follow.stale([unit], self.today)

    def follow_one(self) -> None:
        if self.members:
            with transaction():
                follow.fold(self.random.choice(self.members), at=self.at, zone=ZONE)

    def sweep(self) -> None:
        follow.sweep(self.at, ZONE)

    def roll_up(self) -> None:
        with transaction():
            coverage.roll_up(self.at)


def _brute(history: History) -> dict[tuple[str, str], Counter[str]]:
    """By unit and item, from the status rows of everybody at or below it."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for unit in (history.root, *history.middle, *history.leaves):
        for below in branches.subtree(unit):
            for items in coverage.people(below).values():
                for item, state in items.items():
                    found.setdefault((unit, item), Counter())[state] += 1
    return found


@pytest.mark.parametrize("seed", range(6))
def test_counts_are_right_after_any_history(app: Flask, seed: int) -> None:
    history = History(seed)
    for number in range(120):
        history.step()
        if number % 30 == 29:
            kinds = {difference.kind for difference in coverage.check(history.today)}
            assert "count" not in kinds, "counts and waiting deltas always agree with the rows"
    history.sweep()
    history.roll_up()
    assert list(coverage.check(history.today)) == []
    assert not coverage.waiting()
    _sums_agree(history)
    _rebuilding_changes_nothing(history)


def _sums_agree(history: History) -> None:
    units = (history.root, *history.middle, *history.leaves)
    tables = coverage.tables(units)
    brute = _brute(history)
    seen = 0
    for unit in units:
        for item in tables[unit].items():
            whole = tables[unit].of([item])
            assert Counter({state: getattr(whole, state) for state in coverage.STATES}) == brute.get(
                (unit, item), Counter()
            ), "a unit's figure is that of its people"
            below = [tables[child.id].of([item]) for child in branches.children(unit)]
            assert whole == coverage.total([*below, tables[unit].cell(unit, item)]), "parent = Σ children"
            seen += whole.due
    assert seen > 20, "the history was not empty"


def _rebuilding_changes_nothing(history: History) -> None:
    before = {unit: coverage.count(unit).cells for unit in (history.root, *history.middle)}
    rows = {member: coverage.states(member) for member in history.members}
    for member_id in history.members:
        with transaction():
            assert follow.rebuild("coverage", member_id, at=history.at, zone=ZONE)
    history.roll_up()
    assert {member: coverage.states(member) for member in history.members} == rows
    assert {unit: coverage.count(unit).cells for unit in (history.root, *history.middle)} == before


def test_a_wrong_figure_is_named(app: Flask) -> None:
    history = History(1)
    for _ in range(60):
        history.step()
    history.sweep()
    history.roll_up()
    row = db.session.execute(
        update(coverage.CoverageRollup)
        .values(done=coverage.CoverageRollup.done + 1)
        .where(coverage.CoverageRollup.parent_id == history.root)
        .returning(coverage.CoverageRollup.item_id)
    ).all()
    found = list(coverage.check(history.today))
    assert len(found) == len(row) > 0
    assert {difference.kind for difference in found} == {"count"}
    assert all(difference.place.startswith(history.root) for difference in found)
