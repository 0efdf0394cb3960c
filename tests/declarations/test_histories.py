"""Random histories of studying, waiving, accepting, correcting and repeating, on both engines: after each step the
ledger verifies, what was folded step by step is what a recount finds, and no hour was credited that a rule denies."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from learnapp import branches, coverage, declarations, follow, hours, ledger, notices, plans, points
from learnapp.db import new_id, transaction
from learnapp.errors import AppError, Conflict
from tests import acts, shelf

ZONE = "Asia/Shanghai"
START = datetime(2026, 6, 1, 4, tzinfo=UTC)
THINGS = ("course/duties", "course/visits", "quiz/duties-quiz")
RULE = plans.HourRule("test@1", 45, 25, 200)
SECRETARY = "9" * 32


class History:
    """Four members of two branches; one random thing a step, two or three a day."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.at = START
        self.last: Callable[[], object] = lambda: None
        self.done = 0
        with transaction():
            for thing in THINGS:
                kind, slug = thing.split("/")
                shelf.put(kind, slug, self.at)
            root = branches.found("general", "总支", parent_id=None, at=self.at)
            self.members = [self._join(root, number) for number in range(4)]
            for first, due_on in (("course/duties", 20), ("course/visits", 60), ("quiz/duties-quiz", 40)):
                kind, slug = first.split("/")
                plans.assign(
                    root,
                    "计划",
                    [(kind, slug)],  # type: ignore[list-item]  # the kinds are right
                    starts_on=self.today,
                    due_on=self.today + timedelta(days=due_on),
                    actor_id=root,
                    at=self.at,
                )
            rules = points.adopt(points.shipped()["municipal-2026"], actor_id=root, at=self.at)
            points.open_period(
                root,
                "考评",
                title_en="Period",
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 12, 31),
                rule_set=rules,
            )
        (self.period,) = points.periods_for([root])

    def _join(self, root: str, number: int) -> str:
        branch = branches.found("branch", f"支部{number % 2}", parent_id=root, at=self.at)
        member_id = new_id()
        branches.join(
            member_id,
            branch,
            member_class="full",
            valid_from=date(2020, 1, 1),
            actor_id=member_id,
            at=self.at,
        )
        return member_id

    @property
    def today(self) -> date:
        return self.at.date()

    def step(self) -> str:
        """One thing, or the last one once more; returns of whom."""
        member_id = self.random.choice(self.members)
        deeds = (self.study, self.study, self.waive, self.accept, self.correct, self.correct)
        if self.random.random() < 0.15:
            self._try(self.last)
        else:
            self.last = self.random.choice(deeds)(member_id)
            self._try(self.last)
        self.at += timedelta(hours=self.random.choice([1, 9, 20]))
        return member_id

    def _try(self, deed: Callable[[], object]) -> None:
        with suppress(AppError):
            with transaction():
                deed()
            self.done += 1

    def study(self, member_id: str) -> Callable[[], object]:
        at, slug = self.at, self.random.choice(["duties", "visits"])
        return self.random.choice(
            [
                lambda: acts.begin(member_id, slug, at),
                lambda: acts.course(member_id, slug, at),
                lambda: acts.quiz(member_id, "duties-quiz", at, passed=self.random.random() < 0.6),
            ]
        )

    def waive(self, member_id: str) -> Callable[[], object]:
        at, act, thing = self.at, new_id(), self.random.choice(THINGS)
        until = self.random.choice([None, self.today, self.today + timedelta(days=30)])
        basis = self.random.choice(["seconded", "post-changed"])
        return lambda: declarations.waive(
            member_id,
            thing,
            basis=basis,
            until=until,
            text=self.random.choice(["", "已核实"]),
            actor_id=SECRETARY,
            at=at,
            zone=ZONE,
            act=act,
        )

    def accept(self, member_id: str) -> Callable[[], object]:
        at, act, thing = self.at, new_id(), self.random.choice(THINGS)
        on = self.today - timedelta(days=self.random.randrange(3))
        minutes, days = self.random.choice([0, 30, 90, 400]), self.random.randrange(1, 4)
        return lambda: declarations.grant_equivalence(
            member_id,
            thing,
            basis="party-school",
            on=on,
            text="",
            actor_id=SECRETARY,
            at=at,
            zone=ZONE,
            act=act,
            rule=RULE,
            minutes=minutes,
            days=days,
            mode="concentrated",
        )

    def correct(self, member_id: str) -> Callable[[], object]:
        entries = ledger.entries_after(member_id, 0)
        if not entries:
            return lambda: None
        at, act, seq = self.at, new_id(), self.random.choice(entries).seq
        reason = self.random.choice(["entered-in-error", "wrong-person", "duplicate"])
        return lambda: declarations.correct(
            member_id, seq, reason=reason, text="登记有误", actor_id=SECRETARY, at=at, act=act
        )

    def fold(self, member_id: str) -> None:
        """What is new only, as after a request."""
        with transaction():
            follow.member(member_id, at=self.at, zone=ZONE)


