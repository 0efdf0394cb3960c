"""Random histories of people who move, become something else, are guests, and study in between: one stream each, one
home on every day, a parent is the sum of its children at every step, and following is rebuilding. Both engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select

from learnapp import branches, coverage, follow, ledger, points
from learnapp.branches.models import Membership, Transfer
from learnapp.db import db, transaction
from learnapp.errors import AppError
from learnapp.web.branches import moving
from tests.coverage.test_histories import ZONE, History

BOSS = "b" * 32
SOMEDAY = (-40, -5, 0, 1, 20)


class Moving(History):
    """The history of the coverage tests, in which homes change only as the product changes them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.done: dict[str, int] = {}
        with transaction():
            rule_set = points.adopt(points.shipped()["municipal-2026"], actor_id=BOSS, at=self.at)
            for unit in self.middle:
                points.open_period(
                    unit,
                    "年度",
                    title_en="",
                    rule_set=rule_set,
                    starts_on=date(2026, 1, 1),
                    ends_on=date(2027, 12, 31),
                )
        for _ in range(4):
            self.join()

    def step(self) -> None:
        things: list[Callable[[], object]] = [
            self.join,
            *[self.ask] * 8,
            *[self.answer] * 16,
            *[self.become] * 3,
            self.take_back,
            self.guest,
            self.exempt,
            *[self.study] * 5,
            self.void,
            self.assign,
            *[self.follow_one] * 3,
            self.sweep,
            self.roll_up,
        ]
        self.random.choice(things)()
        self.at += timedelta(days=self.random.choice([0, 1, 3]))

    def _try(self, name: str, act: Callable[[str], object], whom: Sequence[str] = ()) -> None:
        """Does something to somebody; what is refused must leave everything as it was."""
        member_id = self.random.choice(whom or self.members)
        before = branches.history(member_id)
        try:
            with transaction():
                moving.belong(member_id, lambda: act(member_id))
        except AppError:
            db.session.rollback()
            assert branches.history(member_id) == before
            return
        self.done[name] = self.done.get(name, 0) + 1
        db.session.rollback()

    def _someday(self) -> date:
        return self.today + timedelta(days=self.random.choice(SOMEDAY))

    def ask(self) -> None:
        to, on = self.random.choice([*self.leaves, self.middle[0]]), self._someday()
        self._try(
            "ask",
            lambda who: branches.ask_transfer(who, to, on=on, actor_id=BOSS, today=self.today, at=self.at),
        )

    def answer(self) -> None:
        """Somebody presses one of the four buttons at the latest transfer, whether it fits or not."""
        name = self.random.choice(
            ["receive", "receive", "receive", "confirm", "confirm", "confirm", "decline", "withdraw"]
        )
        verbs: dict[str, Callable[..., bool]] = {
            "receive": branches.receive_transfer,
            "decline": branches.decline_transfer,
            "withdraw": branches.withdraw_transfer,
            "confirm": moving.confirm,
        }

        def act(who: str) -> None:
            found = branches.transfers_of(who, self.today)
            if found:
                verbs[name](who, found[0].id, actor_id=BOSS, today=self.today, at=self.at)

        running = [one.member_id for one in branches.transfers_in(self.root, self.today, running=True)]
        self._try(name, act, running if self.random.random() < 0.9 else ())

    def become(self) -> None:
        what, on = self.random.choice(["full", "mobile", "special", "probationary"]), self._someday()
        post = self.random.choice([None, "secretary"])
        self._try(
            "become",
            lambda who: branches.change(who, member_class=what, post=post, on=on, actor_id=BOSS, at=self.at),
        )

    def take_back(self) -> None:
        def act(who: str) -> None:
            starts = [stay.valid_from for stay in branches.history(who)]
            branches.take_back(who, on=self.random.choice(starts), actor_id=BOSS, at=self.at)

        self._try("take back", act)

    def guest(self) -> None:
        host, first = self.random.choice(self.leaves), self._someday()
        last = self.random.choice([None, first + timedelta(days=9)])
        self._try(
            "guest",
            lambda who: branches.host(who, host, valid_from=first, valid_to=last, actor_id=BOSS, at=self.at),
        )


def _homes_are_whole(history: Moving) -> None:
    """Never two at once, never a day between, from the first day on and without an end."""
    for member_id, stays in branches.histories(history.members).items():
        homes = [stay for stay in stays if stay.kind == "home"]
        assert all(one.valid_to == other.valid_from for one, other in pairwise(homes)), member_id
        assert homes[-1].valid_to is None
        hosts = [stay for stay in stays if stay.kind == "host"]
        assert all(one.valid_to and one.valid_to <= other.valid_from for one, other in pairwise(hosts))


def _counts_agree(history: Moving) -> None:
    """What is counted is what the people's rows say, each at one home: the parent is the sum of its children."""
    follow.sweep(history.at, ZONE)
    with transaction():
        coverage.roll_up(history.at)
    assert list(coverage.check(history.today)) == []
    units = (history.root, *history.middle)
    tables = coverage.tables([*units, *history.leaves])
    for unit in units:
        for item in tables[unit].items():
            below = [tables[child.id].of([item]) for child in branches.children(unit)]
            assert tables[unit].of([item]) == coverage.total([*below, tables[unit].cell(unit, item)])
    at_home = db.session.execute(
        select(Membership.member_id, func.count())
        .where(branches.at_home(history.today))
        .group_by(Membership.member_id)
    ).all()
    assert all(number == 1 for _, number in at_home)
    for member_id in history.members:
        place, rows = branches.place(member_id, history.today), coverage.known_rows(member_id)
        assert {row.branch_id for row in rows.values()} <= ({place.branch_id} if place else set())
    db.session.rollback()


def _rebuilding_changes_nothing(history: Moving) -> None:
    for member_id in history.members:
        with transaction():
            before = points.stored(member_id), coverage.known_rows(member_id)
            for reader in ("points", "coverage"):
                assert follow.rebuild(reader, member_id, at=history.at, zone=ZONE)  # type: ignore[arg-type]
            assert (points.stored(member_id), coverage.known_rows(member_id)) == before, member_id


def _one_stream(history: Moving) -> None:
    """Every confirmed move is one entry of the one stream, and everything still proves itself."""
    assert ledger.verify().ok
    confirmed = {
        row.id for row in db.session.execute(select(Transfer.id).where(Transfer.state == "confirmed"))
    }
    moved = [
        entry.data["transfer"]
        for member_id in history.members
        for entry in ledger.entries_after(member_id, 0)
        if entry.kind == "moved"
    ]
    assert sorted(moved) == sorted(confirmed), "each once"
    assert len(moved) > 5, "the history was not empty"
    db.session.rollback()


@pytest.mark.parametrize("seed", range(4))
def test_whoever_moves_keeps_one_stream_and_counts_once(app: Flask, seed: int) -> None:
    history = Moving(seed)
    for number in range(400):
        history.step()
        if number % 20 == 19:
            _homes_are_whole(history)
            _counts_agree(history)
    history.at += timedelta(days=30)  # what was to come has come, without anybody doing anything
    _homes_are_whole(history)
    _counts_agree(history)
    _rebuilding_changes_nothing(history)
    _one_stream(history)
    assert history.done["become"] > 10 and history.done["guest"] > 1, history.done
    assert sum(len(points.stored(member_id)[0]) for member_id in history.members) > 10
