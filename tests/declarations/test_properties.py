"""Whatever several people do in whatever order: nobody decides about their own, and the rows follow from the
entries."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from flask import Flask

from learnapp import declarations, ledger
from learnapp.db import transaction
from learnapp.errors import AppError
from tests.conftest import AT
from tests.declarations import acting
from tests.world import build

STEPS = 60
VERBS = ("declare", "record", "confirm", "decline", "withdraw", "void", "settle", "again")


def _step(dice: random.Random, people: list[str], known: list[tuple[str, str, str]]) -> None:
    """One step of one person; what the rules refuse is refused."""
    verb, actor = dice.choice(VERBS), dice.choice(people)
    member, act_id, uid = dice.choice(known) if known else (dice.choice(people), "0" * 32, "")
    if verb == "declare":
        fresh = acting.fresh()
        known.append((actor, acting.declare(actor, uid=fresh, text=f"第{len(known)}件"), fresh))
    elif verb == "record":
        other, fresh = dice.choice(people), acting.fresh()
        known.append((other, acting.record(other, actor, uid=fresh), fresh))
    elif verb == "again" and uid:
        acting.declare(member, uid=uid)
    elif verb == "confirm":
        acting.confirm(member, act_id, actor)
    elif verb == "decline":
        acting.decline(member, act_id, actor, dice.choice(sorted(declarations.DECLINE_REASONS)))
    elif verb == "withdraw":
        acting.withdraw(member, act_id)
    elif verb == "void":
        entries = ledger.entries_after(member, 0)
        with transaction():
            seq = dice.choice(entries).seq if entries else 1
            ledger.void(member, seq, reason="entered-in-error", actor_id=actor, at=AT)
            declarations.settle(member)
    else:
        with transaction():
            declarations.settle(member)


def _check(member_id: str) -> None:
    entries = ledger.entries_after(member_id, 0)
    assert declarations.check(member_id) == []
    proposers: dict[str, str] = {}
    decided: dict[str, list[int]] = {}
    void = ledger.voided_seqs(entries)
    for entry in entries:
        if entry.kind in ("act-declared", "act-recorded"):
            proposers[entry.data["act_id"]] = entry.recorder
            assert (entry.recorder == member_id) == (entry.kind == "act-declared")
        elif entry.kind in ("act-confirmed", "act-declined"):
            assert entry.recorder not in (member_id, proposers[entry.data["act_id"]])
            if entry.seq not in void:
                decided.setdefault(entry.data["act_id"], []).append(entry.seq)
    assert all(len(seqs) == 1 for seqs in decided.values()), "an act was decided twice"
    for info in declarations.acts_of(member_id):
        stands = [seq for seq in decided.get(info.standing.id, []) if info.standing.seq not in void]
        if info.standing.state in ("confirmed", "declined"):
            assert stands == [info.standing.decided_seq]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_what_several_people_do(app: Flask, seed: int) -> None:
    dice, world = random.Random(seed), build()
    people = [*world.members[0], world.people["secretary"], world.people["recorder"]]
    known: list[tuple[str, str, str]] = []
    refused = 0
    for _ in range(STEPS):
        try:
            _step(dice, people, known)
        except AppError:
            refused += 1
    assert 0 < refused < STEPS
    for member_id in people:
        _check(member_id)
        before = [info.standing for info in declarations.acts_of(member_id)]
        with suppress(AppError), transaction():
            declarations.settle(member_id)
        assert [info.standing for info in declarations.acts_of(member_id)] == before
    assert ledger.verify().ok
