"""What is ordinary and what deserves a look, who decides, and quarters. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from learnapp.declarations import ordinary, rules
from learnapp.errors import Invalid

TODAY = date(2026, 11, 24)
ENTERED = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
TERMS = {
    "volunteering": ordinary.Terms(2, False, False, date(2026, 1, 1), date(2026, 12, 31)),
    "absence": ordinary.Terms(None, True, False, date(2026, 1, 1), date(2026, 12, 31)),
    "expelled": ordinary.Terms(None, False, True, date(2026, 1, 1), date(2026, 12, 31)),
}


def act(
    number: int,
    member: str = "a",
    *,
    code: str = "volunteering",
    on: date = date(2026, 11, 20),
    text: str = "",
    file: bool = False,
    official: bool = False,
    entered: datetime = ENTERED,
) -> ordinary.Seen:
    """An act that waits; each has words of its own unless told."""
    standing = rules.Standing(f"{number:032x}", code, "declared", "declared", on, member, number, "", entered)
    return ordinary.Seen(member, standing, text or f"第{number}件事", file, official)


def why(*waiting: ordinary.Seen, others: tuple[ordinary.Seen, ...] = ()) -> list[tuple[str, ...]]:
    """The worries of each, in order."""
    found = ordinary.worries(waiting, others, TERMS, TODAY)
    return [found[one.member_id, one.standing.id] for one in waiting]


def test_ordinary() -> None:
    assert why(act(1), act(2, "b"), act(3, on=date(2026, 11, 2))) == [(), (), ()]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (act(1, file=True), "file"),
        (act(1, official=True), "official"),
        (act(1, code="absence"), "deduction"),
        (act(1, code="expelled"), "veto"),
        (act(1, code="gone"), "no-rule"),
        (act(1, on=date(2026, 10, 20)), "late"),
        (act(1, text="。 "), "no-words"),
    ],
)
def test_each_reason_alone(one: ordinary.Seen, code: str) -> None:
    assert why(one) == [(code,)]


def test_far_back_and_in_an_earlier_period() -> None:
    assert why(act(1, on=date(2025, 12, 30))) == [("late", "old", "earlier-period")]
    waited_long = act(1, on=date(2026, 8, 1), entered=datetime(2026, 8, 3, tzinfo=UTC))
    assert why(waited_long) == [("old",)]


def test_twice_on_one_day_whether_the_other_waits_or_stands() -> None:
    assert why(act(1), act(2)) == [("twice",), ("twice",)]
    confirmed = act(1)
    confirmed = replace(confirmed, standing=replace(confirmed.standing, state="confirmed"))
    assert why(act(2), others=(confirmed,)) == [("twice",)]
    assert why(act(1), act(2, "b"), act(3, code="expelled")) == [(), (), ("veto",)]


def test_over_the_limit_are_those_that_came_later() -> None:
    days = [act(number, on=date(2026, 11, number)) for number in (1, 2, 3, 4)]
    assert why(*days) == [(), (), ("limit",), ("limit",)]
    assert why(days[2], others=(days[0], days[1])) == [("limit",)]


def test_the_same_words_of_two_people_are_seen_through_spaces_and_marks() -> None:
    one, two = act(1, text="清扫楼道。"), act(2, "b", text=" 清扫 楼道")
    assert why(one, two) == [("same-words",), ("same-words",)]
    mine = act(3, on=date(2026, 11, 5), text="清扫楼道")
    assert why(act(1, text="清扫楼道。"), mine) == [(), ()]


def test_deciders() -> None:
    assert rules.deciders("m", "m", {"s"}, {"r"}) == rules.Deciders(frozenset({"s"}), above=False)
    assert rules.deciders("s", "s", {"s"}, {"r"}) == rules.Deciders(frozenset({"r"}), above=False)
    assert rules.deciders("m", "s", {"s"}, {"r"}) == rules.Deciders(frozenset({"r"}), above=False)
    assert rules.deciders("s", "r", {"s"}, {"r"}) == rules.Deciders(frozenset(), above=True)
    assert rules.deciders("s", "s", {"s", "t"}, {"r"}) == rules.Deciders(frozenset({"t"}), above=False)
    assert rules.deciders("m", "m", set(), set()).above


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters(quarter: str, first: date, last: date) -> None:
    assert rules.quarter_days(quarter) == (first, last)
    assert rules.quarter_of(first) == rules.quarter_of(last) == quarter


@pytest.mark.parametrize("bad", ["", "2026", "2026-Q0", "2026-Q5", "26-Q1", "2026-Q1 ", "２０２６-Q1"])
def test_no_quarters(bad: str) -> None:
    with pytest.raises(Invalid):
        rules.quarter_days(bad)
