"""Drawing a paper: reproducible, without repetition, true to its blueprint."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.questions import Draw, Question

from .strategies import parsed, seeds

BASE = parsed({"id": "q", "kind": "true-false", "answer": True, "stem": "?", "explanation": "!"})


def bank(*pools: str) -> list[Question]:
    """One question for each pool named."""
    return [replace(BASE, id=f"q{number}", pool=pool) for number, pool in enumerate(pools)]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=6), seeds)
def test_a_draw_keeps_to_its_blueprint(pools: list[str], drawn: list[str], seed: str) -> None:
    there = bank(*pools)
    draws = [Draw(pool, count) for pool, count in Counter(pools).items() if pool in drawn]
    paper = questions.draw(there, draws, seed)
    assert paper == questions.draw(there, draws, seed)
    assert paper == questions.draw(there[::-1], draws[::-1], seed)
    assert len(set(paper)) == len(paper)
    wanted = Counter(pools) if not draws else Counter({item.pool: item.count for item in draws})
    assert Counter(question.pool for question in there if question.id in paper) == wanted
    plain = questions.draw(there, draws, seed, shuffle=False)
    assert plain == tuple(question.id for question in there if question.id in paper)


def test_two_draws_from_one_pool_never_repeat() -> None:
    paper = questions.draw(bank(*"aaaa"), [Draw("a", 2), Draw("a", 2)], "seed")
    assert sorted(paper) == ["q0", "q1", "q2", "q3"]


def test_a_draw_is_the_same_for_ever() -> None:
    assert questions.draw(bank(*"aaaaabbbbb"), [Draw("a", 2), Draw("b", 2)], "seed") == (
        "q6",
        "q4",
        "q3",
        "q7",
    )


def test_draws_differ_and_reach_every_question() -> None:
    papers = [questions.draw(bank(*"a" * 10), [Draw("a", 3)], str(seed)) for seed in range(200)]
    times = Counter(ident for paper in papers for ident in paper)
    assert len(set(papers)) > 150
    assert len(times) == 10 and min(times.values()) > 30


def test_a_pool_that_is_too_small_is_refused_and_reported() -> None:
    there, draws = bank("a", "b"), [Draw("a", 1), Draw("a", 1)]
    with pytest.raises(Invalid, match="too small: 2 to be drawn, 1 in it"):
        questions.draw(there, draws, "seed")
    problems = questions.check_draws(there, draws, "quiz.toml", 7)
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("pool_too_small", "error"),
        ("pool_not_drawn", "warning"),
    ]
    assert problems[0].text().startswith("quiz.toml:7: The pool “a” is too small")
    assert questions.check_draws(there, [], "quiz.toml") == []
