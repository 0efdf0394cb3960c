"""A made-up kind dropped into the folder works through the whole contract, and nothing else is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.questions import kinds

HERE = Path(__file__).parent
TABLE = {
    "id": "p1",
    "kind": "pairs",
    "stem": "连线",
    "explanation": "见条例。",
    "points": 1,
    "pairs": {"党课": "每季度", "党员大会": "每季度一次", "党小组会": "每月"},
}


@pytest.fixture
def sixth(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with one more module is added to where kinds are looked for."""
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(HERE / "sixth")])
    kinds.discover.cache_clear()
    yield
    kinds.discover.cache_clear()


@pytest.mark.usefixtures("sixth")
def test_a_sixth_kind_works_through_the_whole_contract() -> None:
    assert "pairs" in questions.kinds_by_name()
    (question,), problems = questions.parse_questions([TABLE], "a.toml")
    assert problems == []
    order = questions.shuffle(question, "seed")
    assert sorted(order) == ["0", "1", "2"]
    presented = questions.present(question, order, "zh")
    assert presented.more["left"] == ["党课", "党员大会", "党小组会"]
    keys = {item: presented.options[place].key for place, item in enumerate(order)}
    form = {f"p1.{number}": [keys[str(number)]] for number in range(3)}
    answer = questions.read_form(question, order, form, "p1")
    assert answer == questions.read(question, order, questions.shown(question, order, answer))
    assert questions.grade(question, answer).full
    half = questions.read(question, order, {"0": keys["0"], "1": keys["0"]})
    score = questions.grade(question, half)
    assert [part.earned_hundredths for part in score.parts] == [33, 0, 0]
    assert sum(part.max_hundredths for part in score.parts) == score.max_hundredths == 100
    assert questions.review(question, order, half, "zh").verdict == "partly"
    stored = json.dumps(questions.to_canonical(question))
    assert questions.from_canonical(json.loads(stored)) == question


@pytest.mark.usefixtures("sixth")
def test_its_faults_are_reported_like_any_other() -> None:
    _, problems = questions.parse_questions([{**TABLE, "pairs": {}, "options": []}], "a.toml")
    assert [problem.code for problem in problems] == ["unknown_key", "no_pairs"]
    with pytest.raises(Invalid, match="no such partner"):
        (question,), _ = questions.parse_questions([TABLE], "a.toml")
        questions.read(question, questions.shuffle(question, ""), {"0": "z"})


def test_without_its_module_it_is_not_known() -> None:
    assert "pairs" not in questions.kinds_by_name()
    with pytest.raises(Invalid, match="“pairs” is not known"):
        questions.from_canonical({"id": "p1", "kind": "pairs", "stem": "?", "body": {}})


def test_two_kinds_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch, sixth: None) -> None:
    monkeypatch.setattr(questions.kinds_by_name()["pairs"], "name", "single", raising=True)
    kinds.discover.cache_clear()
    with pytest.raises(ValueError, match="two question kinds are named 'single'"):
        kinds.discover()
