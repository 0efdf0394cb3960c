"""Random histories of studying, quizzes, joining, parting, voiding and erasing: the ledger verifies after every step,
every account reads as it must, and hours recompute to what is stored."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask

from learnapp import accounts, ledger, persons
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict
from learnapp.hours.rules import differences
from learnapp.persons.merging import hour_rules
from tests.conftest import AT, ZONE
from tests.persons.people import BOSS, fold, join, module, part, quiz, readings, verified
from tests.world import World, build

COURSES = ("a", "b")
MODULES = tuple(f"m{number}" for number in range(4))


@dataclass
class Story:
    """Three accounts, what each did itself and which of it stands, and which joinings stand."""

    people: list[str]
    own: dict[str, dict[int, str]] = field(default_factory=dict)
    merges: dict[str, tuple[str, str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def given_up(self, one: str) -> bool:
        """Whether the account was given up."""
        return any(given == one for given, _ in self.merges.values())

    def things(self, one: str) -> set[str]:
        """What must count for an account: its own, and what counts for those that were given up for it."""
        found = set(self.own.get(one, {}).values())
        for given, kept in self.merges.values():
            if kept == one:
                found |= self.things(given)
        return found


def _act(story: Story, chance: random.Random, at: datetime) -> str:
    one = chance.choice([person for person in story.people if not story.given_up(person)])
    with transaction():
        if chance.random() < 0.6:
            course, name = chance.choice(COURSES), chance.choice(MODULES)
            thing = f"{course}/{name}"
            if thing in story.things(one):
                return f"{thing} stands already"
            minutes = chance.choice((20, 45, 135, 300))
            seq = module(one, course, name, at, minutes, uid=f"module/{thing}/{new_id()}")
        else:
            thing = new_id()
            seq = quiz(one, "q", thing, at, passed=chance.random() < 0.7)
    story.own.setdefault(one, {})[seq] = thing
    return f"{one[-4:]} did {thing}"


def _void(story: Story, chance: random.Random, at: datetime) -> str:
    one = chance.choice(story.people)
    if not story.own.get(one):
        return "nothing to void"
    seq = chance.choice(sorted(story.own[one]))
    with transaction():
        ledger.void(one, seq, reason="entered-in-error", actor_id=BOSS, at=at)
    return f"{one[-4:]} lost {story.own[one].pop(seq)}"


def _merge(story: Story, chance: random.Random, at: datetime) -> str:
    given, kept = chance.sample(story.people, 2)
    if story.given_up(given) or story.given_up(kept):
        with pytest.raises(Conflict), transaction():
            persons.merge(given, kept, reason="x", actor_id=BOSS, at=at, zone=ZONE)
        return "refused"
    story.merges[join(given, kept, at)] = (given, kept)
    return f"{given[-4:]} into {kept[-4:]}"


def _part(story: Story, chance: random.Random, at: datetime) -> str:
    if not story.merges:
        return "nothing to part"
    merge_id = chance.choice(sorted(story.merges))
    given, _ = story.merges.pop(merge_id)
    part(given, merge_id, at)
    return f"parted {given[-4:]}"


def _settle(story: Story, at: datetime) -> None:
    """What the sweeper does, until nothing is left."""
    for _ in story.people:
        for merge_id, (given, _kept) in story.merges.items():
            with transaction():
                persons.carry(given, merge_id, at=at, zone=ZONE)
    assert persons.unfinished() == []


def _check(story: Story) -> None:
    rules = hour_rules()
    for one in story.people:
        found = readings(one)
        modules = Counter(f"{course}/{name}" for course, name, _ in found.modules)
        attempts = [
            entry.data["attempt"]
            for entry in ledger.effective(ledger.entries_after(one, 0))
            if entry.kind == "quiz-ended"
        ]
        assert set(modules) | set(attempts) == story.things(one), story.told
        assert max(modules.values(), default=1) == 1 and len(set(attempts)) == len(attempts), story.told
        assert all(hours <= 800 for hours in found.hours.values()), story.told
        assert differences(ledger.entries_after(one, 0), rules, ZONE) == (), story.told
    verified()


@pytest.mark.parametrize("seed", range(6))
def test_every_step_of_a_random_history(app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    world = build()
    people = [world.person("何静", f"hj{number}", world.branch[number % 2]) for number in range(3)]
    story, at = Story(people), AT
    steps = (_act, _act, _act, _void, _merge, _merge, _part)
    for _ in range(25):
        at += timedelta(hours=chance.choice((1, 2, 20)))
        story.told.append(chance.choice(steps)(story, chance, at))
        _settle(story, at)
        _check(story)
    fold(*people, at=at)
    _erase_somebody(story, world, at)


def _erase_somebody(story: Story, world: World, at: datetime) -> None:
    """Erasing one account erases those joined with it, and leaves the others and every stream alone."""
    gone = story.people[0]
    every = set(persons.accounts_of(gone))
    streams = {one: len(ledger.entries_after(one, 0)) for one in story.people}
    with transaction():
        request_id = persons.ask(gone, way="paper", asked_by=BOSS, at=at, zone=ZONE, days=30)
    with transaction():
        persons.decide(gone, request_id, typed="hj0", actor_id=BOSS, at=at)
    db.session.rollback()
    assert persons.carry_out(gone, request_id, at=at, zone=ZONE)
    for one in story.people:
        assert (accounts.closed_for(one) == "erased") == (one in every)
        assert len(ledger.entries_after(one, 0)) == streams[one] + (one in every)
    db.session.rollback()
    assert world.committee
    verified()


@pytest.mark.parametrize("seed", range(4))
def test_joined_reads_like_one_stream_with_all_acts(app: Flask, seed: int) -> None:
    chance = random.Random(100 + seed)
    world = build()
    kept, given, one = (world.person("何静", name, world.branch[0]) for name in ("hj1", "hj2", "hj3"))
    acts: dict[str, list[tuple[str, str, datetime, int]]] = {kept: [], given: []}
    for who in (kept, given):
        for course in COURSES:
            for name in MODULES:
                if chance.random() < 0.7:
                    at = AT - timedelta(days=chance.choice((1, 2, 3)))
                    acts[who].append((course, name, at, chance.choice((20, 45, 135, 300))))
    for who, done in acts.items():
        with transaction():
            for course, name, at, minutes in done:
                module(who, course, name, at, minutes)
    before = readings(kept), readings(given)
    seen = {(course, name) for course, name, *_ in acts[kept]}
    with transaction():
        for course, name, at, minutes in (
            *acts[kept],
            *(act for act in acts[given] if act[:2] not in seen),
        ):
            module(one, course, name, at, minutes)
    merge_id = join(given, kept, AT)
    assert readings(kept) == readings(one)
    part(given, merge_id, AT)
    assert (readings(kept), readings(given)) == before
    verified()
