"""Hours recomputed from the entries and the rules of their versions are those that were stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learnapp import hours, ledger, plans, records
from learnapp.clock import local_date
from learnapp.db import db, new_id, transaction
from learnapp.declarations.waivers import credit as spread
from tests.conftest import AT, ZONE
from tests.hours.committees import ACTOR, adopt, faults, local, member, unit
from tests.queries import count_queries

VERSION = "a" * 64
# Every history runs over the turn of this year.
NEW_YEAR = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
RULES = (plans.shipped()["hours-30"], plans.shipped()["hours-45"], plans.shipped()["hours-60"])
LOW = tuple(replace(one, hour=replace(one.hour, daily_ceiling=200, test_credit=75)) for one in RULES)


def record(member_id: str, event: ledger.Event, occurred_at: datetime, at: datetime) -> int:
    return ledger.record(
        event,
        member_id=member_id,
        uid=new_id(),
        occurred_at=occurred_at,
        at=at,
        recorder=member_id,
        source="test",
    )


def module(member_id: str, minutes: int, occurred_at: datetime, at: datetime, name: str = "m") -> int:
    """A module was completed, credited as `study` does it."""
    rule = plans.rules_of(member_id, local_date(occurred_at, ZONE)).hour
    earned = hours.for_module(member_id, minutes, rule, at=occurred_at, zone=ZONE)
    event = ledger.ModuleCompleted(
        "c", name, VERSION, VERSION, minutes, earned.hours, earned.rule, mode="online"
    )
    return record(member_id, event, occurred_at, at)


def quiz(member_id: str, slug: str, passed: bool, occurred_at: datetime, at: datetime) -> int:
    """An attempt ended, credited as `quiz` does it."""
    earned = hours.for_test(member_id, slug, at=occurred_at, zone=ZONE) if passed else hours.NOTHING
    event = ledger.QuizEnded(
        quiz=slug,
        version=VERSION,
        attempt=new_id(),
        number=1,
        ended_by="member",
        earned=1,
        possible=1,
        passed=passed,
        paper_digest=VERSION,
        acts_digest=VERSION,
        hours=earned.hours,
        hour_rule=earned.rule,
    )
    return record(member_id, event, occurred_at, at)


def accepted(member_id: str, minutes: int, days: int, on: date, at: datetime) -> int:
    """Something done elsewhere was accepted, credited as `declarations` does it."""
    rule = plans.rules_of(member_id, on).hour
    effective = ledger.effective(ledger.entries_after(member_id, 0))
    event = ledger.EquivalenceGranted(
        thing=f"course/{new_id()}",
        basis="party-school",
        on=on.isoformat(),
        days=days,
        minutes=minutes,
        hours=spread(effective, on, minutes, days, rule, ZONE),
        hour_rule=rule.version if minutes else "",
        mode="concentrated",
        note="",
    )
    return record(member_id, event, at, at)


# What happens, at how many minutes from the turn of the year, recorded how much later.
MOMENTS = st.integers(-3 * 1440, 3 * 1440) | st.sampled_from([-1, 0, 1])
ACTS = st.one_of(
    st.tuples(st.just("module"), st.integers(0, 300)),
    st.tuples(st.just("quiz"), st.sampled_from("ab"), st.booleans()),
    st.tuples(st.just("accepted"), st.integers(0, 2000), st.integers(1, 4)),
    st.tuples(st.just("void"), st.integers(0, 30)),
    st.tuples(st.just("adopt"), st.integers(0, 6), st.booleans()),
)
HISTORIES = st.lists(st.tuples(ACTS, MOMENTS, st.integers(0, 2 * 1440)), max_size=25)


def live(top: str, here: str, member_id: str, history: list[tuple[tuple[object, ...], int, int]]) -> None:
    """Lets the history happen."""
    counting: list[int] = []
    at = NEW_YEAR - timedelta(days=10)
    for act, moment, late in history:
        occurred_at = NEW_YEAR + timedelta(minutes=moment)
        at = max(at, occurred_at + timedelta(minutes=late))
        kind, *rest = act
        if kind == "adopt":
            which = int(str(rest[0]))
            rules = None if which == 6 else (*RULES, *LOW)[which]
            adopt(here if rest[1] else top, rules, local_date(occurred_at, ZONE), at)
            continue
        with transaction():
            ledger.lock(member_id)
            if kind == "void":
                if counting:
                    seq = counting.pop(int(str(rest[0])) % len(counting))
                    ledger.void(member_id, seq, reason="entered-in-error", actor_id=ACTOR, at=at)
            elif kind == "module":
                counting.append(module(member_id, int(str(rest[0])), occurred_at, at))
            elif kind == "quiz":
                counting.append(quiz(member_id, str(rest[0]), bool(rest[1]), occurred_at, at))
            else:
                minutes, days = int(str(rest[0])), int(str(rest[1]))
                counting.append(accepted(member_id, minutes, days, local_date(occurred_at, ZONE), at))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(HISTORIES)
def test_recomputed_hours_are_the_stored_ones(
    app: Flask, history: list[tuple[tuple[object, ...], int, int]]
) -> None:
    top = unit()
    here = unit(top)
    member_id = member(here)
    live(top, here, member_id, history)
    assert faults(member_id) == []
    stream = ledger.entries_after(member_id, 0)
    effective = ledger.effective(stream)
    known = {version: one.hour for version, one in plans.known_rules().items()}
    ceilings = [known[one.data["hour_rule"]].daily_ceiling for one in effective if one.data.get("hour_rule")]
    # What was accepted for several days is kept as one sum, so that only its even share is known of each day.
    if all(one.data.get("days", 1) == 1 for one in effective):
        for day in (date(2026, 12, 29) + timedelta(days=number) for number in range(7)):
            assert hours.on_day(effective, day, ZONE) <= max(ceilings, default=0)
    years = {one.year.year: one.year for one in records.read(member_id, today=date(2027, 1, 9), zone=ZONE)}
    for year in (2026, 2027):
        summed = sum(hours.by_mode(effective, year, ZONE).values())
        assert (years[year].total if year in years else 0) == summed
        assert sum(one.data["hours"] for one in hours.of_year(member_id, year, ZONE)) == summed
        if year in years:
            assert sum(line.hours for line in years[year].credited) == summed
    db.session.rollback()


def test_a_changed_number_is_found(app: Flask) -> None:
    top = unit()
    member_id = member(top)
    with transaction():
        module(member_id, 45, AT, AT)
    (good,) = ledger.entries_after(member_id, 0)
    known = {version: one.hour for version, one in plans.known_rules().items()}
    assert hours.differences([good], known, ZONE) == ()
    wrong = replace(good, data={**good.data, "hours": 150})
    assert hours.differences([wrong], known, ZONE) == (
        hours.Difference(good.seq, 150, 100, plans.hour_rule().version),
    )
    unknown = replace(good, data={**good.data, "hour_rule": "nobody@0"})
    assert hours.differences([unknown], known, ZONE) == (hours.Difference(good.seq, 100, None, "nobody@0"),)


@pytest.mark.parametrize(
    ("moment", "year"), [("2026-12-31T23:59:59.999", 2026), ("2027-01-01T00:00:00", 2027)]
)
def test_the_year_is_that_of_the_completion_however_late(app: Flask, moment: str, year: int) -> None:
    member_id = member(unit())
    with transaction():
        module(member_id, 45, local(moment), local("2027-01-20T09:00:00"))
    (statement,) = records.read(member_id, today=date(2027, 2, 1), zone=ZONE)
    assert (statement.year.year, statement.year.hours) == (year, {"online": 100})
    assert [one.seq for one in hours.of_year(member_id, year, ZONE)] == [1]
    assert hours.of_year(member_id, 4053 - year, ZONE) == []
    assert faults(member_id) == []


def test_the_ceiling_is_of_the_local_day(app: Flask) -> None:
    member_id = member(unit())
    with transaction():
        # 16:00 in UTC is midnight in Shanghai.
        module(member_id, 600, local("2026-11-24T23:59:59.999"), AT)
        module(member_id, 45, local("2026-11-25T00:00:00"), AT)
        module(member_id, 45, local("2026-11-24T08:00:00"), AT)
    assert [one.data["hours"] for one in ledger.entries_after(member_id, 0)] == [800, 100, 0]
    assert hours.on(member_id, date(2026, 11, 24), ZONE) == 800


def test_a_target_of_five_years_adds_up(app: Flask) -> None:
    member_id = member(unit(), post="cadre-county")
    with transaction():
        for year in (2022, 2023, 2024, 2026):
            module(member_id, 90, local(f"{year}-03-01T09:00:00"), AT)
    found = {one.year.year: one for one in records.read(member_id, today=date(2026, 11, 24), zone=ZONE)}
    total = next(one for one in found[2026].measures if one.measure == "total")
    assert (total.hours, total.first, total.last) == (600, 2023, 2027)
    assert next(one.hours for one in found[2023].measures if one.measure == "total") == 200
    online = next(one for one in found[2026].measures if one.measure == "online")
    assert (online.hours, online.target and online.target.hours) == (200, 5000)


def test_the_share_of_online_study(app: Flask) -> None:
    top = unit()
    member_id = member(top, post="secretary")
    adopt(top, replace(plans.study_rules(), online_counts_percent=33), date(2026, 1, 1))
    with transaction():
        module(member_id, 45, AT, AT)
        accepted(member_id, 90, 1, date(2026, 11, 23), AT)
    (statement,) = records.read(member_id, today=date(2026, 11, 24), zone=ZONE)
    organised = next(one for one in statement.measures if one.measure == "organised")
    assert (organised.hours, organised.once) == (233, (("concentrated", True),))
    assert statement.rules.online_counts_percent == 33


def test_crediting_takes_few_queries(app: Flask) -> None:
    member_id = member(unit())
    with transaction():
        module(member_id, 45, AT, AT)
    with count_queries() as sent:
        hours.for_module(member_id, 20, plans.hour_rule(), at=AT, zone=ZONE)
    assert len(sent) == 1, sent
    with count_queries() as sent:
        hours.for_test(member_id, "q", at=AT, zone=ZONE)
    assert len(sent) == 1, sent
