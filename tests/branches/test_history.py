"""Where somebody belonged, and as what: asked for one and for many, on both engines."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from learnapp import branches
from learnapp.branches import Interval, Stay
from learnapp.db import db, new_id, transaction
from tests.conftest import AT
from tests.queries import count_queries
from tests.world import SINCE, World, build


@pytest.fixture
def built(app: Flask) -> World:
    return build()


def test_the_intervals_of_a_member_by_first_day(built: World) -> None:
    mobile = built.people["mobile"]
    with transaction():
        branches.join(
            mobile,
            built.branch[2],
            member_class="mobile",
            valid_from=date(2026, 3, 1),
            actor_id=mobile,
            at=AT,
            kind="host",
        )
        branches.exempt(
            mobile,
            valid_from=date(2026, 5, 1),
            valid_to=date(2026, 6, 1),
            approved_by=built.people["secretary"],
            at=AT,
        )
    home = Stay(built.branch[0], "home", "mobile", None, SINCE, None)
    host = Stay(built.branch[2], "host", "mobile", None, date(2026, 3, 1), None)
    assert branches.history(mobile) == (home, host)
    assert branches.exemptions(mobile) == (Interval(date(2026, 5, 1), date(2026, 6, 1)),)
    assert branches.history(built.people["secretary"])[0].post == "secretary"
    db.session.rollback()


def test_what_holds_on_a_day() -> None:
    stay = Stay("b", "home", "full", None, date(2026, 3, 1), date(2026, 4, 1))
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    assert [stay.holds_on(day) for day in days] == [False, True, True, False]
    assert Interval(date(2026, 3, 1), date(2026, 4, 1)).holds_on(date(2026, 3, 31))


def test_many_are_asked_at_once_and_get_what_each_gets(built: World) -> None:
    everybody = [member_id for members in built.members for member_id in members]
    unknown = [new_id() for _ in range(988)]
    with count_queries() as statements:
        stays = branches.histories([*everybody, *unknown])
        free = branches.exemptions_of([*everybody, *unknown])
    assert len(statements) == 4, "two batches, two questions"
    assert stays == {member_id: branches.history(member_id) for member_id in everybody} | dict.fromkeys(
        unknown, ()
    )
    assert free == dict.fromkeys([*everybody, *unknown], ())
    db.session.rollback()
