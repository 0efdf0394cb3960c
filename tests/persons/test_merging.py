"""Two accounts that are one person: everything is there afterwards, and taking it back leaves everything as it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from learnapp import accounts, branches, ledger, persons
from learnapp.db import db, transaction
from learnapp.errors import Conflict, Forbidden, Invalid
from tests.conftest import AT, ZONE
from tests.persons.people import (
    BOSS,
    course,
    fold,
    home,
    join,
    lines,
    module,
    part,
    quiz,
    readings,
    verified,
)
from tests.world import World, build

DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)


def _two(world: World) -> tuple[str, str]:
    """The account that goes on, with five completions, and the other one, with fourteen."""
    kept = world.person("刘晓梅", "liuxm", world.branch[0])
    given = world.person("刘晓梅", "liuxiaomei", world.branch[0])
    with transaction():
        for number in range(5):
            module(kept, "party-rules", f"k{number}", AT - (30 - number) * DAY, minutes=45)
    with transaction():
        for number in range(10):
            module(given, "safety", f"g{number}", AT - (60 - number) * DAY, minutes=45)
        course(given, "safety", AT - 50 * DAY)
        for number in range(3):
            quiz(given, f"q{number}", f"{number:032x}", AT - (40 - number) * DAY)
    return kept, given


def test_nineteen_of_nineteen(app: Flask) -> None:
    kept, given = _two(build())
    assert (lines(kept), lines(given)) == (5, 14)
    join(given, kept, AT)
    assert lines(kept) == 19
    assert lines(given) == 14  # nothing was taken from the other stream
    verified()


def test_undoing_gives_back_everything_and_what_came_since(app: Flask) -> None:
    kept, given = _two(build())
    before = readings(kept), readings(given)
    merge_id = join(given, kept, AT)
    part(given, merge_id, AT + DAY)
    assert (readings(kept), readings(given)) == before
    with transaction():
        module(kept, "later", "own", AT + DAY)
    again = join(given, kept, AT + 2 * DAY)
    assert lines(kept) == 20
    with transaction():
        module(kept, "later", "own-2", AT + 2 * DAY)
    part(given, again, AT + 3 * DAY)
    assert (lines(kept), lines(given)) == (7, 14)
    verified()


def test_sign_in_and_membership_end_and_come_back(app: Flask) -> None:
    world = build()
    kept, given = _two(world)
    world.grant(given, "recorder", world.branch[0])
    merge_id = join(given, kept, AT)
    proof = accounts.prove("liuxiaomei", "结绳记事 2026")
    with transaction():
        outcome = accounts.settle(proof, at=AT)
    assert outcome.epoch is None and outcome.closed_for == "merged"
    assert home(given, TODAY) is None and not branches.roles_of(given, TODAY)
    assert home(kept, TODAY) == world.branch[0]
    part(given, merge_id, AT + DAY)
    assert home(given, TODAY + DAY) == world.branch[0] and branches.roles_of(given, TODAY + DAY)
    with transaction():
        assert accounts.settle(accounts.prove("liuxiaomei", "结绳记事 2026"), at=AT).epoch is not None


def test_a_home_that_only_the_other_account_had_goes_over(app: Flask) -> None:
    world = build()
    given = world.person("赵建华", "zhao1", world.branch[2])
    with transaction():
        kept = accounts.create("赵建华", "zhao2", at=AT)
    merge_id = join(given, kept, AT)
    assert home(kept, TODAY) == world.branch[2]
    part(given, merge_id, AT + DAY)
    assert home(kept, TODAY + DAY) is None and home(given, TODAY + DAY) == world.branch[2]


def test_what_both_have_counts_once_and_the_day_has_its_ceiling(app: Flask) -> None:
    world = build()
    kept, given = world.person("王一", "w1", world.branch[0]), world.person("王一", "w2", world.branch[0])
    with transaction():
        module(kept, "c", "same", AT, minutes=180)
        module(kept, "c", "mine", AT, minutes=90)
    with transaction():
        module(given, "c", "same", AT - DAY, minutes=180)
        module(given, "c", "other", AT, minutes=225)
    join(given, kept, AT)
    found = readings(kept)
    assert {name for _, name, _ in found.modules} == {"same", "mine", "other"}
    assert found.hours == {AT.date(): 800}
    verified()


def test_what_the_other_stream_gets_later_is_carried_on(app: Flask) -> None:
    kept, given = _two(build())
    merge_id = join(given, kept, AT)
    entry = next(one for one in ledger.entries_after(given, 0) if one.data.get("quiz") == "q0")
    with transaction():
        ledger.void(given, entry.seq, reason="regraded", actor_id=BOSS, at=AT + DAY, trace="t" * 32)
        quiz(given, "q0", entry.data["attempt"], entry.occurred_at, passed=False, number=2)
    assert persons.unfinished() == [(given, merge_id)]
    with transaction():
        persons.carry(given, merge_id, at=AT + DAY, zone=ZONE)
    assert persons.unfinished() == []
    assert lines(kept) == 18
    quizzes = readings(kept).quizzes
    assert quizzes[("q0", False, entry.occurred_at.date())] == 1
    assert quizzes == readings(given).quizzes
    reasons = ledger.void_reasons(ledger.entries_after(kept, 0))
    assert list(reasons.values()) == ["regraded"]
    verified()


def test_three_accounts_in_a_row(app: Flask) -> None:
    world = build()
    kept, given = _two(world)
    last = world.person("刘晓梅", "lxm3", world.branch[1])
    first = join(given, kept, AT)
    second = join(kept, last, AT + DAY)
    assert lines(last) == 19
    assert persons.given_up_for(given) == last and persons.joined(last) == {given, kept}
    with transaction():
        ledger.void(given, 1, reason="entered-in-error", actor_id=BOSS, at=AT + DAY)
    for one, merge_id in ((given, first), (kept, second)):
        with transaction():
            persons.carry(one, merge_id, at=AT + DAY, zone=ZONE)
    assert lines(last) == 18
    part(given, first, AT + 2 * DAY)
    assert persons.unfinished() == [(kept, second)]
    with transaction():
        persons.carry(kept, second, at=AT + 2 * DAY, zone=ZONE)
    assert (lines(last), lines(given)) == (5, 13)
    with pytest.raises(Conflict, match="joined"), transaction():
        persons.merge(kept, given, reason="x", actor_id=BOSS, at=AT, zone=ZONE)
    verified()


def test_twice_is_harmless(app: Flask) -> None:
    kept, given = _two(build())
    merge_id = join(given, kept, AT)
    with transaction():
        assert persons.carry(given, merge_id, at=AT, zone=ZONE) == 0
    for _ in range(2):
        part(given, merge_id, AT + DAY)
    kinds = [one.kind for one in ledger.entries_after(kept, 0)]
    assert kinds.count("merge-undone") == 1 and kinds.count("merged") == 1
    with transaction():
        assert persons.carry(given, merge_id, at=AT, zone=ZONE) == 0
    assert lines(kept) == 5
    verified()


@pytest.mark.parametrize("cut", ["decided", "carried", "undone"])
def test_broken_off_between_transactions(app: Flask, cut: str) -> None:
    """The sweeper finds it in committed rows and finishes it."""
    from learnapp.jobs import merging

    kept, given = _two(build())
    with transaction():
        merge_id = persons.merge(given, kept, reason="同一人", actor_id=BOSS, at=AT, zone=ZONE)
    if cut != "decided":
        with transaction():
            persons.carry(given, merge_id, at=AT, zone=ZONE)
    if cut == "undone":
        with transaction():
            persons.undo(given, merge_id, reason="误", actor_id=BOSS, at=AT, zone=ZONE)
    db.session.rollback()
    merging.go_on(AT + DAY, ZONE)
    assert persons.unfinished() == []
    if cut == "undone":
        assert (lines(kept), lines(given)) == (5, 14)
        assert home(given, TODAY) is not None and persons.merge_of(given, merge_id).state == "undone"
    else:
        assert lines(kept) == 19
    verified()


def test_refused(app: Flask) -> None:
    kept, given = _two(build())
    for reason, actor, error in (
        ("", BOSS, Invalid),
        ("同一人", kept, Forbidden),
        ("同一人", given, Forbidden),
    ):
        with pytest.raises(error), transaction():
            persons.merge(given, kept, reason=reason, actor_id=actor, at=AT, zone=ZONE)
    with pytest.raises(Conflict), transaction():
        persons.merge(kept, kept, reason="同一人", actor_id=BOSS, at=AT, zone=ZONE)
    assert lines(kept) == 5 and home(given, TODAY) is not None
    fold(kept, at=AT)


def test_acts_point_at_their_own_declaration(app: Flask) -> None:
    """A confirmation names the number of what it confirms, which is another one in the other stream."""
    kept, given = _two(build())
    when = datetime(2026, 11, 1, 3, tzinfo=AT.tzinfo)
    with transaction():
        note = ledger.note(given, "讲了一次微党课")
        common = {"act": "lecture", "act_id": "c" * 32, "on": "2026-11-01"}
        stamp = {"member_id": given, "occurred_at": when, "at": when, "source": "declarations"}
        seq = ledger.record(ledger.ActDeclared(**common, note=note), uid="d", recorder=given, **stamp)
        confirmed = ledger.ActConfirmed(**common, origin="declared", seq=seq, proposer=given)
        ledger.record(confirmed, uid="c", recorder=BOSS, **stamp)
    join(given, kept, AT)
    entries = {one.seq: one for one in ledger.entries_after(kept, 0)}
    found = next(one for one in entries.values() if one.kind == "act-confirmed")
    declared = entries[found.data["seq"]]
    assert (
        declared.kind == "act-declared" and ledger.note_text(kept, declared.data["note"]) == "讲了一次微党课"
    )
