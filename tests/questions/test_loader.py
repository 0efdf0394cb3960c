"""What is wrong with a file is collected, each problem with its line and a remedy."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Problem

from .strategies import tables

FILE = '''need = 1
# [[question]] in a comment
[[question]]
id = "good"
kind = "true-false"
stem = """
[[question]]
answer = "in a text"
"""
answer = true
explanation = "第二十条。"

[[question]]
id = "bad"
kind = "single"
stem = "几学时？"
optoins = []
options = [
  { text = "32" },
  { text = "56" },
]

[other]
id = "no question"
[[question]]   # the third
kind = "essay"
id = "good"
'''


def problems_of(source: str) -> list[Problem]:
    tables = tomllib.loads(source, parse_float=Decimal)["question"]
    return questions.parse_questions(tables, "a.toml", questions.lines_of(source))[1]


def test_problems_name_line_and_remedy() -> None:
    found = [(problem.line, problem.code, problem.severity) for problem in problems_of(FILE)]
    assert found == [
        (13, "no_explanation", "warning"),
        (17, "unknown_key", "error"),
        (18, "one_right", "error"),
        (26, "unknown_kind", "error"),
        (25, "no_stem", "error"),
        (25, "no_explanation", "warning"),
    ]
    text = "\n".join(problem.text() for problem in problems_of(FILE))
    assert "a.toml:17: Question bad has a key “optoins” that is not known. Did you mean “options”?" in text
    assert "Use one of: blank, multiple, numeric, single, true-false." in text
    assert all(problem.remedy for problem in problems_of(FILE))


def codes(**keys: Any) -> list[str]:
    """The problems of one question that is faultless but for `keys`."""
    table: dict[str, Any] = {"id": "q", "kind": "single", "stem": "?", "explanation": "!"}
    table |= {"options": [{"text": "a", "right": True}, {"text": "b"}]} if "kind" not in keys else {}
    table |= keys
    found, problems = questions.parse_questions([table], "a.toml")
    assert (found == ()) == any(problem.severity == "error" for problem in problems)
    for problem in problems:
        assert problem.line == 0 and problem.text().startswith("a.toml: Question ")
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"id": ""}, "question_id"),
        ({"id": "两"}, "question_id"),
        ({"id": 3}, "not_text"),
        ({"stem": " "}, "no_stem"),
        ({"explanation": ""}, "no_explanation"),
        ({"difficulty": 4}, "difficulty"),
        ({"difficulty": True}, "difficulty"),
        ({"points": 0}, "points"),
        ({"points": -1}, "points"),
        ({"points": 1001}, "points"),
        ({"points": Decimal("0.125")}, "points"),
        ({"points": "1"}, "not_number"),
        ({"points": float("nan")}, "not_number"),
        ({"shuffle": "no"}, "not_flag"),
        ({"options": []}, "options_count"),
        ({"options": "ab"}, "options_count"),
        ({"options": [{"text": "a", "right": True}]}, "options_count"),
        ({"options": [{"text": str(n), "right": n == 0} for n in range(27)]}, "options_count"),
        ({"options": ["a", "b"]}, "option_shape"),
        ({"options": [{"text": "a"}, {"text": "b"}]}, "one_right"),
        ({"options": [{"text": "a", "right": True}, {"text": "b", "right": True}]}, "one_right"),
        ({"options": [{"text": "a", "right": True}, {"text": " "}]}, "option_text"),
        ({"options": [{"text": "a", "right": True}, {"text": "Ａ "}]}, "options_alike"),
        ({"options": [{"text": "a", "right": True}, {"text": "b", "id": "1"}]}, "option_ids_alike"),
        ({"options": [{"text": "a", "right": True}, {"text": "b", "id": "ü"}]}, "option_id"),
        ({"options": [{"text": "a", "right": True}, {"text": "b", "rigth": True}]}, "unknown_key"),
        ({"kind": "multiple", "options": [{"text": "a"}, {"text": "b"}]}, "no_right"),
        ({"kind": "multiple", "options": [{"text": t, "right": True} for t in "ab"]}, "all_right"),
        ({"kind": "true-false"}, "no_answer"),
        ({"kind": "true-false", "answer": "true"}, "not_flag"),
        ({"kind": "numeric"}, "no_value"),
        ({"kind": "numeric", "value": "32"}, "not_number"),
        ({"kind": "numeric", "value": True}, "not_number"),
        ({"kind": "numeric", "value": Decimal("1e99")}, "not_number"),
        ({"kind": "numeric", "value": float("inf")}, "not_number"),
        ({"kind": "numeric", "value": 1, "tolerance": -1}, "tolerance"),
        ({"kind": "blank"}, "no_accept"),
        ({"kind": "blank", "accept": []}, "no_accept"),
        ({"kind": "blank", "accept": ["a", " "]}, "not_texts"),
        ({"kind": "blank", "accept": ["\u200b"]}, "accept_length"),
        ({"kind": "blank", "accept": ["长" * 201]}, "accept_length"),
        ({"kind": "blank", "accept": ["a", "A"]}, "accept_alike"),
        ({"kind": "blank", "accept": ["a"], "partial": True}, "unknown_key"),
    ],
)
def test_each_fault_is_named(keys: dict[str, Any], code: str) -> None:
    assert code in codes(**keys)


def test_a_faultless_question_has_no_problems() -> None:
    assert codes() == []
    assert codes(kind="blank", accept="党课") == []


def test_ids_are_unique_in_a_file() -> None:
    table = {"id": "q", "kind": "true-false", "answer": True, "stem": "?", "explanation": "!"}
    found, problems = questions.parse_questions([table, {**table, "stem": "!"}, "no table"], "a.toml")
    assert [question.stem for question in found] == ["?"]
    assert [problem.code for problem in problems] == ["same_id", "question_shape"]


def test_option_ids_are_places_in_the_file_unless_given() -> None:
    options = [{"text": "a", "right": True}, {"text": "b", "id": "other"}, {"text": "c"}]
    table = {"id": "q", "kind": "single", "stem": "?", "explanation": "!", "options": options}
    (question,), _ = questions.parse_questions([table], "a.toml")
    assert [option.id for option in question.body.options] == ["1", "other", "3"]


@given(tables(), st.data())
def test_any_value_under_any_key_is_read_or_reported(table: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([*table, "nonsense"]))
    odd: list[Any] = [None, True, 0, -1, 1.5, "", "text", [], ["a"], [{}], [[1]], {}, {"text": 1}]
    found, problems = questions.parse_questions([{**table, key: data.draw(st.sampled_from(odd))}], "a.toml")
    assert len(found) == 1 or any(problem.severity == "error" for problem in problems)
    assert all(problem.text() for problem in problems)
