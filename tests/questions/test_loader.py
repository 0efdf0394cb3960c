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
kind = "poem"
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
    assert "Use one of: blank, case, cloze, essay, matching, multiple, numeric, " in text
    assert all(problem.remedy for problem in problems_of(FILE))


RIGHTS = [{"text": "a", "right": True}, {"text": "b"}]
PAIRS = [{"left": "a", "right": "b"}, {"left": "c", "right": "d"}]
PART = {"id": "part", "kind": "numeric", "stem": "?", "value": 32}


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
        ({"kind": "blank", "accept": ["三十二", "32"]}, "accept_alike"),
        ({"kind": "blank", "accept": ["a"], "hint": "…A"}, "hint_tells"),
        ({"kind": "numeric", "value": 32, "hint_en": "half of 64 is 32"}, "hint_tells"),
        ({"hint": 1}, "not_text"),
        ({"penalty": 1}, "unknown_key"),
        ({"kind": "multiple", "options": RIGHTS, "penalty": 1}, "penalty_idle"),
        ({"kind": "multiple", "options": RIGHTS, "partial": True, "penalty": -1}, "penalty"),
        ({"kind": "multiple", "options": RIGHTS, "partial": True, "penalty": Decimal("0.001")}, "penalty"),
        ({"kind": "multiple", "options": RIGHTS, "partial": True, "penalty": "1"}, "not_number"),
        ({"kind": "numeric", "value": 1, "unit": "km", "units": ["m"]}, "units"),
        ({"kind": "numeric", "value": 1, "unit": "km", "units": [{"unit": "m", "factor": "1/0"}]}, "units"),
        ({"kind": "numeric", "value": 1, "unit": "km", "units": [{"unit": "m", "factor": -1}]}, "units"),
        ({"kind": "numeric", "value": 1, "unit": "km", "units": [{"unit": "m", "factor": True}]}, "units"),
        ({"kind": "numeric", "value": 1, "units": [{"unit": "m", "factor": 2}]}, "units"),
        (
            {"kind": "numeric", "value": 1, "unit": "km", "units": [{"unit": "KM", "factor": 2}]},
            "units_alike",
        ),
        ({"kind": "matching"}, "pairs_count"),
        ({"kind": "matching", "pairs": [{"left": "a", "right": "b"}]}, "pairs_count"),
        ({"kind": "matching", "pairs": [{"left": "a", "right": "b"}, {"left": "c"}]}, "pair"),
        (
            {"kind": "matching", "pairs": [{"left": "a", "right": "b"}, {"left": "A", "right": "c"}]},
            "items_alike",
        ),
        (
            {"kind": "matching", "pairs": [{"left": "a", "right": "b"}, {"left": "c", "right": "b"}]},
            "choices_count",
        ),
        ({"kind": "matching", "pairs": PAIRS, "distractors": ["b"]}, "items_alike"),
        ({"kind": "matching", "pairs": PAIRS, "distractors": [1]}, "item_text"),
        ({"kind": "matching", "pairs": PAIRS, "partial": False, "penalty": 1}, "penalty_idle"),
        ({"kind": "ordering"}, "items_count"),
        ({"kind": "ordering", "items": ["a"]}, "items_count"),
        ({"kind": "ordering", "items": ["a", "Ａ"]}, "items_alike"),
        ({"kind": "ordering", "items": ["a", {"text": "b", "id": "两"}]}, "item_id"),
        ({"kind": "ordering", "items": ["a", {"text": "b", "place": 2}]}, "unknown_key"),
        ({"kind": "cloze", "text": "{{1}}"}, "blanks_count"),
        ({"kind": "cloze", "text": "{{1}}", "blanks": [{}]}, "blank"),
        ({"kind": "cloze", "text": "{{1}}", "blanks": [{"accept": ["a"], "value": 1}]}, "blank"),
        ({"kind": "cloze", "text": "{{1}}", "blanks": [{"accept": []}]}, "no_accept"),
        ({"kind": "cloze", "text": "{{1}}", "blanks": [{"value": 1, "id": "a.b"}]}, "blank"),
        ({"kind": "cloze", "text": "{{1}}{{2}}", "blanks": [{"value": 1}]}, "cloze_places"),
        ({"kind": "cloze", "text": "{{1}}", "text_en": "none", "blanks": [{"value": 1}]}, "cloze_places"),
        ({"kind": "cloze", "text": "{{a}}", "blanks": [{"value": 1, "id": "a"}] * 2}, "blanks_alike"),
        ({"kind": "case"}, "parts_count"),
        ({"kind": "case", "parts": [PART, PART]}, "parts_alike"),
        ({"kind": "case", "parts": [{**PART, "id": "a.b"}]}, "part"),
        ({"kind": "case", "parts": [{**PART, "stem": ""}]}, "no_stem"),
        ({"kind": "case", "parts": [{"id": "c", "kind": "case", "stem": "?", "parts": [PART]}]}, "part"),
        ({"kind": "case", "parts": [{**PART, "hint": "It is 32."}]}, "hint_tells"),
        ({"kind": "blank", "accept": ["a"], "partial": True}, "unknown_key"),
    ],
)
def test_each_fault_is_named(keys: dict[str, Any], code: str) -> None:
    assert code in codes(**keys)


def test_a_faultless_question_has_no_problems() -> None:
    assert codes() == []
    assert codes(kind="blank", accept="党课") == []
    assert codes(hint="a b c") == []
    assert codes(kind="numeric", value=3, hint="第32条") == []
    assert codes(kind="case", parts=[PART]) == []


def test_ids_are_unique_in_a_file() -> None:
    table = {"id": "q", "kind": "true-false", "answer": True, "stem": "?", "explanation": "!"}
    found, problems = questions.parse_questions([table, {**table, "stem": "!"}, "no table"], "a.toml")
    assert [question.stem for question in found] == ["?"]
    assert [problem.code for problem in problems] == ["same_id", "question_shape"]


def test_no_id_may_begin_with_another_and_a_dot() -> None:
    table = {"kind": "true-false", "answer": True, "stem": "?", "explanation": "!"}
    for ids in (("q", "q.1"), ("q.1", "q")):
        _, problems = questions.parse_questions([{**table, "id": one} for one in ids], "a.toml")
        assert [problem.code for problem in problems] == ["id_within"]


def test_a_fault_inside_a_question_names_both_and_has_a_line() -> None:
    source = """
[[question]]
id = "outer"
kind = "case"
stem = "?"
explanation = "!"
[[question.parts]]
id = "inner"
kind = "single"
stem = "?"
"""
    (problem,) = problems_of(source)
    assert (problem.code, problem.line) == ("options_count", 2)
    assert "Question outer/inner needs" in problem.text()


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
