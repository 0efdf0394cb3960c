"""What entries are worth: worked cases computed by hand, and properties that hold for any stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import points
from learnapp.points.earlier import Earlier
from learnapp.points.engine_2 import concerned, goes_on
from learnapp.points.rules import Category, Rule, RuleSet, Span, Window
from tests.points.entries import ZONE, Fact, course, module, on, quiz, rules, void

MUNICIPAL = rules(points.shipped()["municipal-2026"])
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


def _counted(stream: Sequence[Fact], ruleset: RuleSet = MUNICIPAL) -> list[tuple[int, int, str]]:
    lines = points.evaluate(stream, ruleset, YEAR, ZONE).lines
    return [(line.seq, line.counted, line.reason) for line in lines]


def test_a_quiet_year_is_the_base() -> None:
    assert points.evaluate([], MUNICIPAL, YEAR, ZONE) == points.Evaluation((), 6000, 0, 0, 6000)


def test_seventy_two() -> None:
    """Two modules in September (3 + 3), one in October (3), one course (2), one quiz (2): 60 + 13 = 73;
    a third module in September brings nothing, since 6 is the month's cap."""
    stream = [
        module(1, on(9, 1)),
        module(2, on(9, 12)),
        module(3, on(9, 30)),
        module(4, on(10, 1)),
        course(5, on(10, 1)),
        quiz(6, on(10, 2), passed=False),
        quiz(7, on(10, 3)),
    ]
    result = points.evaluate(stream, MUNICIPAL, YEAR, ZONE)
    assert (result.base, result.bonus, result.deduction, result.total) == (6000, 1300, 0, 7300)
    assert [(line.seq, line.worth, line.counted, line.reason) for line in result.lines] == [
        (1, 300, 300, ""),
        (2, 300, 300, ""),
        (3, 300, 0, "full-month"),
        (4, 300, 300, ""),
        (5, 200, 200, ""),
        (7, 200, 200, ""),
    ]


def test_months_end_at_midnight_of_the_instance() -> None:
    # 16:30 UTC on 30 September is half past midnight on 1 October in Shanghai.
    stream = [
        module(1, on(9, 2)),
        module(2, on(9, 3)),
        module(3, datetime.fromisoformat("2026-09-30T16:30Z")),
    ]
    assert _counted(stream) == [(1, 300, ""), (2, 300, ""), (3, 300, "")]


def test_a_short_module_is_not_spoken_of() -> None:
    assert _counted([module(1, on(3, 1), hours=25)]) == []


def test_the_same_module_under_another_version_pays_once() -> None:
    assert _counted([module(1, on(3, 1), "a"), module(2, on(5, 1), "a")]) == [(1, 300, ""), (2, 0, "once")]


def test_a_module_that_met_a_full_month_may_pay_later() -> None:
    stream = [module(1, on(3, 1)), module(2, on(3, 2)), module(3, on(3, 3), "a"), module(4, on(4, 1), "a")]
    assert _counted(stream)[2:] == [(3, 0, "full-month"), (4, 300, "")]


def test_a_quiz_pays_once_however_often_it_is_passed() -> None:
    assert _counted([quiz(1, on(3, 1)), quiz(2, on(3, 2)), quiz(3, on(3, 2), "other")]) == [
        (1, 200, ""),
        (2, 0, "once"),
        (3, 200, ""),
    ]


def test_a_voided_entry_pays_nothing_and_makes_room() -> None:
    stream = [module(1, on(9, 1)), module(2, on(9, 2)), module(3, on(9, 3)), void(4, 1, on(9, 4))]
    assert _counted(stream) == [(1, 0, "voided"), (2, 300, ""), (3, 300, "")]


def test_a_late_entry_counts_on_its_own_day() -> None:
    stream = [module(1, on(9, 20)), module(2, on(9, 21)), module(3, on(9, 1))]
    assert _counted(stream) == [(3, 300, ""), (1, 300, ""), (2, 0, "full-month")]


def test_what_lies_outside_the_period_is_no_line() -> None:
    assert _counted([module(1, on(1, 1) - timedelta(days=2)), module(2, on(12, 31, 15))]) == [(2, 300, "")]


def _rule(window: Window, *, worth: int = 500, cap: int | None = None, **changes: object) -> Rule:
    rule = Rule(
        id="r",
        category="k",
        source="system",
        on="module-completed",
        worth=worth,
        window=window,
        cap=cap,
        once=False,
        hours_at_least=0,
        passed=False,
        only=frozenset(),
        text="一句",
        text_en="A sentence",
    )
    return replace(rule, **changes)  # type: ignore[arg-type]  # the fields are spelled in the tests


