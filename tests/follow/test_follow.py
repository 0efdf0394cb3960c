"""Following: what is new is folded once, a failing reader harms nobody, and nobody behind is forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from learnapp import branches, coverage, follow, plans, points
from learnapp.db import db, transaction
from tests import acts, shelf, world
from tests.conftest import AT
from tests.queries import count_queries

ZONE = "Asia/Shanghai"
TODAY = date(2026, 11, 24)


@pytest.fixture
def people(app: Flask) -> world.World:
    """The small committee with one plan and one period, everybody followed."""
    found = world.build()
    with transaction():
        shelf.put("course", "duties", AT)
        plans.assign(
            found.committee,
            "年度学习",
            [("course", "duties")],
            starts_on=date(2026, 9, 1),
            due_on=date(2026, 12, 31),
            actor_id=found.people["committee"],
            at=AT,
        )
        rule_set = points.adopt(points.shipped()["municipal-2026"], actor_id=found.committee, at=AT)
        points.open_period(
            found.committee,
            "2026年度",
            title_en="2026",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=rule_set,
        )
    follow.sweep(AT, ZONE)
    return found


def _state(member_id: str) -> list[str]:
    return list(coverage.states(member_id).values())


def _bonus(member_id: str, branch_id: str) -> int:
    period = points.current(branches.paths([branch_id])[branch_id], TODAY)
    assert period is not None
    return points.total(member_id, period).bonus


def test_one_entry_reaches_points_and_coverage(people: world.World) -> None:
    member_id = people.people["member"]
    assert _state(member_id) == ["open"]
    with transaction():
        acts.course(member_id, "duties", AT)
    with transaction():
        follow.member(member_id, at=AT, zone=ZONE)
    assert _state(member_id) == ["done"]
    assert _bonus(member_id, people.branch[0]) == 200


def test_nothing_new_is_one_query(people: world.World) -> None:
    with transaction():
        acts.course(people.people["member"], "duties", AT)
        follow.member(people.people["member"], at=AT, zone=ZONE)
    for member_id in (people.people["member"], people.people["mobile"]):
        with transaction(), count_queries() as sent:
            follow.member(member_id, at=AT, zone=ZONE)
        assert len(sent) == 1, sent


def test_folding_costs_the_same_number_of_queries_whatever_the_stream(people: world.World) -> None:
    numbers = set()
    for member_id, entries in ((people.people["member"], 1), (people.people["mobile"], 40)):
        with transaction():
            for number in range(entries):
                acts.module(member_id, "duties", f"m{number}", AT - timedelta(days=number))
        with transaction(), count_queries() as sent:
            follow.member(member_id, at=AT, zone=ZONE)
        numbers.add(len(sent))
    assert len(numbers) == 1 and numbers.pop() <= 16


def test_a_failing_reader_undoes_neither_the_act_nor_the_other_reader(
    people: world.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id = people.people["member"]
    with transaction():
        seq = acts.course(member_id, "duties", AT)
    with monkeypatch.context() as broken:
        broken.setattr("learnapp.points.fold", _raise)
        with transaction():
            follow.member(member_id, at=AT, zone=ZONE)
    assert seq == 1
    assert _state(member_id) == ["done"]
    assert _bonus(member_id, people.branch[0]) == 0
    assert follow.behind(TODAY) == [member_id], "the mark stayed where it was"
    assert follow.sweep(AT, ZONE) == 1
    assert _bonus(member_id, people.branch[0]) == 200
    assert follow.behind(TODAY) == []


def _raise(*_args: object) -> None:
    raise RuntimeError("a reader that fails")


def test_half_of_a_failing_reader_leaves_nothing(
    people: world.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id = people.people["member"]
    with transaction():
        acts.course(member_id, "duties", AT)

    def half(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]  # what fold was called with
        raise RuntimeError("late")

    real = points.fold
    with monkeypatch.context() as broken:
        broken.setattr("learnapp.points.fold", half)
        with transaction():
            follow.member(member_id, at=AT, zone=ZONE)
    assert _bonus(member_id, people.branch[0]) == 0
    assert _state(member_id) == ["done"]


def test_a_sweep_passes_over_who_fails_and_reaches_the_others(
    people: world.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(member_id for branch in people.members for member_id in branch)
    with transaction():
        acts.course(ids[0], "duties", AT)
    with transaction():
        acts.course(ids[5], "duties", AT)
    real = coverage.fold

    def failing(member_id: str, *rest: object) -> None:
        if member_id == ids[0]:
            raise RuntimeError("this one fails")
        real(member_id, *rest)  # type: ignore[arg-type]  # what fold was called with

    with monkeypatch.context() as broken:
        broken.setattr("learnapp.coverage.fold", failing)
        assert follow.sweep(AT, ZONE, limit=1) == 1
    assert _state(ids[0]) == ["open"] and _state(ids[5]) == ["done"]
    assert follow.behind(TODAY) == [ids[0]]


def test_a_new_plan_reaches_everybody_it_concerns(people: world.World) -> None:
    with transaction():
        shelf.put("course", "visits", AT)
        plans.assign(
            people.branch[0],
            "走访",
            [("course", "visits")],
            starts_on=date(2026, 11, 1),
            due_on=date(2027, 1, 31),
            actor_id=people.committee,
            at=AT,
        )
        follow.stale([people.branch[0]], TODAY)
    at_home = set(db.session.execute(branches.ids_below([people.branch[0]], TODAY)).scalars())
    assert set(follow.behind(TODAY)) == at_home and len(at_home) == 5
    assert follow.sweep(AT, ZONE) == 5
    assert _state(people.people["member"]) == ["open", "open"]
    assert _state(people.members[1][0]) == ["open"]


def test_a_home_that_begins_later_is_found_on_its_day(people: world.World) -> None:
    member_id = people.members[0][2]
    with transaction():
        entry = acts.course(member_id, "duties", AT)
    newcomer = "f" * 32
    with transaction():
        branches.join(
            newcomer,
            people.branch[2],
            member_class="full",
            valid_from=TODAY + timedelta(days=3),
            actor_id=member_id,
            at=AT,
        )
    assert entry == 1 and follow.behind(TODAY) == [member_id]
    assert newcomer in follow.behind(TODAY + timedelta(days=3))
    follow.sweep(AT + timedelta(days=3), ZONE)
    assert _state(newcomer) == ["open"]
    with transaction():
        follow.stale_member(newcomer)
    assert follow.behind(TODAY + timedelta(days=3)) == [newcomer]
