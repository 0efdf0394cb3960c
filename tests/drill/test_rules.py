"""When a card comes back, without a database."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.drill import REST_DAYS, due, next_due, seed
from learnapp.drill.rules import Given

AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
LOGS = st.lists(
    st.builds(
        Given, st.integers(0, 3_000_000).map(lambda minutes: AT + timedelta(minutes=minutes)), st.booleans()
    ),
    min_size=1,
    max_size=12,
)


def _days(*verdicts: bool) -> list[int | None]:
    """The intervals in days when each answer is given on the day the card is due."""
    log: list[Given] = []
    at, found = AT, []
    for right in verdicts:
        log.append(Given(at, right))
        following = next_due(log)
        found.append(None if following is None else (following - at).days)
        at = following or at
    return found


def test_a_mistake_comes_back_tomorrow_then_later_and_later_then_rests() -> None:
    """The intervals of FSRS-6 with its default parameters: 1, 2, 6, 17, and 44 would be beyond the rest."""
    assert _days(False, True, True, True, True) == [1, 2, 6, 17, None]
    assert REST_DAYS == 30


def test_a_mistake_in_between_brings_it_back_soon() -> None:
    days = _days(False, True, True, False)
    assert days[:3] == [1, 2, 6]
    assert days[3] is not None and days[3] <= 2


def test_a_card_at_rest_wakes_up_by_a_mistake() -> None:
    log = [Given(AT + timedelta(days=days), days > 0) for days in (0, 1, 3, 9, 26)]
    assert next_due(log) is None
    again = next_due([*log, Given(AT + timedelta(days=100), False)])
    assert again is not None and timedelta(days=1) <= again - (AT + timedelta(days=100)) < timedelta(days=30)


@given(LOGS, st.randoms(use_true_random=False))
def test_the_same_answers_give_the_same_day_in_whatever_order_they_are_read(
    log: list[Given], chance: random.Random
) -> None:
    shuffled = list(log)
    chance.shuffle(shuffled)
    assert next_due(shuffled) == next_due(log)


@given(LOGS)
def test_nothing_comes_back_on_the_day_it_was_answered_nor_after_the_rest(log: list[Given]) -> None:
    last = max(log, key=lambda one: (one.at, one.right))
    following = next_due(log)
    if following is None:
        assert last.right
    else:
        assert timedelta(days=1) <= following - last.at
        assert following - last.at < timedelta(days=REST_DAYS) or not last.right


def test_a_card_without_answers_has_no_day() -> None:
    with pytest.raises(ValueError, match="the answer that made it"):
        next_due([])


@dataclass(frozen=True)
class _Dated:
    name: tuple[str, str]
    due_on: date | None
    retired: bool = False


def test_what_has_been_due_longest_comes_first() -> None:
    today = date(2026, 11, 24)
    old = _Dated(("b", "1"), date(2026, 11, 1))
    new = _Dated(("a", "1"), today)
    cards = [
        new,
        _Dated(("a", "2"), None),
        _Dated(("a", "3"), date(2026, 11, 25)),
        _Dated(("a", "0"), date(2026, 10, 1), True),
        old,
    ]
    assert due(cards, today) == [old, new]


def test_the_options_stand_in_another_order_at_each_review() -> None:
    assert len({seed("quiz", "q", number) for number in range(9)}) == 9
    assert seed("quiz", "q", 1) == seed("quiz", "q", 1)
