"""Draws by pool, topic and difficulty: what they take, in which order, and that papers become equally hard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, combinations
from statistics import mean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.questions import ENOUGH, Draw, Drawn, Facility, Question, check_draws, compose

from .strategies import parsed, seeds

BASE = parsed({"id": "q", "kind": "true-false", "answer": True, "stem": "?", "explanation": "!"})
POOLS, TOPICS, LEVELS = ("a", "b"), ("x", "y"), (1, 2)


def plain(count: int) -> list[Question]:
    return [replace(BASE, id=f"q{number:03}", pool="a") for number in range(count)]


@st.composite
def banks(draw: st.DrawFn) -> list[Question]:
    """Up to twelve questions of a few pools, topics and difficulties, some of them not active."""
    tags = st.tuples(
        st.sampled_from(POOLS),
        st.sampled_from(TOPICS),
        st.sampled_from(LEVELS),
        st.sampled_from(("active", "active", "active", "draft", "retired")),
    )
    return [
        replace(BASE, id=f"q{number}", pool=pool, topic=topic, difficulty=level, status=status)
        for number, (pool, topic, level, status) in enumerate(draw(st.lists(tags, max_size=12)))
    ]


plans = st.lists(
    st.builds(
        Draw,
        st.sampled_from(("", *POOLS)),
        st.integers(1, 3),
        st.sampled_from(("", *TOPICS)),
        st.sampled_from((None, *LEVELS)),
    ),
    min_size=1,
    max_size=4,
)


def possible(bank: Sequence[Question], draws: Sequence[Draw]) -> bool:
    """Hall's condition, tried on every set of draws: together they want no more than they can reach."""
    for size in range(1, len(draws) + 1):
        for some in combinations(draws, size):
            reach = {one.id for one in bank if any(fits(draw, one) for draw in some)}
            if sum(draw.count for draw in some) > len(reach):
                return False
    return True


def fits(draw: Draw, question: Question) -> bool:
    return (
        question.status == "active"
        and (not draw.pool or draw.pool == question.pool)
        and (not draw.topic or draw.topic == question.topic)
        and (draw.difficulty is None or draw.difficulty == question.difficulty)
    )


@given(banks(), plans, seeds, st.booleans())
def test_a_blueprint_is_met_exactly_where_it_can_be(
    bank: list[Question], plan: list[Draw], seed: str, measured: bool
) -> None:
    named = [replace(draw, section=f"s{number}") for number, draw in enumerate(plan)]
    sections = [draw.section for draw in named]
    table: Facility = {one.id: (ENOUGH, 100 * number) for number, one in enumerate(bank)} if measured else {}
    errors = [one for one in check_draws(bank, plan, "quiz.toml") if one.severity == "error"]
    if not possible(bank, plan):
        assert errors
        with pytest.raises(Invalid):
            compose(bank, named, seed, True, sections, table)
        return
    assert not errors
    paper = compose(bank, named, seed, True, sections, table)
    by_id = {one.id: one for one in bank}
    assert len({one.question for one in paper}) == len(paper)
    assert Counter(one.section for one in paper) == {draw.section: draw.count for draw in named}
    assert all(fits(named[sections.index(one.section)], by_id[one.question]) for one in paper)
    assert [sections.index(one.section) for one in paper] == sorted(
        sections.index(one.section) for one in paper
    )
    assert paper == compose(bank[::-1], named, seed, True, sections, table)
    loose = questions.draw(bank, plan, seed)
    assert loose == questions.draw(bank[::-1], plan[::-1], seed)


@given(st.lists(st.integers(50, 300), min_size=12, max_size=40), st.integers(3, 6))
def test_papers_become_equally_hard_and_every_question_can_be_drawn(steps: list[int], count: int) -> None:
    bank = plain(len(steps))
    measured = dict(
        zip((one.id for one in bank), ((ENOUGH, value) for value in accumulate(steps)), strict=True)
    )
    draws = [Draw("a", count)]

    def papers(table: Facility | None) -> list[list[str]]:
        drawn = (compose(bank, draws, str(seed), facility=table) for seed in range(300))
        return [[one.question for one in paper] for paper in drawn]

    def means(found: list[list[str]]) -> list[float]:
        return [mean(measured[name][1] for name in paper) for paper in found]

    balanced = papers(measured)
    assert pvariance(means(balanced)) < pvariance(means(papers(None)))
    whole = mean(value for _, value in measured.values())
    assert abs(mean(means(balanced)) - whole) < max(steps) * 2
    assert {name for paper in balanced for name in paper} == set(measured)


