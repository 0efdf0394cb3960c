"""Folding into lines and standings: step by step, rebuilt, moved, voided; on both engines."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from learnapp import branches, follow, ledger, points
from learnapp.branches import Membership
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict, Invalid, NotFound
from learnapp.points import Period, PeriodInfo, RuleSet
from tests import acts
from tests.conftest import AT

ZONE = "Asia/Shanghai"
TODAY = date(2026, 11, 24)
ACTOR = new_id()


def _found(name: str, parent_id: str | None) -> str:
    with transaction():
        return branches.found("branch", name, parent_id=parent_id, at=AT)


def _open(branch_id: str, *, year: int = 2026) -> str:
    with transaction():
        rule_set = points.adopt(points.shipped()["municipal-2026"], actor_id=ACTOR, at=AT)
        period = points.open_period(
            branch_id,
            f"{year}年度",
            title_en=str(year),
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            rule_set=rule_set,
        )
        follow.stale([branch_id], TODAY)
    return period


def _join(branch_id: str, member_id: str = "") -> str:
    member_id = member_id or new_id()
    with transaction():
        branches.join(
            member_id,
            branch_id,
            member_class="full",
            valid_from=date(2020, 1, 1),
            actor_id=ACTOR,
            at=AT,
        )
    return member_id


def _fold(member_id: str) -> None:
    with transaction():
        assert follow.fold(member_id, at=AT, zone=ZONE)


def _current(branch_id: str) -> PeriodInfo:
    period = points.current(branches.paths([branch_id])[branch_id], TODAY)
    assert period is not None
    return period


def test_the_sum_and_its_lines(app: Flask) -> None:
    root = _found("机关党委", None)
    home = _found("一支部", root)
    _open(root)
    member_id = _join(home)
    period = _current(home)
    assert points.total(member_id, period) == points.untouched(period)
    with transaction():
        for day in (1, 2, 3):
            acts.module(member_id, "duties", f"m{day}", datetime(2026, 9, day, 4, tzinfo=UTC))
        acts.quiz(member_id, "duties-quiz", datetime(2026, 10, 1, 4, tzinfo=UTC))
    _fold(member_id)
    total = points.total(member_id, period)
    assert (total.base, total.bonus, total.deduction, total.total, total.seq) == (6000, 800, 0, 6800, 4)
    lines = points.lines(member_id, period)
    assert [(line.seq, line.counted, line.reason) for line in lines] == [
        (4, 200, ""),
        (3, 0, "full-month"),
        (2, 300, ""),
        (1, 300, ""),
    ]
    assert points.branch_totals(home, period) == {member_id: total}
    assert points.with_bonus(period, [root, home, ACTOR]) == {root: 1, home: 1, ACTOR: 0}


def test_voiding_an_entry_gives_its_room_to_the_next(app: Flask) -> None:
    home = _found("支部", None)
    _open(home)
    member_id = _join(home)
    with transaction():
        for day in (1, 2, 3):
            acts.module(member_id, "duties", f"m{day}", datetime(2026, 9, day, 4, tzinfo=UTC))
    _fold(member_id)
    with transaction():
        ledger.void(member_id, 1, reason="duplicate", actor_id=ACTOR, at=AT)
    _fold(member_id)
    lines = points.lines(member_id, _current(home))
    assert [(line.seq, line.counted, line.reason) for line in lines] == [
        (3, 300, ""),
        (2, 300, ""),
        (1, 0, "voided"),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_step_by_step_is_the_same_as_rebuilding_to_the_last_digit(app: Flask, seed: int) -> None:
    root = _found("机关党委", None)
    home = _found("一支部", root)
    _open(root)
    _open(home, year=2025)
    member_id = _join(home)
    dice = random.Random(seed)
    for _ in range(25):
        day = datetime(2025, 9, 1, 4, tzinfo=UTC) + timedelta(days=dice.randrange(400))
        name = dice.choice("abcdefgh")
        with transaction():
            match dice.randrange(4):
                case 0 | 1:
                    acts.module(member_id, "duties", name, day, dice.choice([25, 50]))
                case 2:
                    acts.quiz(member_id, name, day, passed=dice.random() < 0.7)
                case 3:
                    _void_one(member_id, dice)
        if dice.random() < 0.6:
            _fold(member_id)
    _fold(member_id)
    step_by_step = points.stored(member_id)
    assert len(step_by_step) > 7, "more than five lines and two sums"
    _fold(member_id)
    assert points.stored(member_id) == step_by_step, "folding twice changes nothing"
    with transaction():
        assert follow.rebuild("points", member_id, at=AT, zone=ZONE)
    assert points.stored(member_id) == step_by_step


def _void_one(member_id: str, dice: random.Random) -> None:
    entries = ledger.entries_after(member_id, 0)
    open_ = [e for e in entries if e.kind != "voided" and e.seq not in ledger.voided_seqs(entries)]
    if open_:
        ledger.void(member_id, dice.choice(open_).seq, reason="corrected", actor_id=ACTOR, at=AT)


def test_who_moves_keeps_what_was_done_before_in_the_old_period(app: Flask) -> None:
    """Each line belongs to the period of the unit where the member was at home on its day."""
    old, new = _found("旧支部", None), _found("新支部", None)
    _open(old)
    _open(new)
    member_id = _join(old)
    with transaction():
        acts.course(member_id, "duties", AT - timedelta(days=1))
        acts.course(member_id, "visits", AT)
    _fold(member_id)
    first, second = _current(old), _current(new)
    assert (points.total(member_id, first).bonus, points.total(member_id, second).folded) == (400, False)
    with transaction():
        db.session.execute(update(Membership).where(Membership.member_id == member_id).values(valid_to=TODAY))
        branches.join(member_id, new, member_class="full", valid_from=TODAY, actor_id=ACTOR, at=AT)
    _fold(member_id)
    assert [line.seq for line in points.lines(member_id, first)] == [1]
    assert [line.seq for line in points.lines(member_id, second)] == [2]
    assert (points.total(member_id, first).bonus, points.total(member_id, second).bonus) == (200, 200)


def test_a_closed_period_is_never_touched(app: Flask) -> None:
    home = _found("支部", None)
    period_id = _open(home)
    member_id = _join(home)
    with transaction():
        acts.course(member_id, "duties", AT)
    _fold(member_id)
    with transaction():
        db.session.execute(update(Period).where(Period.id == period_id).values(state="closed"))
    before = points.stored(member_id)
    with transaction():
        acts.course(member_id, "visits", AT)
        follow.rebuild("points", member_id, at=AT, zone=ZONE)
    assert points.stored(member_id) == before


def test_the_period_of_a_unit_or_one_above_it_is_the_current_one(app: Flask) -> None:
    root = _found("机关党委", None)
    home, other = _found("一支部", root), _found("二支部", root)
    own = _open(home)
    assert _current(home).id == own
    assert points.current([other, root], TODAY) is None
    above = _open(root, year=2027)
    assert points.current([home, root], date(2027, 1, 1)) == points.period(above)
    assert points.current([], TODAY) is None


def test_what_a_period_needs(app: Flask) -> None:
    home = _found("支部", None)
    _open(home)
    with pytest.raises(Conflict):
        _open(home)
    with transaction():
        rule_set = db.session.execute(select(RuleSet.hash)).scalar_one()
    for changes, error in (
        ({"ends_on": date(2024, 12, 31)}, Invalid),
        ({"rule_set": "f" * 64}, NotFound),
    ):
        values = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 6, 1), "rule_set": rule_set, **changes}
        with pytest.raises(error), transaction():
            points.open_period(home, "年", title_en="y", **values)  # type: ignore[arg-type]  # spelled above


def test_a_rule_set_that_cannot_be_used_is_not_kept(app: Flask) -> None:
    source = points.shipped()["municipal-2026"].replace('on = "course-completed"', 'on = "login"')
    with pytest.raises(Invalid) as caught, transaction():
        points.adopt(source, actor_id=ACTOR, at=AT)
    assert "Signing in" in str(caught.value)
    assert db.session.execute(select(RuleSet.hash)).all() == []
