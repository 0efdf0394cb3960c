"""Questions that a person marks: their rubric, what waits, and what marks earn, alone and inside a case."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.questions import Marked, Question
from learnapp.questions.folding import tidy_lines

from .strategies import answers, asked, parsed, possible_marks, seeds

RUBRIC: list[dict[str, Any]] = [
    {"id": "prepared", "text": "看过记录", "text_en": "looked up the record", "points": 1},
    {
        "id": "manner",
        "text": "先问近况",
        "points": Decimal("2"),
        "levels": [
            {"text": "没有", "points": 0},
            {"text": "两样都有", "text_en": "both", "points": 2},
            {"text": "只有一样", "points": Decimal("0.5")},
        ],
    },
]
SHORT: dict[str, Any] = {
    "id": "visit",
    "kind": "short",
    "stem": "怎么做？",
    "explanation": "先看人。",
    "points": 3,
    "rubric": RUBRIC,
    "model": "先看记录。\n再问近况。",
}
CASE: dict[str, Any] = {
    "id": "evening",
    "kind": "case",
    "stem": "周三晚上学习。",
    "explanation": "。",
    "points": 8,
    "parts": [
        {"id": "sure", "kind": "true-false", "stem": "对吗？", "answer": True},
        {**SHORT, "id": "why"},
    ],
}


def problems_of(**changes: Any) -> list[str]:
    """The codes of what is wrong with the question changed like this."""
    table = {key: value for key, value in {**SHORT, **changes}.items() if value is not None}
    return [problem.code for problem in questions.parse_questions([table], "a.toml")[1]]


@given(st.data(), asked(), seeds)
def test_marks_earn_what_they_say_and_never_wait(data: st.DataObject, question: Question, seed: str) -> None:
    order = questions.shuffle(question, seed)
    answer = questions.read(question, order, data.draw(answers(question)))
    waiting = questions.to_mark(question, answer)
    assert questions.grade(question, answer).pending == bool(waiting)
    assert {one.id for one in waiting} <= {one.id for one in questions.criteria(question)}
    marks = data.draw(possible_marks(waiting))
    score = questions.grade_marked(question, answer, marks)
    assert not score.pending
    assert questions.grade(question, answer).earned_hundredths <= score.earned_hundredths
    assert 0 <= score.earned_hundredths <= score.max_hundredths == question.points_hundredths
    assert score.earned_hundredths == sum(part.earned_hundredths for part in score.parts)
    assert score.max_hundredths == sum(part.max_hundredths for part in score.parts)


@given(st.data(), st.one_of(asked("short"), asked("essay")))
def test_alone_a_question_earns_the_sum_of_its_marks(data: st.DataObject, question: Question) -> None:
    marks = data.draw(possible_marks(questions.criteria(question)))
    score = questions.grade_marked(question, "写了。", marks)
    assert score.earned_hundredths == sum(marks.values())


@given(st.data(), st.one_of(asked("short"), asked("essay"), asked("case")))
def test_other_marks_are_refused(data: st.DataObject, question: Question) -> None:
    answer = questions.right_answer(question)
    wanted = questions.to_mark(question, answer)
    marks = data.draw(possible_marks(wanted))
    with pytest.raises(Invalid, match="another answer"):
        questions.grade_marked(question, answer, {**marks, "nobody": 1})
    for one in wanted:
        with pytest.raises(Invalid, match="cannot earn"):
            questions.grade_marked(question, answer, {**marks, one.id: one.points_hundredths + 1})
        with pytest.raises(Invalid, match="as well"):
            questions.grade_marked(
                question, answer, {key: mark for key, mark in marks.items() if key != one.id}
            )


@given(st.text())
def test_lines_stay_as_they_were_typed(text: str) -> None:
    tidied = tidy_lines(text)
    assert tidy_lines(tidied) == tidied
    assert tidy_lines(tidied.replace("\n", "\r\n")) == tidied
    tidied.encode()
    assert all(line == line.rstrip() for line in tidied.split("\n"))


def test_what_was_not_answered_needs_nobody() -> None:
    question = parsed(SHORT)
    assert questions.human(question)
    assert questions.grade(question, None) == questions.grade_marked(question, None, {})
    assert not questions.grade(question, None).pending
    score = questions.grade(question, "先问近况。")
    assert (score.earned_hundredths, score.max_hundredths, score.pending) == (0, 300, True)
    plain = {"id": "b", "kind": "blank", "stem": "?", "explanation": "!", "accept": ["a"]}
    assert not questions.human(parsed(plain))


def test_a_review_waits_and_then_tells_what_each_criterion_earned() -> None:
    question = parsed(SHORT)
    assert questions.review(question, (), "先问。", "zh").verdict == "waiting"
    assert questions.review(question, (), "先问。", "zh", waits=False).verdict == "unmarked"
    marked = Marked({"prepared": 100, "manner": 50}, "说得清楚。")
    found = questions.review(question, (), "先问。", "en", marked=marked)
    assert (found.verdict, found.score.earned_hundredths, found.comment) == ("partly", 150, "说得清楚。")
    assert [(one.text, one.earned_hundredths, one.max_hundredths, one.level) for one in found.criteria] == [
        ("looked up the record", 100, 100, ""),
        ("先问近况", 50, 200, "只有一样"),
    ]
    none = Marked({"prepared": 0, "manner": 0})
    assert questions.review(question, (), "先问。", "zh", marked=none).verdict == "wrong"


def test_inside_a_case_a_criterion_earns_its_share() -> None:
    question = parsed(CASE)
    answer = questions.read(question, (), {"sure": ["true"], "why": ["先问\r\n近况 "]})
    assert answer == {"sure": True, "why": "先问\n近况"}
    assert [(one.id, one.place) for one in questions.to_mark(question, answer)] == [
        ("why.prepared", "why"),
        ("why.manner", "why"),
    ]
    before = questions.grade(question, answer)
    assert (before.earned_hundredths, before.max_hundredths, before.pending) == (200, 800, True)
    marks = {"why.prepared": 100, "why.manner": 50}
    after = questions.grade_marked(question, answer, marks)
    assert [(part.id, part.earned_hundredths, part.max_hundredths) for part in after.parts] == [
        ("sure", 200, 200),
        ("why.prepared", 200, 200),
        ("why.manner", 100, 400),
    ]
    found = questions.review(question, (), answer, "zh", marked=Marked(marks, "好。"))
    assert [inner.verdict for inner in found.inner] == ["right", "partly"]
    assert (found.comment, found.criteria, len(found.inner[1].criteria)) == ("好。", (), 2)
    assert not questions.to_mark(question, {"sure": True})
    assert not questions.grade(question, {"sure": True}).pending
    assert questions.grade_marked(question, {"sure": True}, {}).earned_hundredths == 200


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"rubric": None}, ["rubric_count"]),
        ({"rubric": []}, ["rubric_count"]),
        ({"points": 4}, ["rubric_sum"]),
        ({"points": None}, ["rubric_sum"]),
        ({"points": "3"}, ["not_number"]),
        ({"rubric": [RUBRIC[1]], "points": 2.0}, []),
        ({"rubric": [RUBRIC[1]], "points": 2.001}, ["points", "rubric_sum"]),
        ({"rubric": [RUBRIC[0], RUBRIC[0]], "points": 2}, ["criteria_alike"]),
        ({"rubric": [{"id": "a.b", "text": "x", "points": 3}]}, ["criterion"]),
        ({"rubric": [{"id": "a", "text": " ", "points": 3}]}, ["criterion"]),
        ({"rubric": [{"id": "a", "text": "x", "points": 0}]}, ["criterion"]),
        ({"rubric": [{"id": "a", "text": "x", "points": 0.001}]}, ["criterion"]),
        ({"rubric": [{"id": "a", "text": "x", "points": 3, "much": 1}]}, ["unknown_key"]),
        ({"rubric": ["x"]}, ["criterion"]),
        (
            {"rubric": [{"id": "a", "text": "x", "points": 3, "levels": [{"text": "y", "points": 3}]}]},
            ["levels"],
        ),
        (
            {
                "rubric": [
                    {
                        "id": "a",
                        "text": "x",
                        "points": 3,
                        "levels": [{"text": "y", "points": 2}, {"text": "z", "points": 0}],
                    }
                ]
            },
            ["levels"],
        ),
        (
            {
                "rubric": [
                    {
                        "id": "a",
                        "text": "x",
                        "points": 3,
                        "levels": [{"text": "y", "points": 3}, {"text": "z", "points": 3}],
                    }
                ]
            },
            ["levels"],
        ),
        ({"limit": 0}, ["limit"]),
        ({"limit": True}, ["limit"]),
        ({"limit": 2001}, ["limit"]),
        ({"kind": "essay", "limit": 20_000}, []),
        ({"limit": 3}, ["model_long"]),
        ({"hint": "先看记录。 再问近况"}, ["hint_tells"]),
    ],
)
def test_faults_are_named(changes: dict[str, Any], codes: list[str]) -> None:
    assert problems_of(**changes) == codes


def test_too_long_an_answer_is_refused_and_none_is_cut() -> None:
    question = parsed({**SHORT, "limit": 20})
    assert questions.read(question, (), "一" * 20 + "\r\n  \n") == "一" * 20
    assert questions.read(question, (), "🌾" * 20) == "🌾" * 20
    with pytest.raises(Invalid, match="too long"):
        questions.read(question, (), "一" * 21)
    with pytest.raises(Invalid, match="Only one"):
        questions.read(question, (), ["a", "b"])


def test_nothing_of_the_rubric_is_seen_beforehand() -> None:
    question = parsed(SHORT)
    presented = questions.present(question, (), "zh", "先问")
    assert (presented.answer, dict(presented.more)) == ("先问", {"limit": 500})


def test_the_answer_that_earns_everything_fits_the_limit() -> None:
    without = parsed({**SHORT, "model": "", "limit": 6})
    assert questions.right_answer(without) == "看过记录\n先"
