"""What holds for any stream of studies, acts, voidings, homes, classes and exemptions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from learnapp import points
from learnapp.points.earlier import Earlier
from learnapp.points.engine_2 import concerned, day_of, goes_on
from learnapp.points.rules import ACT, Category, MemberClass, Rule, RuleSet
from learnapp.points.terms import Home, Terms, overlaid
from tests.points.entries import ZONE, Fact, act, module, on, quiz, void

YEAR = points.Span(date(2026, 1, 1), date(2026, 12, 31))
FIRST = date(2025, 12, 1)


def _rule(name: str, worth: int, *, on: str = ACT, source: str = "organised", **more: object) -> Rule:
    plain = Rule(name, "k", source, on, worth, "cycle", None, False, 0, False, frozenset(), "一句", "One")
    code = name if on == ACT else ""
    return replace(plain, act=code, **more)  # type: ignore[arg-type]  # the fields are spelled below


@st.composite
def sets(draw: st.DrawFn) -> RuleSet:
    """A rule set with every kind of rule, and caps of any size."""
    cap = st.none() | st.integers(0, 1500)
    window = st.sampled_from(["once", "day", "month", "quarter", "cycle"])
    kind = draw(window)
    rules = (
        _rule(
            "plus",
            200,
            window=kind,
            cap=draw(cap),
            once=kind == "once",
            limit=draw(st.none() | st.integers(1, 5)),
        ),
        _rule("told", 300, source="declared", window=draw(window), cap=draw(cap)),
        _rule("less", -400, window=draw(window), cap=draw(cap), limit=draw(st.none() | st.integers(1, 5))),
        _rule("veto", 0, veto=True),
        _rule(
            "study",
            250,
            on="module-completed",
            source="system",
            window="month",
            cap=draw(cap),
            once=draw(st.booleans()),
        ),
        _rule("quiz", 100, on="quiz-ended", source="system", passed=True, once=True),
    )
    base = draw(st.integers(0, 10000))
    return RuleSet(
        "s", "名", "name", base, draw(st.integers(0, base)), draw(cap), {"k": Category("k", "类", "k", draw(cap))},
        rules, "0" * 64,
        exempt=draw(st.sampled_from(points.rules.EXEMPT)),
        classes={
            "away": MemberClass("away", "流动", "away", None, draw(st.booleans())),
            "new": MemberClass("new", "预备", "new", 5000, True),
        },
    )  # fmt: skip


@st.composite
def streams(draw: st.DrawFn) -> list[Fact]:
    """Studies and acts of any day, some acts confirmed twice, some entries voided."""
    found: list[Fact] = []
    drawn = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 420), st.integers(0, 4)), max_size=40))
    for seq, (kind, days, pick) in enumerate(drawn, 1):
        day = FIRST + timedelta(days=days)
        at = on(1, 1) + timedelta(days=days - 31, minutes=seq)
        if kind < 4:
            code, origin = [
                ("plus", "recorded"),
                ("told", "declared"),
                ("less", "recorded"),
                ("veto", "recorded"),
            ][kind]
            found.append(replace(act(seq, code, day, origin, f"{code}{days}-{pick}"), occurred_at=at))
        elif kind == 4:
            found.append(quiz(seq, at, "abcde"[pick]))
        else:
            found.append(module(seq, at, "abcde"[pick]))
    for seq, of in enumerate(sorted(draw(st.sets(st.integers(1, 40), max_size=6))), len(found) + 1):
        if of <= len(drawn):
            found.append(void(seq, of, on(12, 31)))
    return found


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Homes one behind the other, with gaps; exemptions anywhere."""
    cuts = sorted(draw(st.sets(st.integers(0, 420), min_size=2, max_size=6)))
    homes = [
        Home(draw(st.sampled_from("ab")), draw(st.sampled_from(["full", "away", "new"])),
             FIRST + timedelta(days=first), FIRST + timedelta(days=last))
        for first, last in pairwise(cuts)
        if draw(st.integers(0, 4))
    ]  # fmt: skip
    free = draw(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90)), max_size=2))
    return Terms(
        tuple(homes),
        tuple((FIRST + timedelta(days=a), FIRST + timedelta(days=a + n)) for a, n in sorted(free)),
    )


def _evaluate(stream: Sequence[Fact], rules: RuleSet, where: Terms) -> points.Evaluation:
    return points.evaluate(stream, rules, YEAR, ZONE, terms=where)


