"""Two accounts of one person are joined: the hours that go over are those that their rules give there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask

from learnapp import hours, ledger, plans
from learnapp.db import transaction
from tests.conftest import AT, ZONE
from tests.hours.committees import adopt, faults
from tests.hours.test_recomputed import module, quiz
from tests.persons.people import join
from tests.world import build

DAY = date(2026, 11, 24)


def _studied(member_id: str, at: datetime, minutes: tuple[int, ...], names: str) -> None:
    with transaction():
        for name, length in zip(names, minutes, strict=True):
            module(member_id, length, at, at, name)
        quiz(member_id, "a", True, at, at)


def test_hours_go_over_as_their_rules_give_them(app: Flask) -> None:
    world = build()
    adopt(world.committee, plans.shipped()["hours-30"], date(2026, 1, 1))
    given, kept = world.members[0][0], world.members[0][1]
    _studied(given, AT, (300, 10, 45), "xyz")
    _studied(kept, AT - timedelta(hours=1), (200, 15), "xw")
    _studied(given, AT + timedelta(days=1), (45,), "v")
    assert (faults(given), faults(kept)) == ([], [])
    assert hours.on(given, DAY, ZONE) == 800
    join(given, kept, AT + timedelta(days=2))
    assert faults(kept) == []
    assert hours.on(kept, DAY, ZONE) <= 800
    effective = ledger.effective(ledger.entries_after(kept, 0))
    tests = [one.data["hours"] for one in effective if one.kind == "quiz-ended"]
    assert sorted(tests) == [0, 0, 50]
