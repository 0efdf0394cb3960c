"""Dry runs: what other rules would have made of a past period; in parts that add up, broken off and gone on with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from learnapp import branches, follow, points
from learnapp.db import db, transaction
from learnapp.errors import Conflict, Invalid, NotFound
from learnapp.points import drafting, trial
from learnapp.points.trial import rules as sums
from tests import acts
from tests.conftest import AT, ZONE
from tests.world import World, build

SHIPPED = points.shipped()["municipal-2026"]
# Lessons up to nine a month instead of six.
GENEROUS = SHIPPED.replace("cap = 6\n", "cap = 9\n")
# Everybody begins with five more.
HIGHER = SHIPPED.replace("base = 60\n", "base = 65\n")
_PARTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(-500, 500), max_size=3)
_SUMS = st.builds(
    lambda total, grade, parts: trial.Sums(total, grade, parts),
    st.integers(0, 9_000),
    st.sampled_from(["", "good", "best"]),
    _PARTS,
)
_CROWD = st.lists(st.tuples(st.sampled_from(["u1", "u2", "u3"]), _SUMS, _SUMS), max_size=12)


def _figures(crowd: list[tuple[str, trial.Sums, trial.Sums]]) -> trial.Figures:
    found = trial.Figures()
    for unit, was, would in crowd:
        found.add(unit, was, would)
    return found


@given(_CROWD, st.integers(0, 12), st.randoms(use_true_random=False))
def test_parts_add_up_to_the_whole_in_any_order(
    crowd: list[tuple[str, trial.Sums, trial.Sums]], cut: int, chance: object
) -> None:
    whole = _figures(crowd)
    shuffled = list(crowd)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' Random
    parts = sums.figures_of(_figures(shuffled[:cut]).document())
    parts.merge(_figures(shuffled[cut:]))
    assert parts.document() == whole.document() == sums.figures_of(whole.document()).document()
    assert whole.members == len(crowd) == sum(unit[0] for unit in whole.units.values())
    assert whole.moved == sum(unit[1] + unit[2] for unit in whole.units.values())


@given(st.integers(0, 9_000), _PARTS, st.integers(-500, 500), st.integers(0, 9_000), _PARTS)
def test_what_the_rules_change_adds_up_to_the_move(
    base: int, before: dict[str, int], adjustment: int, other: int, after: dict[str, int]
) -> None:
    rules = points.parse(SHIPPED).rules
    assert rules is not None
    was = sums.sums(rules, base, before, adjustment, False)
    would = sums.sums(rules, other, after, adjustment, False)
    move = trial.compare("m", "u", was, would)
    if move is None:
        assert was.total == would.total
    else:
        assert sum(move.rules.values()) == move.would - move.was


def _period(world: World, unit: str = "", source: str = SHIPPED) -> str:
    with transaction():
        rules = points.adopt(source, actor_id=world.committee, at=AT)
        return points.open_period(
            unit or world.committee,
            "2026年度",
            title_en="2026",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=rules,
            at=AT,
        )


def _lessons(member_id: str, number: int, month: int = 9) -> None:
    with transaction():
        for one in range(number):
            acts.module(member_id, "duties", f"m{month}-{one}", datetime(2026, month, 1 + one, 4, tzinfo=UTC))


def _filled() -> tuple[World, str]:
    """members[0][0] with three lessons in a month (9 → 6), members[2][0] with one, the others with nothing."""
    world = build()
    period_id = _period(world)
    _lessons(world.members[0][0], 3)
    _lessons(world.members[2][0], 1)
    follow.sweep(AT, ZONE)
    return world, period_id


def _run(source: str, period_id: str, world: World, *, size: int = 0, draft_id: str = "") -> trial.Run:
    with transaction():
        run_id = trial.ask(source, period_id, actor_id=world.people["committee"], at=AT, draft_id=draft_id)
    assert trial.work(run_id, zone=ZONE, now=lambda: AT, size=size)
    return trial.run(run_id)


def test_the_rules_in_force_move_nobody(app: Flask) -> None:
    world, period_id = _filled()
    run = _run(SHIPPED, period_id, world)
    assert (run.state, run.percent, run.figures.members, run.figures.moved) == ("done", 100, 19, 0)
    assert not trial.moves(run.id)


@pytest.mark.parametrize("size", [0, 1, 2, 50])
def test_who_moves_by_how_much_and_through_which_rule(app: Flask, size: int) -> None:
    world, period_id = _filled()
    run = _run(GENEROUS, period_id, world, size=size)
    (move,) = trial.moves(run.id)
    assert (move.member_id, move.branch_id, move.was, move.would) == (
        world.members[0][0],
        world.branch[0],
        6600,
        6900,
    )
    assert move.rules == {"module-completed": 300}
    assert run.figures.amounts == {0: 18, 300: 1}
    assert run.figures.rules["module-completed"] == [900, 1200, 1, 0]
    assert (run.done, run.members) == (19, 19)
    assert trial.moves(run.id, [world.branch[1]]) == []


def test_another_base_moves_everybody_and_the_units_add_up(app: Flask) -> None:
    world, period_id = _filled()
    run = _run(HIGHER, period_id, world)
    assert run.figures.amounts == {500: 19}
    below = {unit: branches.subtree(unit) for unit in (world.committee, *world.general, *world.branch)}
    rolled = trial.rolled_up(run.figures, below)
    assert rolled[world.committee] == (19, 19, 0)
    for general, children in ((0, (0, 1)), (1, (2, 3))):
        parts = [rolled[world.branch[one]] for one in children]
        assert rolled[world.general[general]] == tuple(map(sum, zip(*parts, strict=True)))


def test_only_the_tree_of_the_period_is_computed(app: Flask) -> None:
    world = build()
    period_id = _period(world, world.general[1])
    assert _run(HIGHER, period_id, world).figures.members == 6


def test_the_same_text_tried_twice_is_one_run_and_a_newer_one_replaces_it(app: Flask) -> None:
    world, period_id = _filled()
    with transaction():
        ids = [trial.ask(HIGHER, period_id, actor_id=world.committee, at=AT, draft_id="d") for _ in range(2)]
    assert ids[0] == ids[1]
    newer = _run(GENEROUS, period_id, world, draft_id="d")
    assert [run.id for run in trial.runs(draft_id="d")] == [newer.id]
    with pytest.raises(NotFound):
        trial.run(ids[0])


def test_a_killed_worker_is_taken_over_where_it_stood(app: Flask) -> None:
    world, period_id = _filled()
    whole = _run(GENEROUS, period_id, world)
    with transaction():
        run_id = trial.ask(GENEROUS, period_id, actor_id=world.committee, at=AT)
    with transaction():
        assert trial.claim(run_id, "first", at=AT)
    period = points.period(period_id)
    begun = trial.begin(trial.run(run_id).rules, period, ZONE)
    batch = trial.compute(begun, "", 4)
    with transaction():
        assert trial.keep(run_id, "first", batch, batch.figures, done=4, members=19, at=AT)
    assert trial.run(run_id).percent == 21
    soon, late = AT + timedelta(seconds=10), AT + trial.SILENT + timedelta(seconds=1)
    assert trial.waiting(soon) == [] and not trial.work(run_id, zone=ZONE, now=lambda: soon)
    assert trial.waiting(late) == [run_id] and trial.work(run_id, zone=ZONE, now=lambda: late)
    found = trial.run(run_id)
    assert found.figures.document() == whole.figures.document() and found.done == 19
    assert trial.moves(run_id) == trial.moves(whole.id)
    with transaction():  # the first one wakes up again, and may not write any more
        assert not trial.keep(run_id, "first", batch, batch.figures, done=8, members=19, at=late)


def test_a_cancelled_run_stops_and_leaves_nothing(app: Flask) -> None:
    world, period_id = _filled()
    with transaction():
        run_id = trial.ask(HIGHER, period_id, actor_id=world.committee, at=AT)
    calls = 0

    def now() -> datetime:
        nonlocal calls
        calls += 1
        return AT

    begun = trial.begin(trial.run(run_id).rules, points.period(period_id), ZONE)
    with transaction():
        trial.claim(run_id, "w", at=AT)
    with transaction():
        batch = trial.compute(begun, "", 5)
        trial.keep(run_id, "w", batch, batch.figures, done=5, members=19, at=AT)
    with transaction():
        assert trial.cancel(run_id, at=AT)
    with transaction():
        assert not trial.keep(run_id, "w", batch, batch.figures, done=10, members=19, at=AT)
        assert not trial.cancel(run_id, at=AT)
    found = trial.run(run_id)
    assert (found.state, found.figures.members, trial.moves(run_id)) == ("cancelled", 0, [])
    assert not trial.work(run_id, zone=ZONE, now=now)


def test_what_cannot_be_tried(app: Flask) -> None:
    world = build()
    with transaction():
        rules = points.adopt(SHIPPED, actor_id=world.committee, at=AT)
        planned = points.plan_period(
            world.committee,
            "2027",
            title_en="",
            starts_on=date(2027, 1, 1),
            ends_on=date(2027, 12, 31),
            rule_set=rules,
        )
    workers = points.shipped()["party-workers-2026"]
    opened = _period(world, world.general[0])
    for source, period_id, refused in (
        ("base = 3", opened, Invalid),
        (workers, opened, Invalid),
        (SHIPPED, planned, Conflict),
        (SHIPPED, "nowhere", NotFound),
    ):
        with pytest.raises(refused), transaction():
            trial.ask(source, period_id, actor_id=world.committee, at=AT)


def test_somebody_who_moved_counts_on_the_days_of_each_tree(app: Flask) -> None:
    """Under the period of a tree only the days there count, under the rules in force and under those tried."""
    world = build()
    member = world.members[0][0]
    one, two = _period(world, world.general[0]), _period(world, world.general[1])
    _lessons(member, 3, month=3)
    _lessons(member, 3, month=9)
    with transaction():
        db.session.execute(
            update(branches.Membership)
            .where(branches.Membership.member_id == member)
            .values(valid_to=date(2026, 6, 1))
        )
        branches.join(
            member,
            world.branch[2],
            member_class="full",
            post=None,
            valid_from=date(2026, 6, 1),
            actor_id=member,
            at=AT,
        )
    follow.sweep(AT, ZONE)
    with transaction():
        follow.member(member, at=AT, zone=ZONE)
    for period_id in (one, two):
        assert _run(SHIPPED, period_id, world).figures.moved == 0
        (move,) = trial.moves(_run(GENEROUS, period_id, world).id)
        assert (move.member_id, move.was, move.would) == (member, 6600, 6900)


def test_a_closed_period_is_tried_on_what_was_there_when_it_closed(app: Flask) -> None:
    world, period_id = _filled()
    with transaction():
        points.freeze(world.members[0][0], points.period(period_id), at=AT)
    _lessons(world.members[0][0], 3, month=5)
    (move,) = trial.moves(_run(GENEROUS, period_id, world).id)
    assert (move.was, move.would) == (6600, 6900)


def test_adopting_asks_for_a_run_of_this_very_text(app: Flask) -> None:
    world, period_id = _filled()
    by = {"actor_id": world.people["committee"], "at": AT}
    with transaction():
        draft_id = drafting.begin(world.committee, GENEROUS, **by)
    source = drafting.draft(draft_id).source
    run = _run(source, period_id, world, draft_id=draft_id)
    table = drafting.rows_of(drafting.draft(draft_id).data, "head")[0]
    with transaction():
        drafting.save_row(
            draft_id,
            "head",
            0,
            {**drafting.read("head", table), "base": "61"},
            base=drafting.digest(table),
            **by,
        )
    asked = {"note": "试过", "without_run": False, **by}
    with pytest.raises(Invalid) as refused, transaction():
        drafting.adopt(draft_id, revision=2, **asked)
    assert refused.value.code == "no-run"
    newer = _run(drafting.draft(draft_id).source, period_id, world, draft_id=draft_id)
    with transaction():
        made = drafting.adopt(draft_id, revision=2, **asked)
    assert made.run_id == newer.id != run.id
    assert trial.run(made.run_id).rule_set == made.hash
