"""Which study rules hold for whom and when: the nearest unit, the latest day, the latest decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from learnapp import branches, plans
from learnapp.db import db
from learnapp.errors import Invalid, NotFound
from learnapp.plans.parsing import parse_study_rules
from tests.conftest import AT
from tests.hours.committees import ACTOR, adopt, member, unit
from tests.queries import count_queries

DAY = date(2026, 11, 24)
SIXTY, THIRTY = plans.shipped()["hours-60"], plans.shipped()["hours-30"]


def minutes(member_id: str, on: date = DAY) -> int:
    return plans.rules_of(member_id, on).hour.minutes_per_hour


def test_the_nearest_unit_decides(app: Flask) -> None:
    top = unit()
    here, beside = unit(top), unit(top)
    mine, other = member(here), member(beside)
    assert (minutes(mine), minutes(other)) == (45, 45)
    adopt(top, SIXTY, DAY)
    assert (minutes(mine), minutes(other), minutes(mine, DAY - timedelta(days=1))) == (60, 60, 45)
    adopt(here, THIRTY, DAY + timedelta(days=7))
    assert (minutes(mine, DAY + timedelta(days=6)), minutes(mine, DAY + timedelta(days=7))) == (60, 30)
    above = branches.ancestors(here)
    assert plans.rules_for(above, DAY + timedelta(days=7)).hour.minutes_per_hour == 30
    assert plans.rules_for(branches.ancestors(beside), DAY + timedelta(days=7)).hour.minutes_per_hour == 60
    assert plans.rules_for((), DAY) == plans.study_rules()


def test_a_later_decision_for_the_same_day_stands_in_its_place(app: Flask) -> None:
    top = unit()
    mine = member(top)
    adopt(top, SIXTY, DAY)
    adopt(top, THIRTY, DAY)
    assert minutes(mine) == 30
    adopt(top, None, DAY)
    assert minutes(mine) == 45
    assert [one.use.number for one in plans.decisions([top])] == [1, 2, 3]


def test_adopting_twice_is_adopting_once(app: Flask) -> None:
    top = unit()
    assert adopt(top, SIXTY, DAY) == adopt(top, SIXTY, DAY)
    assert len(plans.decisions([top])) == 1


def test_never_from_a_day_that_is_past(app: Flask) -> None:
    top = unit()
    text = plans.write_study_rules("own", SIXTY)
    with pytest.raises(Invalid):
        plans.adopt(top, text, on=DAY - timedelta(days=1), today=DAY, actor_id=ACTOR, at=AT)
    with pytest.raises(NotFound):
        plans.adopt("0" * 32, text, on=DAY, today=DAY, actor_id=ACTOR, at=AT)
    broken = text.replace('"secretary"', '"emperor"')
    with pytest.raises(Invalid):
        plans.adopt(top, broken, on=DAY, today=DAY, actor_id=ACTOR, at=AT)
    db.session.rollback()


def test_a_member_s_rules_cost_one_query(app: Flask) -> None:
    here = unit(unit())
    mine = member(here, post="secretary")
    adopt(here, SIXTY, DAY)
    plans.rules_of(mine, DAY)
    with count_queries() as sent:
        assert plans.rules_of(mine, DAY).hour.minutes_per_hour == 60
    assert len(sent) == 1, sent
    with count_queries() as sent:
        duty = plans.duty_of(mine, DAY)
    assert len(sent) == 1, sent
    assert [(one.measure, one.hours) for one in duty.targets] == [("organised", 5600)]
    assert plans.duty_of("0" * 32, DAY).targets == ()


def test_targets_of_practice() -> None:
    def hours(post: str | None, member_class: str = "full") -> dict[str, tuple[int, int, int]]:
        found = plans.targets_for(plans.study_rules().targets, post, member_class)
        return {one.measure: (one.hours, one.years, one.days) for one in found}

    assert hours(None) == {"organised": (3200, 1, 0)}
    assert hours("cadre-township") == {
        "organised": (3200, 1, 0),
        "total": (9000, 1, 12),
        "online": (5000, 1, 0),
    }
    assert hours("cadre-county")["total"] == (55000, 5, 0)
    (free,) = plans.targets_for(plans.study_rules().targets, "secretary", "special")
    assert (free.required, free.hours) == (False, 0)
    (own,) = plans.targets_for(plans.study_rules().targets, "secretary", "full")
    assert own.at_least_once == ("concentrated",)
    five = next(one for one in plans.study_rules().targets if one.years == 5)
    assert [five.span(year) for year in (2022, 2023, 2027, 2028)] == [
        (2018, 2022),
        (2023, 2027),
        (2023, 2027),
        (2028, 2032),
    ]


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, 0), (1, 25), (15, 25), (16, 50), (30, 50), (31, 100), (45, 150)]
)
def test_brackets(minutes: int, hours: int) -> None:
    assert plans.credit(minutes, 0, THIRTY.hour) == hours


def test_what_was_shipped_is_never_edited() -> None:
    """Entries name these versions: another text would make what was credited under them impossible to check."""
    assert {name: rules.hour.version for name, rules in plans.shipped().items()} == VERSIONS


VERSIONS = {
    "hours-30": "hours-30@b76bac5e44afc3e3",
    "hours-45": "hours-45@22893d2d00e87386",
    "hours-60": "hours-60@38b3dfbd1734e83d",
    "study-hours-2026": "study-hours-2026@5c5fbbb9a878ceaa",
}


amounts = st.integers(1, 800)


@st.composite
def written(draw: st.DrawFn) -> plans.StudyRules:
    """Any rules that a form can make."""
    ups = sorted(draw(st.sets(st.integers(1, 600), max_size=3)))
    worths = sorted(draw(st.lists(amounts, min_size=len(ups), max_size=len(ups))))
    ceiling = draw(st.integers(1, 2400))
    hour = plans.HourRule(
        version="",
        minutes_per_hour=draw(st.integers(1, 600)),
        step=draw(amounts),
        daily_ceiling=ceiling,
        test_credit=draw(st.integers(0, ceiling)),
        brackets=tuple(plans.Bracket(*pair) for pair in zip(ups, worths, strict=True)),
    )
    years = st.sampled_from([(1, 0), (5, 2023), (3, 2020)])
    targets = st.builds(
        lambda span, **values: plans.Target(years=span[0], since=span[1], **values),
        span=years,
        measure=st.sampled_from(sorted(plans.MEASURES)),
        hours=amounts,
        source=st.text(max_size=20),
        source_en=st.text(max_size=20),
        posts=st.lists(st.sampled_from(sorted(branches.POSTS)), unique=True).map(tuple),
        classes=st.lists(st.sampled_from(sorted(branches.CLASSES)), unique=True).map(tuple),
        days=st.integers(0, 366),
        months=st.integers(0, 120),
        at_least_once=st.lists(st.sampled_from(sorted(plans.MODES)), unique=True).map(tuple),
        required=st.booleans(),
    )
    return plans.StudyRules(hour, tuple(draw(st.lists(targets, max_size=4))), draw(st.integers(0, 100)))


@given(written())
def test_rules_read_as_they_were_written(rules: plans.StudyRules) -> None:
    text = plans.write_study_rules("own", rules)
    found = parse_study_rules(text)
    assert found.targets == rules.targets
    assert found.online_counts_percent == rules.online_counts_percent
    assert found.hour.version.startswith("own@")
    hour = found.hour
    assert (hour.minutes_per_hour, hour.step, hour.daily_ceiling, hour.test_credit, hour.brackets) == (
        rules.hour.minutes_per_hour,
        rules.hour.step,
        rules.hour.daily_ceiling,
        rules.hour.test_credit,
        rules.hour.brackets,
    )
