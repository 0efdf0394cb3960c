"""What a dry run foretells is what comes when the rules are really put in force: with classes, exemptions, moves,
voids and acts of every kind, for members and for workers."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from learnapp import branches, follow, ledger, points
from learnapp.db import db, transaction
from learnapp.points import trial
from tests.conftest import AT, ZONE
from tests.world import World, build

SETS = points.shipped()
_MEMBERS = ("county-rural-2026", "university-college-2026", "municipal-2026", "machine-rules-2026")
_CLASSES = ("full", "mobile", "probationary", "special")
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def _record(event: ledger.Event, member_id: str, uid: str, at: datetime) -> int:
    return ledger.record(
        event, member_id=member_id, uid=uid, occurred_at=at, at=at, recorder="f" * 32, source="test"
    )


def _year(rng: random.Random, member_id: str, acts: list[points.Act]) -> None:
    """A year of acts that the rule sets know, lessons and work; at times an entry is voided."""
    for number in range(rng.randrange(4, 18)):
        at = datetime(2026, 1, 1, 4, tzinfo=UTC) + timedelta(days=rng.randrange(320))
        on = at.date().isoformat()
        with transaction():
            if rng.random() < 0.25:
                event: ledger.Event = ledger.ModuleCompleted(
                    course="duties",
                    module=f"m{number % 5}",
                    version="a" * 64,
                    source="a" * 64,
                    minutes=20,
                    hours=50,
                    hour_rule="test",
                    mode="online",
                )
            elif rng.random() < 0.25:
                work = rng.choice(("lesson-approved", "session-held", "question-answered", "need-met"))
                event = ledger.WorkDone(work=work, ref=f"thing/{number}", on=on)
            else:
                act = rng.choice(acts)
                event = ledger.ActConfirmed(
                    act=act.code,
                    act_id=f"{number:032x}",
                    on=on,
                    origin="declared" if act.source == "declared" else "recorded",
                    seq=1,
                    proposer="e" * 32,
                )
            seq = _record(event, member_id, f"e{number}", at)
        if rng.random() < 0.15:
            with transaction():
                ledger.void(member_id, seq, reason="duplicate", actor_id="f" * 32, at=at)


def _lives(rng: random.Random, world: World, member_id: str) -> None:
    """A class that changes, a move, an exemption, to whom they happen."""
    with transaction():
        if rng.random() < 0.5:
            day = date(2026, rng.randrange(2, 11), 1)
            branches.change(
                member_id,
                member_class=rng.choice(_CLASSES),
                post=None,
                on=day,
                actor_id=world.committee,
                at=AT,
            )
        if rng.random() < 0.4:
            first = date(2026, rng.randrange(1, 10), 3)
            branches.exempt(
                member_id,
                valid_from=first,
                valid_to=first + timedelta(days=40),
                approved_by=world.committee,
                at=AT,
            )


def _acts(people: str) -> list[points.Act]:
    found = []
    for name in SETS:
        rules = points.parse(SETS[name]).rules
        assert rules is not None
        if rules.people == people:
            found += [*points.acts_in(rules, "declared"), *points.acts_in(rules, "organised")]
    return found


def _sums(period_id: str) -> dict[str, tuple[int, str]]:
    """What is folded: sum and suggested grade by member."""
    rules, table = points.period(period_id).rules, points.Standing
    rows = db.session.execute(
        select(table.member_id, table.total, table.veto).where(table.period_id == period_id)
    ).all()
    db.session.rollback()
    grades = {row[0]: points.suggested(rules, row[1], row[2]) for row in rows}
    return {row[0]: (row[1], found.id if (found := grades[row[0]]) else "") for row in rows}


def _fold_all(world: World) -> None:
    with transaction():
        follow.stale([world.committee], AT.date())
    while follow.sweep(AT, ZONE):
        pass


@pytest.mark.parametrize("seed", range(4))
def test_for_members(site: Flask, seed: int) -> None:
    _foretold(seed, "members", _MEMBERS)


@pytest.mark.parametrize("seed", range(2))
def test_for_workers(app: Flask, seed: int) -> None:
    richer = SETS["party-workers-2026"].replace("cap = 20", "cap = 10").replace("worth = 3", "worth = 4")
    _foretold(seed, "workers", ("party-workers-2026",), {"richer": richer})


def _foretold(seed: int, people: str, names: tuple[str, ...], more: dict[str, str] | None = None) -> None:
    rng = random.Random(seed)
    world = build()
    sources = {name: SETS[name] for name in names} | (more or {})
    old, new = rng.sample(sorted(sources), 2)
    with transaction():
        hashes = {name: points.adopt(sources[name], actor_id=world.committee, at=AT) for name in (old, new)}
        period_id = points.open_period(
            world.committee,
            "2026",
            title_en="",
            starts_on=YEAR[0],
            ends_on=YEAR[1],
            rule_set=hashes[old],
            people=people,
            at=AT,
        )
    acts = _acts(people)
    everybody = dict.fromkeys([*(one for row in world.members for one in row), *world.people.values()])
    for member_id in everybody:
        _lives(rng, world, member_id)
        _year(rng, member_id, acts)
    _fold_all(world)
    before = _sums(period_id)
    with transaction():
        ids = [trial.ask(sources[name], period_id, actor_id=world.committee, at=AT) for name in (old, new)]
    for run_id in ids:
        assert trial.work(run_id, zone=ZONE, now=lambda: AT, size=5)
    assert trial.moves(ids[0]) == []
    foretold = {move.member_id: move for move in trial.moves(ids[1])}
    with transaction():
        points.amend_period(period_id, hashes[new], before=hashes[old])
        db.session.execute(
            update(points.Period).where(points.Period.id == period_id).values(engine=points.ENGINE)
        )
    _fold_all(world)
    after = _sums(period_id)
    came = {one: (before[one], after[one]) for one in before if before[one] != after.get(one, before[one])}
    told = {
        one: ((move.was, move.was_grade), (move.would, move.would_grade)) for one, move in foretold.items()
    }
    assert came and {one: told[one] for one in came} == came
    assert told.keys() - came.keys() <= after.keys() ^ before.keys()
    for move in foretold.values():
        assert sum(move.rules.values()) == move.would - move.was