def _set(
    *found: Rule, base: int = 0, floor: int = 0, bonus_cap: int | None = None, category: int | None = None
) -> RuleSet:
    categories = {"k": Category("k", "类", "category", category)}
    return RuleSet("s", "名", "name", base, floor, bonus_cap, categories, found, "0" * 64)


@pytest.mark.parametrize(
    ("window", "days", "expected"),
    [
        ("day", [(3, 1), (3, 1), (3, 2)], [500, 200, 500]),
        ("month", [(3, 1), (3, 31), (4, 1)], [500, 200, 500]),
        ("quarter", [(1, 1), (3, 31), (4, 1)], [500, 200, 500]),
        ("cycle", [(1, 1), (6, 1), (12, 31)], [500, 200, 0]),
    ],
)
def test_windows(window: Window, days: list[tuple[int, int]], expected: list[int]) -> None:
    stream = [module(seq, on(*day)) for seq, day in enumerate(days, 1)]
    lines = points.evaluate(stream, _set(_rule(window, cap=700)), YEAR, ZONE).lines
    assert [line.counted for line in lines] == expected
    assert {line.reason for line in lines if line.counted < 500} == {f"full-{window}"}


def test_caps_of_category_and_of_all_bonus() -> None:
    stream = [module(seq, on(3, seq)) for seq in (1, 2, 3)]
    by_category = _set(_rule("cycle"), category=800)
    assert _counted(stream, by_category) == [(1, 500, ""), (2, 300, "full-category"), (3, 0, "full-category")]
    in_all = _set(_rule("cycle"), bonus_cap=600)
    assert _counted(stream, in_all) == [(1, 500, ""), (2, 100, "full-bonus"), (3, 0, "full-bonus")]
    line = points.evaluate(stream, in_all, YEAR, ZONE).lines[1]
    assert points.cap_of(line, in_all) == 600
    assert points.cap_of(replace(line, reason=""), in_all) is None


def test_deductions_stop_at_their_cap_and_the_total_at_the_floor() -> None:
    """100 to begin with, −60 for each duty that was not met, at most −150: −60, −60, −30; never below 10."""
    missed = _rule("cycle", worth=-6000, cap=15000, on="duty-missed")
    stream = [Fact(seq, "duty-missed", "meeting", on(3, seq)) for seq in (1, 2, 3, 4)]
    result = points.evaluate(stream, _set(missed, base=10000, floor=1000), YEAR, ZONE)
    assert [line.counted for line in result.lines] == [-6000, -6000, -3000, 0]
    assert (result.bonus, result.deduction, result.total) == (0, 15000, 1000)


def test_one_entry_may_serve_two_rules_but_each_once() -> None:
    both = _set(_rule("cycle"), _rule("cycle", id="second", worth=100))
    assert _counted([module(1, on(3, 1))], both) == [(1, 500, ""), (1, 100, "")]


def test_a_rule_for_one_course_leaves_others_alone() -> None:
    only = _set(_rule("cycle", on="course-completed", only=frozenset({"duties"})))
    assert _counted([course(1, on(3, 1)), course(2, on(3, 2), "duties")], only) == [(2, 500, "")]


_FACTS = st.lists(
    st.tuples(
        st.sampled_from(["module", "course", "quiz", "failed"]),
        st.integers(0, 400),
        st.sampled_from("abcd"),
        st.sampled_from([25, 50, 100]),
    ),
    max_size=40,
)


def _stream(drawn: list[tuple[str, int, str, int]], voids: list[int]) -> list[Fact]:
    stream: list[Fact] = []
    for seq, (kind, hours, name, worth) in enumerate(drawn, 1):
        at = on(1, 1) - timedelta(days=20) + timedelta(hours=hours * 24)
        if kind == "module":
            stream.append(module(seq, at, name, worth))
        elif kind == "course":
            stream.append(course(seq, at, name))
        else:
            stream.append(quiz(seq, at, name, passed=kind == "quiz"))
    for place, of in enumerate(sorted(set(voids)), len(stream) + 1):
        if 1 <= of <= len(drawn):
            stream.append(void(place, of, on(12, 31)))
    return stream


_STREAMS = st.builds(_stream, _FACTS, st.lists(st.integers(1, 40), max_size=5))
_ANY_SET = st.builds(
    lambda cap, category, total, window, once, floor: _set(
        _rule(window, worth=300, cap=cap, once=once),
        _rule("once", worth=200, id="quiz", on="quiz-ended", passed=True, once=True),
        _rule("month", worth=-100, id="less", on="course-completed", cap=200),
        base=1000,
        floor=floor,
        bonus_cap=total,
        category=category,
    ),
    st.none() | st.integers(0, 1000),
    st.none() | st.integers(0, 2000),
    st.none() | st.integers(0, 3000),
    st.sampled_from(["day", "month", "quarter", "cycle"]),
    st.booleans(),
    st.integers(0, 1000),
)