@settings(deadline=None)
@given(streams(), sets(), terms(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_makes_no_difference(
    stream: list[Fact], rules: RuleSet, where: Terms, dice: random.Random
) -> None:
    expected = _evaluate(stream, rules, where)
    shuffled = list(stream)
    dice.shuffle(shuffled)
    assert _evaluate(shuffled, rules, where) == expected


@settings(deadline=None)
@given(streams(), sets(), terms())
def test_no_cap_and_no_limit_is_passed(stream: list[Fact], rules: RuleSet, where: Terms) -> None:
    found = _evaluate(stream, rules, where)
    gains = [line for line in found.lines if line.counted > 0]
    losses = [line for line in found.lines if line.counted < 0]
    assert found.bonus == sum(line.counted for line in gains)
    assert found.deduction == -sum(line.counted for line in losses)
    assert found.total == max(rules.floor, found.base + found.bonus - found.deduction) >= rules.floor
    for most in (rules.bonus_cap, rules.categories["k"].cap):
        assert most is None or found.bonus <= most
    windows: Counter[object] = Counter()
    for line in found.lines:
        rule = rules.rule(line.rule)
        assert 0 <= abs(line.counted) <= abs(line.worth) and line.counted * line.worth >= 0
        assert rule.veto or (line.reason == "") == (line.counted == line.worth)
        key = {"day": line.on, "month": line.on.month, "quarter": (line.on.month - 1) // 3}.get(rule.window)
        windows[line.rule, key] += abs(line.counted)
    for (name, _), amount in windows.items():
        cap = rules.rule(name).cap
        assert cap is None or amount <= cap
    for rule in rules.rules:
        times = sum(1 for line in found.lines if line.rule == rule.id and line.counted)
        assert rule.limit is None or times <= rule.limit
        assert not (rule.act and rule.once) or times <= 1


@settings(deadline=None)
@given(streams(), sets(), terms())
def test_no_entry_no_act_and_no_thing_pays_twice(stream: list[Fact], rules: RuleSet, where: Terms) -> None:
    found = _evaluate(stream, rules, where)
    assert len({(line.seq, line.rule) for line in found.lines}) == len(found.lines)
    by_seq = {fact.seq: fact for fact in stream}
    voided = {fact.data["seq"] for fact in stream if fact.kind == "voided"}
    assert not any(line.counted for line in found.lines if line.seq in voided)
    paid = Counter((line.rule, by_seq[line.seq].subject) for line in found.lines if line.counted)
    for (name, _), times in paid.items():
        rule = rules.rule(name)
        assert times == 1 or not (rule.once or rule.act)


@settings(deadline=None)
@given(streams(), sets(), terms())
def test_deductions_and_vetoes_come_from_confirmed_organised_acts_alone(
    stream: list[Fact], rules: RuleSet, where: Terms
) -> None:
    found = _evaluate(stream, rules, where)
    by_seq = {fact.seq: fact for fact in stream}
    for line in found.lines:
        if line.counted < 0 or rules.rule(line.rule).veto:
            assert (by_seq[line.seq].kind, by_seq[line.seq].data["origin"]) == (ACT, "recorded")
    standing = [line for line in found.lines if rules.rule(line.rule).veto and not line.reason]
    assert found.veto == bool(standing)


@settings(deadline=None)
@given(streams(), sets(), terms())
def test_days_decide_what_counts(stream: list[Fact], rules: RuleSet, where: Terms) -> None:
    """No line outside of the days at home; nothing for days of a class that is not scored or, as the set says, of
    an exemption; and lines are as many as entries and rules that speak of them."""
    found = _evaluate(stream, rules, where)
    for line in found.lines:
        home = where.home_on(line.on)
        assert home is not None and YEAR.starts_on <= line.on <= YEAR.ends_on
        if not rules.scored(home.member_class):
            assert line.counted == 0 and line.reason in ("class", "voided")
        elif where.exempt_on(line.on) and rules.exempt != "scored":
            assert line.counted >= 0 and (rules.exempt == "no-deduction" or line.counted == 0)
    days = {fact.seq: day_of(fact, ZONE) for fact in stream}
    inside = [
        seq for seq, day in days.items() if YEAR.starts_on <= day <= YEAR.ends_on and where.home_on(day)
    ]
    spoken = [fact for fact in stream if fact.seq in inside and any(rule.meets(fact) for rule in rules.rules)]
    assert sorted(line.seq for line in found.lines) == sorted(fact.seq for fact in spoken)
    kinds = {home.member_class for home in where.within(YEAR)}
    assert found.base in {rules.base_of(kind) for kind in kinds or {"full"}}


@settings(deadline=None)
@given(streams(), sets(), terms(), st.integers(0, 40))
def test_what_is_new_added_to_what_stands_is_the_whole(
    stream: list[Fact], rules: RuleSet, where: Terms, cut: int
) -> None:
    facts = [fact for fact in stream if fact.kind != "voided"]
    before, new = facts[:cut], facts[cut:]
    first, whole = _evaluate(before, rules, where), _evaluate(facts, rules, where)
    spoken = concerned(new, rules, YEAR, ZONE, where)
    by_seq = {fact.seq: fact for fact in before}
    stands = [Earlier(line, by_seq[line.seq].subject, by_seq[line.seq].occurred_at) for line in first.lines]
    if not spoken:
        assert first == whole
    elif goes_on(spoken, stands, ZONE):
        more = points.evaluate(spoken, rules, YEAR, ZONE, stands, where)
        assert (*first.lines, *more.lines) == whole.lines
        assert replace(more, lines=whole.lines) == whole


@settings(deadline=None)
@given(streams(), sets(), terms())
def test_a_transfer_splits_by_date_and_loses_nothing(
    stream: list[Fact], rules: RuleSet, where: Terms
) -> None:
    """Two committees, one with the days in `a`, one with those in `b`: each line of the whole is in one of them."""
    parts = [
        Terms(tuple(home for home in where.homes if home.branch_id == name), where.exemptions)
        for name in "ab"
    ]
    keys = [{(line.seq, line.rule) for line in _evaluate(stream, rules, part).lines} for part in parts]
    assert not keys[0] & keys[1]
    assert keys[0] | keys[1] == {(line.seq, line.rule) for line in _evaluate(stream, rules, where).lines}


@settings(deadline=None)
@given(terms(), terms(), st.integers(0, 420))
def test_what_a_closing_settled_takes_the_place_of_other_days(now: Terms, then: Terms, number: int) -> None:
    day = FIRST + timedelta(days=number)
    found = Terms(overlaid(now.homes, then.homes)).home_on(day)
    assert found == (then.home_on(day) or found)
    settled = then.home_on(day)
    kept = now.home_on(day)
    if settled is None and kept is not None:
        assert found is not None and (found.branch_id, found.member_class) == (
            kept.branch_id,
            kept.member_class,
        )
    if settled is None and kept is None:
        assert found is None
