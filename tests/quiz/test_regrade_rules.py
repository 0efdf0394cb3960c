"""Which questions ask the same, and what a later version corrects about them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from learnapp import catalogue, questions
from learnapp.questions import Question
from learnapp.quiz import regrade_rules
from learnapp.quiz.regrade_rules import What
from tests.catalogue.folders import PNG
from tests.quiz.all_kinds import source as all_kinds
from tests.quiz.keyed import QUESTIONS, SLUG, Keys, source


def bank(keys: Keys) -> dict[str, Question]:
    reading = catalogue.read_files("quiz", SLUG, {f"{SLUG}.toml": source(keys).encode()})
    assert isinstance(reading.definition, catalogue.QuizDefinition), reading.problems
    return {one.id: one for one in reading.definition.questions}


@pytest.mark.parametrize(
    ("changed", "question", "what"),
    [
        (Keys(single="c"), "single", ("key",)),
        (Keys(multiple=frozenset("bc")), "multiple", ("key",)),
        (Keys(partial=True), "multiple", ("marking",)),
        (Keys(true=False), "true", ("key",)),
        (Keys(number=40), "number", ("key",)),
        (Keys(word=("党员大会", "支部党员大会")), "word", ("key",)),
        (Keys(points=(2, 1, 1, 1, 1)), "single", ("points",)),
        (Keys(grading=("", "", "", "none", "")), "number", ("grading",)),
        (Keys(single="b", points=(3, 1, 1, 1, 1)), "single", ("key", "points")),
    ],
)
def test_what_is_corrected(changed: Keys, question: str, what: tuple[What, ...]) -> None:
    before, new = bank(Keys()), bank(changed)
    found = regrade_rules.compare(
        before, {name: regrade_rules.keyed(before[name], [new]) for name in before}, new
    )
    assert [(one.before.id, one.what) for one in found.corrections] == [(question, what)]
    assert not found.kept


def test_a_tolerance_is_part_of_what_counts_as_right() -> None:
    before, after = bank(Keys())["number"], bank(Keys(tolerance=2))["number"]
    assert regrade_rules.differing(before, after) in (("key",), ("marking",))


def test_nothing_differs_where_only_texts_after_the_answer_do() -> None:
    before = bank(Keys())["single"]
    after = replace(before, explanation="另一个解析", topic="学时", difficulty=3, pool="x", status="retired")
    assert regrade_rules.same_face(before, after) and regrade_rules.differing(before, after) == ()


@pytest.mark.parametrize("name", QUESTIONS)
def test_another_text_is_another_question(name: str) -> None:
    before, after = (
        bank(Keys())[name],
        bank(Keys(stems=((name, "另一个题干。"),), single="c", true=False))[name],
    )
    assert not regrade_rules.same_face(before, after)
    assert regrade_rules.keyed(before, [{name: after}]) is before


def test_the_newest_version_that_asks_the_same_marks_it() -> None:
    first, second = bank(Keys())["single"], bank(Keys(single="b"))["single"]
    third = bank(Keys(single="c", stems=(("single", "另一个题干。"),)))["single"]
    later = [{"single": second}, {"single": third}]
    assert regrade_rules.keyed(first, later) is second
    assert regrade_rules.keyed(first, []) is first and regrade_rules.keyed(first, [{}]) is first


def test_what_is_kept_is_named() -> None:
    before, new = bank(Keys()), bank(Keys(single="c", stems=(("single", "另一个题干。"),)))
    found = regrade_rules.compare(before, before, new)
    assert [one.id for one in found.kept] == ["single"] and not found.corrections


def test_every_kind_asks_the_same_as_itself_and_not_with_another_text() -> None:
    seen = set()
    for one in every_kind():
        seen.add(one.kind)
        again = questions.from_canonical(questions.to_canonical(one))
        assert regrade_rules.same_face(one, again) and regrade_rules.differing(one, again) == ()
        assert not regrade_rules.same_face(one, replace(one, stem=one.stem + "？"))
        worth = replace(one, points_hundredths=one.points_hundredths + 100)
        assert regrade_rules.same_face(one, worth) and regrade_rules.differing(one, worth) == ("points",)
        given = replace(one, grading="full")
        assert regrade_rules.same_face(one, given) and regrade_rules.differing(one, given) == ("grading",)
    assert len(seen) >= 5


def every_kind() -> tuple[Question, ...]:
    """A question of each kind that has several places."""
    name = "every-kind"
    reading = catalogue.read_files(
        "quiz", name, {f"{name}.toml": all_kinds().encode(), f"{name}/board.png": PNG}
    )
    assert isinstance(reading.definition, catalogue.QuizDefinition), reading.problems
    return reading.definition.questions