@given(_STREAMS, _ANY_SET, st.randoms(use_true_random=False))
def test_the_order_of_arrival_makes_no_difference(
    stream: list[Fact], ruleset: RuleSet, random: object
) -> None:
    expected = points.evaluate(stream, ruleset, YEAR, ZONE)
    shuffled = list(stream)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random drawn by hypothesis
    assert points.evaluate(shuffled, ruleset, YEAR, ZONE) == expected


@given(_STREAMS, _ANY_SET)
def test_no_cap_is_passed_and_the_sum_is_that_of_its_lines(stream: list[Fact], ruleset: RuleSet) -> None:
    result = points.evaluate(stream, ruleset, YEAR, ZONE)
    gains = [line.counted for line in result.lines if line.counted > 0]
    assert result.bonus == sum(gains)
    assert result.total == max(ruleset.floor, ruleset.base + result.bonus - result.deduction) >= ruleset.floor
    assert ruleset.bonus_cap is None or result.bonus <= ruleset.bonus_cap
    assert ruleset.categories["k"].cap is None or result.bonus <= ruleset.categories["k"].cap
    rule = ruleset.rule("r")
    windows: Counter[object] = Counter()
    for line in result.lines:
        assert 0 <= abs(line.counted) <= abs(line.worth) and line.counted * line.worth >= 0
        assert (line.reason == "") == (line.counted == line.worth)
        assert YEAR.starts_on <= line.on <= YEAR.ends_on
        if line.rule == "r":
            month = (line.on.year, line.on.month)
            keys = {"day": line.on, "month": month, "quarter": (month[1] - 1) // 3, "cycle": 0}
            windows[keys[rule.window]] += line.counted
    assert rule.cap is None or all(value <= rule.cap for value in windows.values())


@given(_STREAMS, _ANY_SET)
def test_no_entry_and_no_single_thing_pays_twice(stream: list[Fact], ruleset: RuleSet) -> None:
    result = points.evaluate(stream, ruleset, YEAR, ZONE)
    assert len({(line.seq, line.rule) for line in result.lines}) == len(result.lines)
    by_seq = {fact.seq: fact for fact in stream}
    void_of = {fact.data["seq"] for fact in stream if fact.kind == "voided"}
    paid = Counter((line.rule, by_seq[line.seq].subject) for line in result.lines if line.counted)
    assert all(not line.counted for line in result.lines if line.seq in void_of)
    for (name, _), times in paid.items():
        assert times == 1 or not ruleset.rule(name).once


def _stands(lines: Sequence[points.Line], stream: Sequence[Fact]) -> list[Earlier]:
    by_seq = {fact.seq: fact for fact in stream}
    return [Earlier(line, by_seq[line.seq].subject, by_seq[line.seq].occurred_at) for line in lines]


@given(_FACTS, st.lists(st.integers(1, 40), max_size=3), _ANY_SET, st.integers(0, 40), st.booleans())
def test_what_is_new_added_to_what_stands_is_the_whole(
    drawn: list[tuple[str, int, str, int]], voids: list[int], ruleset: RuleSet, cut: int, in_time: bool
) -> None:
    """Wherever a stream is cut that goes on behind everything before it, voided entries before it or not."""
    before = _stream(drawn[:cut], voids)
    later = sorted(drawn[cut:], key=lambda fact: fact[1])
    behind = max((fact[1] for fact in drawn[:cut]), default=0) if in_time else 0
    new = [
        replace(fact, seq=fact.seq + len(before), occurred_at=fact.occurred_at + timedelta(days=behind))
        for fact in _stream(later, [])
    ]
    whole = points.evaluate([*before, *new], ruleset, YEAR, ZONE)
    first = points.evaluate(before, ruleset, YEAR, ZONE)
    spoken_of = concerned(new, ruleset, YEAR, ZONE)
    stands = _stands(first.lines, before)
    if not spoken_of:
        assert first == whole
    elif goes_on(spoken_of, stands, ZONE):
        more = points.evaluate(spoken_of, ruleset, YEAR, ZONE, stands)
        assert (*first.lines, *more.lines) == whole.lines
        assert replace(more, lines=whole.lines) == whole
    else:
        assert not in_time, "what happened later can always be added"