@pytest.mark.parametrize("seed", range(5))
def test_any_history_is_whole_and_read_alike(app: Flask, seed: int) -> None:
    history = History(seed)
    for number in range(70):
        member_id = history.step()
        if history.random.random() < 0.6:
            history.fold(member_id)
        if number % 10 == 9:
            assert ledger.verify().ok
    assert ledger.verify().ok
    for member_id in history.members:
        history.fold(member_id)
        _hours_agree(member_id)
        _only_proof_pays(member_id, history.period)
        _what_is_void_has_no_effect(member_id, history)
    assert list(coverage.check(history.today)) == [
        one for one in coverage.check(history.today) if one.kind == "count"
    ], "the rows are those of a recount"
    assert history.done > 25, "the history was not empty"


def _hours_agree(member_id: str) -> None:
    entries = ledger.entries_after(member_id, 0)
    assert hours.differences(entries, {RULE.version: RULE}, ZONE) == ()
    for one in entries:
        if one.kind == "equivalence-granted":
            assert 0 <= one.data["hours"] <= one.data["days"] * RULE.daily_ceiling


def _only_proof_pays(member_id: str, period: points.PeriodInfo) -> None:
    by_seq = {entry.seq: entry for entry in ledger.entries_after(member_id, 0)}
    paid = {by_seq[line.seq].kind for line in points.lines(member_id, period)}
    assert not paid & {"waived", "equivalence-granted"}
    effective = {entry.seq for entry in ledger.effective(list(by_seq.values()))}
    assert {line.seq for line in points.lines(member_id, period) if line.counted} <= effective


def _what_is_void_has_no_effect(member_id: str, history: History) -> None:
    """Coverage says what the effective entries alone say, and rebuilding all readers changes nothing."""
    effective = ledger.effective(ledger.entries_after(member_id, 0))
    states = coverage.states(member_id)
    for item in plans.everything():
        stands = declarations.standing(member_id, f"{item.kind}/{item.slug}")
        waived = any(
            one.kind == "waived"
            and one.subject == f"{item.kind}/{item.slug}"
            and (one.data["until"] or "9999") >= item.due_on.isoformat()
            for one in effective
        )
        if stands.done or stands.equivalent:
            assert states[item.item_id] == "done"
        else:
            assert (states[item.item_id] == "out") == waived
    before = (states, points.stored(member_id), [one.data for one in notices.all_of(member_id)])
    for reader in ("points", "coverage", "notices"):
        with transaction():
            assert follow.rebuild(reader, member_id, at=history.at, zone=ZONE)
    after = (
        coverage.states(member_id),
        points.stored(member_id),
        [one.data for one in notices.all_of(member_id)],
    )
    assert after == before


def test_two_who_correct_the_same_entry(app: Flask) -> None:
    history = History(0)
    me = history.members[0]
    with transaction():
        seq = acts.course(me, "duties", START)

    def correct(act: str) -> int:
        with transaction():
            found = declarations.correct(
                me, seq, reason="duplicate", text="", actor_id=SECRETARY, at=START, act=act
            )
        return len(found)

    assert correct("a" * 32) == 1
    with pytest.raises(Conflict):
        correct("b" * 32)
    history.fold(me)
    (told,) = notices.waiting(me)
    assert (told.kind, told.what, told.data["reason"], told.data["entries"]) == (
        "decision",
        "corrected",
        "duplicate",
        [seq],
    )
