"""Study hours for a passed test: once a test and calendar year, under the rules of the member's committee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from learnapp import catalogue, hours, ledger, plans, quiz, records
from learnapp.db import db, transaction
from learnapp.quiz import measures
from tests.conftest import AT, ZONE
from tests.hours.committees import ACTOR, adopt, faults, local, member, unit
from tests.queries import count_queries
from tests.quiz import keyed
from tests.quiz.keyed import RIGHT, WITH_C, Keys, carry_out, publish, take

THIRTY = plans.shipped()["hours-30"]
# Passes under the first key only.
NARROW = {**RIGHT, "number": "1", "word": "x"}
WRONG = {**RIGHT, "single": "b", "number": "1", "word": "x"}


@pytest.fixture
def mine(app: Flask, tmp_path: Path) -> Iterator[str]:
    """A member whose committee credits half an hour for a passed test."""
    publish(tmp_path)
    top = unit()
    adopt(top, THIRTY, date(2026, 1, 1))
    yield member(top)
    db.session.rollback()


def ended(member_id: str) -> list[tuple[int, int, bool, int, bool]]:
    """Number, seq, passed, hours and whether a rule is named, of the results that count."""
    return [
        (one.data["number"], one.seq, one.data["passed"], one.data["hours"], bool(one.data["hour_rule"]))
        for one in ledger.effective(ledger.entries_after(member_id, 0))
        if one.kind == "quiz-ended"
    ]


def credited(member_id: str) -> list[tuple[int, int]]:
    """Number and hours of each attempt that counts, by number."""
    return sorted((number, value) for number, _seq, _passed, value, _rule in ended(member_id))


def total(member_id: str, year: int = 2026) -> int:
    found = records.read(member_id, today=date(2027, 12, 1), zone=ZONE)
    return next((one.year.total for one in found if one.year.year == year), 0)


def test_once_a_test_and_year(mine: str) -> None:
    take(WRONG, mine)
    take(RIGHT, mine, AT + timedelta(hours=1))
    take(RIGHT, mine, AT + timedelta(hours=2))
    take(RIGHT, mine, local("2027-01-01T00:00:00"))
    assert credited(mine) == [(1, 0), (2, 50), (3, 0), (4, 50)]
    assert [rule for *_others, rule in ended(mine)] == [False, True, True, True]
    assert (total(mine), total(mine, 2027)) == (50, 50)
    assert faults(mine) == []


def test_the_last_moment_of_the_year(mine: str) -> None:
    take(RIGHT, mine, local("2026-12-31T23:58:59.999"))
    take(RIGHT, mine, local("2026-12-31T23:59:00"))
    assert credited(mine) == [(1, 50), (2, 50)]
    assert (total(mine), total(mine, 2027)) == (50, 50)


def test_nothing_where_the_rules_give_nothing(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    member_id = member(unit())
    take(RIGHT, member_id)
    assert [found[3:] for found in ended(member_id)] == [(0, False)]
    assert faults(member_id) == []


def test_within_the_ceiling_of_the_day(mine: str) -> None:
    rule = plans.rules_of(mine, date(2026, 11, 24)).hour
    with transaction():
        earned = hours.for_module(mine, 234, rule, at=AT, zone=ZONE)
        event = ledger.ModuleCompleted("c", "m", "a" * 64, "a" * 64, 234, earned.hours, earned.rule, "online")
        ledger.record(event, member_id=mine, uid="m", occurred_at=AT, at=AT, recorder=mine, source="test")
    assert earned.hours == 775
    take(RIGHT, mine, AT)
    assert credited(mine) == [(1, 25)]
    assert hours.on(mine, date(2026, 11, 24), ZONE) == 800
    assert faults(mine) == []


def regrade(folder: Path, first: catalogue.Quiz, keys: Keys, at: datetime) -> None:
    """The results of the first version are corrected by these keys."""
    later = publish(folder, keys, at)
    carry_out(quiz.regrade.dry_run(first.hash, later.hash), at)


def test_a_corrected_key_moves_the_hours(mine: str, tmp_path: Path) -> None:
    """Attempt 1 passes by the wrong key only; when that is corrected the hours go to attempt 2, and back again they
    do not go: a test counts once, whichever attempt has them."""
    first = catalogue.quiz("keyed")
    take(NARROW, mine, AT)
    take({**RIGHT, "single": "c"}, mine, AT + timedelta(hours=1))
    assert credited(mine) == [(1, 50), (2, 0)]
    regrade(tmp_path, first, WITH_C, AT + timedelta(days=1))
    assert [(number, passed, value) for number, _seq, passed, value, _rule in sorted(ended(mine))] == [
        (1, False, 0),
        (2, True, 50),
    ]
    assert faults(mine) == []
    known = {one.number: one.entry_seq for one in quiz.attempts(mine)}
    assert known == {number: seq for number, seq, *_others in ended(mine)}
    assert total(mine) == 50
    regrade(tmp_path, first, Keys(note="x"), AT + timedelta(days=2))
    assert sum(value for _number, value in credited(mine)) == 50
    assert total(mine) == 50
    assert faults(mine) == []


def test_an_attempt_that_is_opened_again_and_fails(mine: str) -> None:
    _, opened = take(NARROW, mine, AT)
    take(RIGHT, mine, AT + timedelta(hours=1))
    later = AT + timedelta(hours=2)
    with transaction():
        measures.reopen(mine, opened, minutes=10, reason="again", actor_id=ACTOR, at=later)
    assert credited(mine) == [(2, 0)]
    with transaction():
        quiz.save_form(mine, opened, "single", {"": ["b"]}, at=later)
        quiz.submit(mine, opened, at=later + timedelta(minutes=1))
    assert credited(mine) == [(1, 0), (2, 50)]
    assert faults(mine) == []


def test_the_rule_of_the_result_stays_when_it_is_corrected(mine: str, tmp_path: Path) -> None:
    first = catalogue.quiz("keyed")
    take(RIGHT, mine, AT)
    (before,) = ledger.effective(ledger.entries_after(mine, 0))
    duty = plans.duty_of(mine, date(2026, 11, 24))
    assert duty.branch_id is not None
    richer = replace(THIRTY, hour=replace(THIRTY.hour, test_credit=200))
    adopt(duty.branch_id, richer, date(2026, 11, 24))
    regrade(tmp_path, first, WITH_C, AT + timedelta(days=1))
    (after,) = ledger.effective(ledger.entries_after(mine, 0))
    assert after.seq != before.seq and after.data["earned"] < before.data["earned"]
    assert (after.data["hours"], after.data["hour_rule"]) == (50, before.data["hour_rule"])
    assert faults(mine) == []


def test_handing_in_asks_little_more(mine: str) -> None:
    """Not passed: nothing. Passed: one look for the rules, and where they credit tests one at the year."""
    plans.rules_of(mine, AT.date())  # fills the cache of immutable texts
    counts = []
    for answers in (WRONG, RIGHT):
        _, attempt = take(answers, mine, AT, submit=False)
        with transaction(), count_queries() as sent:
            quiz.submit(mine, attempt, at=AT + timedelta(minutes=1))
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 2, counts


def test_what_is_not_shown_yet_is_not_in_the_hours(mine: str) -> None:
    _, attempt = take(RIGHT, mine, AT)
    assert total(mine) == 50
    hidden = records.read(mine, today=date(2026, 12, 1), zone=ZONE, hidden={attempt})
    assert hidden == ()


def test_where_the_last_attempt_counts(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attempt before gives its hours back, and the last one has them where it was passed."""
    top = unit()
    adopt(top, THIRTY, date(2026, 1, 1))
    mine = member(top)
    plain = keyed.source
    monkeypatch.setattr(
        keyed, "source", lambda keys: plain(keys).replace("attempts = 5", 'attempts = 5\ncounts = "last"')
    )
    publish(tmp_path)
    take(RIGHT, mine, AT)
    take(RIGHT, mine, AT + timedelta(hours=1))
    assert credited(mine) == [(2, 50)]
    take(WRONG, mine, AT + timedelta(hours=2))
    assert credited(mine) == [(3, 0)]
    assert total(mine) == 0
    assert faults(mine) == []