def test_one_question_with_few_answers_leaves_the_draw_plain() -> None:
    bank = plain(9)
    table = {one.id: (ENOUGH, number) for number, one in enumerate(bank)}
    draws = [Draw("a", 3)]
    few = {**table, "q004": (ENOUGH - 1, 4)}
    assert compose(bank, draws, "s", facility=few) == compose(bank, draws, "s")
    assert compose(bank, draws, "s", facility={}) == compose(bank, draws, "s", facility=None)
    differ = [
        seed
        for seed in map(str, range(20))
        if compose(bank, draws, seed, facility=table) != compose(bank, draws, seed)
    ]
    assert differ


def test_each_band_gives_one() -> None:
    bank = plain(9)
    table = {one.id: (ENOUGH, number) for number, one in enumerate(bank)}
    for seed in map(str, range(50)):
        paper = compose(bank, [Draw("a", 3)], seed, facility=table)
        assert sorted(int(one.question[1:]) // 3 for one in paper) == [0, 1, 2]


def test_the_sections_of_one_source_are_equally_hard() -> None:
    bank = plain(20)
    table = {one.id: (ENOUGH, 100 * number) for number, one in enumerate(bank)}
    draws = [Draw("a", 2, section="s"), Draw("a", 2, section="t")]
    first = [
        table[one.question][1]
        for seed in map(str, range(300))
        for one in compose(bank, draws, seed, True, ("s", "t"), table)
        if one.section == "s"
    ]
    assert abs(mean(first) - 950) < 100


def test_draws_by_topic_are_the_same_for_ever() -> None:
    bank = [
        replace(one, topic="xy"[number % 2], difficulty=1 + number % 3)
        for number, one in enumerate(plain(12))
    ]
    draws = [Draw("a", 2, "x"), Draw("", 1, "y", 2, "")]
    assert questions.draw(bank, draws, "seed") == ("q008", "q000", "q007")
    table = {one.id: (ENOUGH, 100 * number) for number, one in enumerate(bank)}
    assert [one.question for one in compose(bank, draws, "seed 2", facility=table)] == [
        "q000",
        "q001",
        "q008",
    ]


def test_only_active_questions_are_asked() -> None:
    bank = plain(3)
    bank[0], bank[1] = replace(bank[0], status="draft"), replace(bank[1], status="retired")
    assert questions.draw(bank, [], "seed") == ("q002",)
    assert questions.draw(bank, [Draw("a", 1)], "seed") == ("q002",)


def test_without_draws_the_questions_name_their_sections() -> None:
    bank = [replace(one, section="ts"[number % 2]) for number, one in enumerate(plain(4))]
    paper = compose(bank, [], "seed", False, ("s", "t"))
    assert paper == (Drawn("q001", "s"), Drawn("q003", "s"), Drawn("q000", "t"), Drawn("q002", "t"))


def test_what_cannot_be_met_is_named_with_its_draw() -> None:
    bank = [replace(one, topic="x", difficulty=1) for one in plain(2)]
    draws = [Draw("a", 1), Draw("a", 3, "x", 2)]
    (problem,) = check_draws(bank, draws, "quiz.toml", 3, (3, 7))
    assert (problem.code, problem.line) == ("pool_too_small", 7)
    assert problem.text().startswith(
        'quiz.toml:7: Too few questions for pool = "a", topic = "x", difficulty = 2: 3 to be drawn, 0 there.'
    )
    problems = check_draws(bank, [Draw("a", 2), Draw("", 1, "x")], "quiz.toml", 3)
    assert [(one.code, one.line) for one in problems] == [("draws_overlap", 3)]
    assert [
        one.code for one in check_draws([*bank, replace(BASE, id="z", pool="a")], [Draw("", 2, "x")], "q")
    ] == ["questions_not_drawn"]
