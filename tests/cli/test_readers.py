"""`learnapp points` and `learnapp coverage` on a small committee."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from learnapp import clock, config, coverage, follow, plans, points
from learnapp.app import create_app
from learnapp.db import db, transaction
from learnapp.points import PointsLine
from tests import acts, databases, shelf
from tests.cli.test_commands import Run, run
from tests.world import World, build

__all__ = ["run"]


@pytest.fixture
def world(run: Run) -> Iterator[World]:
    """A committee in the database that the commands use: one course due, one period, one act."""
    app = create_app(config.load())
    with app.app_context():
        found = build()
        now = clock.now()
        today = now.date()
        with transaction():
            shelf.put("course", "duties", now)
            plans.assign(
                found.committee,
                "年度学习",
                [("course", "duties")],
                starts_on=today - timedelta(days=60),
                due_on=today + timedelta(days=60),
                actor_id=found.committee,
                at=now,
            )
            rule_set = points.adopt(points.shipped()["municipal-2026"], actor_id=found.committee, at=now)
            points.open_period(
                found.committee,
                "年度",
                title_en="Year",
                starts_on=date(today.year, 1, 1) - timedelta(days=2),
                ends_on=date(today.year, 12, 31) + timedelta(days=2),
                rule_set=rule_set,
            )
            acts.course(found.people["member"], "duties", now)
        follow.sweep(now, "Asia/Shanghai")
        with transaction():
            coverage.roll_up(now)
        yield found
        databases.close(app)


def test_a_sum_with_its_lines(run: Run, world: World) -> None:
    by_name = json.loads(run("points", "show", "m00", "--json").output)
    assert by_name == json.loads(run("points", "show", world.people["member"], "--json").output)
    assert (by_name["base"], by_name["bonus"], by_name["total"]) == (6000, 200, 6200)
    assert [(line["entry"], line["rule"], line["counted"]) for line in by_name["lines"]] == [
        (1, "course-completed", 200)
    ]
    assert run("points", "show", "m00").output.startswith("王芳: 60 + 2 - 0 = 62\n")
    assert "Nobody has" in run("points", "show", "nobody", code=1).output


def test_rebuilding_gives_the_same_and_repairs_what_was_changed(run: Run, world: World) -> None:
    everybody = json.loads(run("points", "rebuild", "--json").output)
    assert everybody == {"members": 19, "changed": 0, "failed": 0}
    with transaction():
        db.session.execute(update(PointsLine).values(counted=9900))
    assert "1 members folded again, 1 changed" in run("points", "rebuild", "m00").output
    assert json.loads(run("points", "show", "m00", "--json").output)["lines"][0]["counted"] == 200


def test_counts_of_a_unit_and_of_those_below(run: Run, world: World) -> None:
    root = json.loads(run("coverage", "show", "--json").output)
    assert root["as_of"] and [unit["name"] for unit in root["units"]] == ["城东街道党工委"]
    (item,) = root["units"][0]["items"]
    assert (item["thing"], item["due"], item["done"], item["open"]) == ("course/duties", 19, 1, 18)
    assert [child["due"] for child in item["below"]] == [13, 6]
    one = run("coverage", "show", "社区第一党支部").output
    assert "course/duties: 1 of 5 done, 0 under way, 4 not started, 0 not expected" in one
    assert "No unit has" in run("coverage", "show", "nowhere", code=1).output


def test_a_difference_is_named_and_repaired(run: Run, world: World) -> None:
    assert json.loads(run("coverage", "check", "--json").output) == {"ok": True, "differences": []}
    with transaction():
        db.session.execute(update(coverage.CoverageStatus).values(state="done"))
    found = run("coverage", "check", code=1).output
    assert "status" in found and "differences." in found
    repaired = json.loads(run("coverage", "rebuild", "社区第一党支部", "--json").output)
    assert (repaired["members"], repaired["changed"]) == (5, 4)
    assert json.loads(run("coverage", "rebuild", "--json").output)["members"] == 19


def test_a_period_is_rebuilt_with_everybody_in_it(run: Run, world: World) -> None:
    """Sums that somebody spoiled are put right; what has closed is only looked at, and a spoiled closed line is
    told from its digest."""
    follow.sweep(clock.now(), "Asia/Shanghai")
    (period,) = points.periods_for([world.committee])
    db.session.rollback()
    done = run("points", "rebuild", "--period", period.id)
    assert " 0 changed, 0 with another digest." in done.output
    with transaction():
        db.session.execute(update(points.Standing).values(total=1))
    done = run("points", "rebuild", "--period", period.id, "--json")
    told = json.loads(done.output.splitlines()[-1])
    assert told["changed"] == told["members"] > 10 and told["broken"] == 0
    member_id = world.people["member"]
    with transaction():
        points.freeze(member_id, period, at=clock.now())
    run("points", "rebuild", "--period", period.id)
    with transaction():
        db.session.execute(update(points.PointsFrozen).values(digest="0" * 64))
    done = run("points", "rebuild", "--period", period.id, code=1)
    assert "1 with another digest" in done.output
    assert "no period" in run("points", "rebuild", "--period", "nothing", code=1).output
