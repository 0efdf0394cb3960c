"""States, expectation, and what is hidden of small units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.coverage.queries import Table, concealed
from learnapp.coverage.rules import (
    SMALL,
    Counts,
    State,
    expected,
    hidden,
    person_state,
    progress,
    state_of,
    tally,
    total,
)


@dataclass(frozen=True)
class Fact:
    seq: int
    kind: str
    subject: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    item_id: str = "i"
    kind: str = "course"
    slug: str = "duties"
    starts_on: date = date(2026, 9, 1)
    due_on: date = date(2026, 11, 30)


def _module(seq: int) -> Fact:
    return Fact(seq, "module-completed", "module/duties/a", {"course": "duties"})


def _course(seq: int) -> Fact:
    return Fact(seq, "course-completed", "course/duties", {"course": "duties"})


def _quiz(seq: int, passed: bool) -> Fact:
    return Fact(seq, "quiz-ended", "quiz/test", {"quiz": "test", "passed": passed})


def _void(seq: int, of: int) -> Fact:
    return Fact(seq, "voided", f"entry/{of}", {"seq": of})


@pytest.mark.parametrize(
    ("stream", "state"),
    [
        ([], State("open", None)),
        ([Fact(1, "study-begun", "course/duties", {"course": "duties"})], State("under", 1)),
        ([_module(1)], State("under", 1)),
        ([_module(1), _course(2)], State("done", 2)),
        ([_course(1), _module(2), _course(3)], State("done", 1)),
        ([_module(1), _course(2), _void(3, 2)], State("under", 1)),
        ([_course(1), _void(2, 1)], State("open", None)),
        ([_course(1), _course(2), _void(3, 1)], State("done", 2)),
    ],
)
def test_a_course_goes_from_open_to_done(stream: list[Fact], state: State) -> None:
    assert state_of(Item(), True, progress(stream)) == state


@pytest.mark.parametrize(
    ("stream", "state"),
    [
        ([_quiz(1, False)], State("under", 1)),
        ([_quiz(1, False), _quiz(2, True), _quiz(3, False)], State("done", 2)),
        ([_quiz(1, True), _void(2, 1)], State("open", None)),
    ],
)
def test_a_quiz_is_done_when_passed(stream: list[Fact], state: State) -> None:
    assert state_of(Item(kind="quiz", slug="test"), True, progress(stream)) == state


@given(
    st.lists(st.sampled_from([_module, _course, lambda seq: _quiz(seq, True), lambda seq: _quiz(seq, False)]))
)
def test_progress_goes_on_from_wherever_it_was(makers: list[Callable[[int], Fact]]) -> None:
    stream = [make(seq) for seq, make in enumerate(makers, 1)]
    for cut in range(len(stream) + 1):
        assert progress(stream[cut:], progress(stream[:cut])) == progress(stream)
        assert progress(stream, progress(stream[:cut])) == progress(stream), "the same entries twice"


def test_who_is_not_expected_is_out_whatever_they_did() -> None:
    assert state_of(Item(), False, progress([_course(1)])) == State("out", None)


@pytest.mark.parametrize(
    ("joined", "is_expected"),
    [
        (date(2020, 1, 1), True),
        (date(2026, 10, 31), True),  # exactly 30 days before
        (date(2026, 11, 1), False),
        (date(2026, 12, 1), False),
    ],
)
def test_who_joined_late_is_not_expected(joined: date, is_expected: bool) -> None:
    assert expected(Item(), joined, False) is is_expected
    assert expected(Item(), joined, True) is False


def test_a_short_plan_expects_whoever_was_there_when_it_began() -> None:
    short = Item(starts_on=date(2026, 11, 20))
    assert expected(short, date(2026, 11, 20), False)
    assert not expected(short, date(2026, 11, 21), False)


@pytest.mark.parametrize(
    ("states", "word"),
    [
        ([], "out"),
        (["out", "out"], "out"),
        (["done", "out"], "done"),
        (["open", "open"], "open"),
        (["done", "open"], "under"),
        (["under"], "under"),
    ],
)
def test_one_word_for_a_person(states: list[str], word: str) -> None:
    assert person_state(states) == word


def test_counts_add_up() -> None:
    assert tally(["done", "done", "open", "out"]) == Counts(open=1, done=2, out=1)
    assert total([Counts(1, 2, 3, 4), Counts(10, 20, 30, 40)]) == Counts(11, 22, 33, 44)
    assert Counts(1, 2, 3, 4).due == 6
    assert total([]) == Counts()


def test_one_small_unit_takes_the_next_smallest_with_it() -> None:
    assert hidden({"a": 30, "b": 3, "c": 12, "d": 11}) == {"b", "d"}


def test_two_small_units_that_are_too_few_together_take_a_third() -> None:
    assert hidden({"a": 30, "b": 3, "c": 1, "d": 11}) == {"b", "c", "d"}
    assert hidden({"a": 30, "b": 3, "c": 2, "d": 11}) == {"b", "c"}


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert hidden({"a": 5, "b": 0}) == frozenset()


_DUE = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 20), max_size=8)


@given(_DUE)
def test_no_small_figure_is_shown_or_can_be_had_by_subtraction(due: dict[str, int]) -> None:
    found = hidden(due)
    shown = [number for unit, number in due.items() if unit not in found]
    assert not any(0 < number < SMALL for number in shown)
    if found and any(shown):
        assert len(found) >= 2 and sum(due[unit] for unit in found) >= SMALL


@given(_DUE)
def test_hiding_does_not_depend_on_the_order_of_the_rows(due: dict[str, int]) -> None:
    assert hidden(dict(reversed(due.items()))) == hidden(due)


def test_a_hidden_unit_hides_everything_below_it() -> None:
    def table(unit: str, **due: int) -> Table:
        return Table(unit, {(child, "i"): Counts(open=number) for child, number in due.items()})

    found = {
        "root": table("root", left=40, right=3, far=7),
        "left": table("left", one=20, two=20),
        "right": table("right", right=3),
        "far": table("far", deep=7),
        "deep": table("deep", deep=7),
    }
    assert not concealed(["left", "root"], found, "i")
    assert concealed(["right", "root"], found, "i")
    assert concealed(["far", "root"], found, "i"), "hidden so that the small one cannot be had by subtraction"
    assert concealed(["deep", "far", "root"], found, "i")
    assert not concealed(["root"], found, "i")
    assert concealed(["root"], {"root": table("root", left=2)}, "i")


@given(st.integers(0, 400))
def test_expectation_ends_once_and_for_all(days: int) -> None:
    first = date(2026, 1, 1)
    later = [expected(Item(), first + timedelta(days=d), False) for d in (days, days + 1)]
    assert later[0] >= later[1]
