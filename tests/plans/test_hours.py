"""Study hours: rounding, the daily ceiling, the shipped rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import plans
from learnapp.errors import Invalid
from learnapp.plans.parsing import hundredths, parse_study_rules

RULE = plans.HourRule(version="test", minutes_per_hour=45, step=25, daily_ceiling=800)


@pytest.mark.parametrize(
    ("minutes", "hours"),
    # 45 minutes are an hour, a quarter is 11.25 minutes, so half a quarter is 5.625 minutes.
    [(0, 0), (5, 0), (6, 25), (11, 25), (16, 25), (17, 50), (20, 50), (45, 100), (90, 200)],
)
def test_minutes_go_to_the_nearest_quarter(minutes: int, hours: int) -> None:
    assert plans.credit(minutes, 0, RULE) == hours


def test_exactly_half_way_goes_up() -> None:
    rule = replace(RULE, minutes_per_hour=40)  # a quarter is 10 minutes
    assert [plans.credit(m, 0, rule) for m in (4, 5, 14, 15)] == [0, 25, 25, 50]


def test_a_day_never_passes_its_ceiling() -> None:
    assert plans.credit(90, 700, RULE) == 100
    assert plans.credit(90, 800, RULE) == 0
    assert plans.credit(90, 825, RULE) == 0


@given(st.lists(st.integers(0, 300), max_size=20))
def test_any_day_adds_up_to_at_most_the_ceiling(day: list[int]) -> None:
    total = 0
    for minutes in day:
        total += plans.credit(minutes, total, RULE)
    assert total <= RULE.daily_ceiling


def test_the_shipped_rule_is_named_by_its_content() -> None:
    rule = plans.hour_rule()
    name, _, digest = rule.version.partition("@")
    assert (name, len(digest)) == ("hours-45", 16)
    assert (rule.minutes_per_hour, rule.step, rule.daily_ceiling) == (45, 25, 800)


def test_targets_follow_post_and_class() -> None:
    def hours(post: str | None, member_class: str) -> list[tuple[str, int]]:
        return [
            (target.measure, target.hours)
            for target in plans.targets_for(plans.study_rules().targets, post, member_class)
        ]

    assert hours(None, "full") == [("organised", 3200)]
    assert hours("secretary", "full") == [("organised", 5600)]
    assert hours("committee-member", "mobile") == [("organised", 5600)]
    assert hours(None, "applicant") == []


def test_another_number_is_another_version() -> None:
    text = (
        'name = "x"\nminutes_per_hour = {}\nstep = "0.25"\ndaily_ceiling = "8"\nonline_counts_percent = 0\n'
    )
    first, second = (parse_study_rules(text.format(minutes)).hour.version for minutes in (45, 60))
    assert first != second


@pytest.mark.parametrize("text", ["-1", "0.125", "a lot", "nan", "Infinity", None])
def test_amounts_have_at_most_two_decimals(text: str | None) -> None:
    with pytest.raises(Invalid):
        hundredths(text, "step")
