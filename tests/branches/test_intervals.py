"""Homes by interval: whatever is changed, taken back or moved, they never overlap and no gap appears."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.branches.intervals import Homes, Stay, changed, home_on, moved, taken_back
from learnapp.errors import AppError, Conflict, Invalid

DAY = date(2026, 1, 1)
UNITS, CLASSES, POSTS = ("a", "b", "c"), ("full", "probationary", "mobile"), (None, "secretary")
days = st.integers(-20, 60).map(lambda number: DAY + timedelta(days=number))


def stay(first: int, after: int | None, unit: str = "a", what: str = "full", post: str | None = None) -> Stay:
    return Stay(
        unit,
        "home",
        what,
        post,
        DAY + timedelta(days=first),
        None if after is None else DAY + timedelta(days=after),
    )


@st.composite
def histories(draw: st.DrawFn) -> Homes:
    """Some intervals one after the other, some of them with days without a home between."""
    found: list[Stay] = []
    first = draw(st.integers(0, 5))
    for _ in range(draw(st.integers(1, 4))):
        after = first + draw(st.integers(1, 10))
        found.append(
            stay(
                first,
                after,
                draw(st.sampled_from(UNITS)),
                draw(st.sampled_from(CLASSES)),
                draw(st.sampled_from(POSTS)),
            )
        )
        first = after + draw(st.sampled_from([0, 0, 0, 4]))
    if draw(st.booleans()):
        found.append(stay(first, None))
    return tuple(found)


@st.composite
def acts(draw: st.DrawFn) -> tuple[str, date, str, str | None, str]:
    return (
        draw(st.sampled_from(["change", "take", "move"])),
        draw(days),
        draw(st.sampled_from(CLASSES)),
        draw(st.sampled_from(POSTS)),
        draw(st.sampled_from(UNITS)),
    )


def done(homes: Homes, act: tuple[str, date, str, str | None, str], today: date) -> Homes:
    what, on, member_class, post, unit = act
    try:
        if what == "change":
            return changed(homes, member_class, post, on)
        return taken_back(homes, on) if what == "take" else moved(homes, unit, on, today)
    except (Invalid, Conflict):
        return homes


def somewhere(homes: Homes) -> set[date]:
    """The days with a home, of those that any of these tests touches."""
    all_days = (DAY + timedelta(days=number) for number in range(-30, 120))
    return {day for day in all_days if home_on(homes, day)}


@given(histories(), st.lists(acts(), max_size=8), days)
def test_never_two_homes_never_a_gap(
    homes: Homes, several: list[tuple[str, date, str, str | None, str]], today: date
) -> None:
    known = somewhere(homes)
    for act in several:
        homes = done(homes, act, today)
        assert somewhere(homes) == known, "nobody loses or gains a day of belonging"
        for before, after in pairwise(homes):
            assert before.valid_to is not None and before.valid_to <= after.valid_from, "no overlap"
        assert all(one.valid_to is None or one.valid_from < one.valid_to for one in homes), "none is empty"


@given(histories(), days, st.sampled_from(CLASSES), st.sampled_from(POSTS))
def test_a_change_is_seen_from_its_day_and_not_before(
    homes: Homes, on: date, member_class: str, post: str | None
) -> None:
    try:
        after = changed(homes, member_class, post, on)
    except Invalid:
        assert home_on(homes, on) is None
        return
    told = home_on(after, on)
    assert told is not None and (told.member_class, told.post) == (member_class, post)
    old = home_on(homes, on)
    for number in range(-30, 90):
        day = DAY + timedelta(days=number)
        one, other = home_on(homes, day), home_on(after, day)
        same = None if one is None else one.standing
        assert (None if other is None else other.standing) == (
            (old.branch_id, member_class, post) if old and old.holds_on(day) and day >= on else same
        )
    assert changed(after, member_class, post, on) == after, "twice is once"


@given(histories(), days, st.sampled_from(UNITS), days)
def test_a_move_takes_the_class_along_and_leaves_the_post(
    homes: Homes, on: date, unit: str, today: date
) -> None:
    try:
        after = moved(homes, unit, on, today)
    except AppError:
        return
    for number in range(-30, 90):
        day = DAY + timedelta(days=number)
        one, other = home_on(homes, day), home_on(after, day)
        if one is None or day < on:
            assert (one and one.standing) == (other and other.standing)
        else:
            assert other is not None and other.standing == (unit, one.member_class, None)


@given(histories(), days, st.sampled_from(CLASSES))
def test_taking_back_undoes_a_change_that_began_in_the_middle(
    homes: Homes, on: date, member_class: str
) -> None:
    here = home_on(homes, on)
    if here is None or here.valid_from == on or member_class == here.member_class:
        return
    entered = changed(homes, member_class, here.post, on)
    boundary = [one for one in entered if one.valid_from == on]
    assert len(boundary) == 1
    assert somewhere(taken_back(entered, on)) == somewhere(homes)
    told = home_on(taken_back(entered, on), on)
    assert told is not None and told.standing == here.standing


def test_a_day_without_a_home_and_a_day_without_a_change_are_refused() -> None:
    homes = (stay(0, 10), stay(10, None, "b"))
    with pytest.raises(Invalid, match="no unit"):
        changed(homes, "mobile", None, DAY - timedelta(days=1))
    for number in (0, 3, 10):
        with pytest.raises(Invalid, match="No change"):
            taken_back(homes, DAY + timedelta(days=number))


def test_what_a_move_refuses() -> None:
    today = DAY + timedelta(days=15)
    homes = (stay(0, 10), stay(10, None, "b"))
    with pytest.raises(Conflict, match="home already"):
        moved(homes, "b", today, today)
    for number in (5, 10):
        with pytest.raises(Invalid, match="came to the present unit"):
            moved(homes, "c", DAY + timedelta(days=number), today)
    with pytest.raises(Conflict, match="no unit today"):
        moved(homes, "c", today, DAY - timedelta(days=1))
    leaving = (stay(0, 20), stay(20, None, "c"))
    with pytest.raises(Conflict, match="ends on"):
        moved(leaving, "b", DAY + timedelta(days=18), today)
    assert moved(homes, "c", DAY + timedelta(days=11), today) == (
        stay(0, 10),
        stay(10, 11, "b"),
        stay(11, None, "c"),
    )


def test_moving_back_to_where_one_was() -> None:
    homes = (stay(0, 10), stay(10, None, "b"))
    assert moved(homes, "a", DAY + timedelta(days=12), DAY + timedelta(days=15)) == (
        stay(0, 10),
        stay(10, 12, "b"),
        stay(12, None),
    )
