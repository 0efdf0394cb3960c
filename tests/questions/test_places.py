"""The kinds with several places, by examples: what is shared, what a wrong answer costs, what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.questions import Question
from learnapp.questions.sharing import shares

from .strategies import parsed


def ask(kind: str, **keys: Any) -> Question:
    """A question of this kind with the given keys."""
    return parsed({"id": "q", "kind": kind, "stem": "?", "explanation": "!", **keys})


def earned(question: Question, value: object) -> int:
    """What a page's value earns, in hundredths."""
    order = questions.shuffle(question, "")
    return questions.grade(question, questions.read(question, order, value)).earned_hundredths


def page(question: Question, answer: Any) -> Any:
    """An answer in the terms of the page."""
    return questions.shown(question, questions.shuffle(question, ""), answer)


@given(st.integers(0, 100_000), st.lists(st.integers(1, 500), min_size=1, max_size=12))
def test_shares_add_up_and_follow_the_weights(points: int, weights: list[int]) -> None:
    found = shares(points, weights)
    assert sum(found) == points
    for share, weight in zip(found, weights, strict=True):
        assert abs(share - points * weight / sum(weights)) <= 1


# Matching


def meetings(**keys: Any) -> Question:
    """Three meetings, two of them monthly, and a choice that fits none."""
    pairs = [
        {"left": "党员大会", "left_en": "general meeting", "right": "每季度", "right_en": "quarterly"},
        {"left": "支委会", "right": "每月"},
        {"left": "党小组会", "right": "每月 "},
    ]
    return ask("matching", pairs=pairs, distractors=["每年"], **keys)


def keys_of(question: Question) -> dict[str, str]:
    """The key on the page of each choice."""
    presented = questions.present(question, questions.shuffle(question, ""), "zh")
    return {option.text: option.key for option in presented.options}


def test_matching_shares_points_and_choices() -> None:
    question = meetings()
    key = keys_of(question)
    assert sorted(key) == ["每季度", "每年", "每月"]
    right = {"1": key["每季度"], "2": key["每月"], "3": key["每月"]}
    assert earned(question, right) == 100
    assert earned(question, {**right, "3": ""}) == 66
    assert earned(question, {"3": key["每月"]}) == 34
    assert earned(question, {**right, "1": key["每年"]}) == 67
    whole = meetings(partial=False)
    assert (earned(whole, right), earned(whole, {**right, "3": ""})) == (100, 0)


def test_a_penalty_is_taken_from_what_was_earned_and_no_more() -> None:
    question = meetings(penalty=Decimal("0.25"), points=3)
    key = keys_of(question)
    assert earned(question, {"1": key["每季度"], "2": key["每年"], "3": key["每月"]}) == 175
    assert earned(question, {"1": key["每年"], "2": key["每年"], "3": key["每月"]}) == 50
    assert earned(question, {"1": key["每年"], "2": key["每年"]}) == 0
    assert earned(question, {"3": key["每月"]}) == 100
    order = questions.shuffle(question, "")
    answer = questions.read(question, order, {"1": key["每年"], "3": key["每月"]})
    parts = questions.grade(question, answer).parts
    assert [(part.id, part.earned_hundredths) for part in parts][-1] == ("penalty", -25)
    assert questions.present(question, order, "zh").more["penalty"] == "0.25"


def test_matching_is_reviewed_place_by_place_in_both_languages() -> None:
    question = meetings()
    order = questions.shuffle(question, "")
    key = keys_of(question)
    answer = questions.read(question, order, {"1": key["每年"], "2": key["每月"]})
    reviewed = questions.review(question, order, answer, "en")
    assert reviewed.verdict == "partly"
    assert reviewed.more["rows"] == [
        {"title": "general meeting", "given": "每年", "key": "quarterly", "right": False},
        {"title": "支委会", "given": "每月", "key": "每月", "right": True},
        {"title": "党小组会", "given": "", "key": "每月", "right": False},
    ]
    assert reviewed.key[0] == "general meeting → quarterly"


@pytest.mark.parametrize("value", [{"4": "a"}, {"1": "z"}, {"1": ["a", "b"]}, "a"])
def test_matching_refuses_what_is_not_on_the_page(value: object) -> None:
    with pytest.raises(Invalid):
        earned(meetings(), value)


def test_long_or_marked_choices_are_listed_with_letters() -> None:
    def listed(right: str) -> Any:
        question = ask("matching", pairs=[{"left": "a", "right": right}, {"left": "b", "right": "短"}])
        return questions.present(question, questions.shuffle(question, ""), "zh").more

    assert listed("每月")["listed"] is False
    assert listed("每月召开一次并由党小组组长主持")["listed"] is True
    assert "图" in listed("![图](/media/x)")["words"].values() and listed("**重**")["listed"] is True


# Ordering


def steps(**keys: Any) -> Question:
    """Four steps in their right order."""
    return ask("ordering", items=["甲", "乙", "丙", "丁"], **keys)


@pytest.mark.parametrize(
    ("sequence", "share"),
    [("甲乙丙丁", 100), ("乙丙丁甲", 67), ("丁甲乙丙", 66), ("甲乙", 33), ("丁丙乙甲", 0), ("甲丙乙丁", 0)],
)
def test_ordering_counts_all_places_or_right_neighbours(sequence: str, share: int) -> None:
    for question in (steps(partial=True), steps()):
        ids = {item.text: item.id for item in question.body.items}
        value = page(question, {ids[text]: place for place, text in enumerate(sequence, 1)})
        full = 100 if sequence == "甲乙丙丁" else 0
        assert earned(question, value) == (share if question.body.partial else full)


def test_places_given_twice_are_kept_and_earn_nothing() -> None:
    question = steps(partial=True)
    order = questions.shuffle(question, "")
    ids = [item.id for item in question.body.items]
    answer: Any = {ids[0]: 1, ids[1]: 2, ids[2]: 2, ids[3]: 3}
    assert questions.read(question, order, page(question, answer)) == answer
    assert questions.grade(question, answer).earned_hundredths == 0
    rows: Any = questions.review(question, order, answer, "zh").more["rows"]
    assert [(row["given"], row["right"]) for row in rows] == [(1, True), (2, True), (2, False), (3, False)]


@pytest.mark.parametrize("value", [{"a": "5"}, {"a": "0"}, {"e": "1"}, {"a": "x"}, {"a": ["1", "2"]}, "a"])
def test_ordering_refuses_what_is_no_place(value: object) -> None:
    with pytest.raises(Invalid):
        earned(steps(), value)


def test_ids_of_texts_say_nothing_of_the_order_in_the_file() -> None:
    ids = [item.id for item in steps().body.items]
    turned = ask("ordering", items=["丁", "丙", "乙", "甲"])
    assert [item.id for item in turned.body.items] == ids[::-1]
    assert questions.shuffle(turned, "s") == questions.shuffle(steps(), "s")
    assert ids[0] == "33e3580c0931"


# Cloze


def sentence(**keys: Any) -> Question:
    """A word, a number with two units and a choice; English has them in another order."""
    return ask(
        "cloze",
        text="{{1}}每{{2}}开{{who}}。",
        text_en="Every {{2}} {{1}} and {{who}}.",
        blanks=[
            {"accept": ["党课"], "accept_en": ["lecture"]},
            {"value": 2, "unit": "学时", "units": [{"unit": "分钟", "factor": "1/45"}]},
            {"id": "who", "options": [{"text": "**甲**", "right": True}, {"text": "乙"}]},
        ],
        **keys,
    )


def test_blanks_are_graded_apart_by_their_own_kinds() -> None:
    question = sentence()
    right = questions.shown(question, questions.shuffle(question, ""), questions.right_answer(question))
    assert isinstance(right, dict)
    assert earned(question, right) == 100
    assert earned(question, {**right, "1": " 党 课。"}) == 100
    assert earned(question, {**right, "2": "90", "2.unit": "1"}) == 100
    assert earned(question, {**right, "2": "90"}) == 67
    assert earned(question, {"1": right["1"]}) == 33
    assert earned(sentence(partial=False), {**right, "2": "3"}) == 0
    assert earned(sentence(penalty=Decimal("0.1")), {**right, "2": "3"}) == 57


def test_a_cloze_is_shown_with_gaps_and_without_keys() -> None:
    question = sentence()
    order = questions.shuffle(question, "")
    zh: Any
    en: Any
    zh, en = (questions.present(question, order, lang).more for lang in ("zh", "en"))
    assert zh["text"] == "\ue000每\ue000开\ue000。" and en["text"] == "Every \ue000 \ue000 and \ue000."
    assert [blank["part"] for blank in zh["blanks"]] == ["1", "2", "who"]
    assert [blank["part"] for blank in en["blanks"]] == ["2", "1", "who"]
    assert sorted(choice["text"] for choice in zh["blanks"][2]["choices"]) == ["乙", "甲"]
    rows: Any = questions.review(question, order, {"2": "90 分钟", "who": "2"}, "zh").more["rows"]
    assert rows == [
        {"given": "", "key": "党课", "right": False},
        {"given": "90 分钟", "key": "2 学时", "right": True},
        {"given": "乙", "key": "甲", "right": False},
    ]


@pytest.mark.parametrize("value", [{"2": "many"}, {"who": "c"}, {"3": "x"}, {"1.unit": "1"}, "党课"])
def test_a_cloze_refuses_what_a_blank_cannot_be(value: object) -> None:
    with pytest.raises(Invalid):
        earned(sentence(), value)


def test_places_of_one_paper_are_mixed_apart() -> None:
    options = [{"text": str(n), "right": n == 0} for n in range(6)]
    question = ask("cloze", text="{{1}}{{2}}", blanks=[{"options": options}, {"options": options}])
    order = questions.shuffle(question, "seed")
    first, second = ([item[2:] for item in order if item[0] == place] for place in "12")
    assert sorted(first) == sorted(second) and first != second


# Case


def evening(**keys: Any) -> Question:
    """Two questions on one text, the second weighing three times as much."""
    parts = [
        {"id": "hours", "kind": "numeric", "stem": "几学时？", "stem_en": "How many?", "value": 2},
        {"id": "order", "kind": "ordering", "stem": "顺序？", "points": 3, "items": ["甲", "乙"]},
    ]
    return ask("case", parts=parts, points=2, **keys)


def test_a_case_divides_its_points_by_the_weights_of_its_parts() -> None:
    question = evening()
    order = questions.shuffle(question, "")
    right: Any = questions.shown(question, order, questions.right_answer(question))
    assert earned(question, right) == 200
    assert earned(question, {"hours": "2"}) == 50
    assert earned(question, {**right, "hours": "3"}) == 150
    with pytest.raises(Invalid):
        earned(question, {"other": "1"})


def test_a_case_shows_and_reviews_each_part_with_its_own_answer() -> None:
    question = evening(hint="读两遍。")
    order = questions.shuffle(question, "")
    presented = questions.present(question, order, "en", {"hours": "3"})
    assert presented.hint == "读两遍。"
    assert [(one.id, one.stem, one.answer) for one in presented.inner] == [
        ("hours", "How many?", "3"),
        ("order", "顺序？", None),
    ]
    reviewed = questions.review(question, order, {"hours": "3"}, "zh")
    assert [one.verdict for one in reviewed.inner] == ["wrong", "unanswered"]
    assert reviewed.verdict == "wrong"


def test_texts_of_every_kind_can_be_changed_alike() -> None:
    for question in (meetings(), steps(), sentence(), evening()):
        changed = questions.with_texts(
            question, lambda text: text.replace("甲", "A").replace("每月", "monthly")
        )
        assert questions.with_texts(question, str) == question
        seen = str(questions.to_canonical(changed))
        assert "甲" not in seen and "每月" not in seen
        assert questions.grade(changed, questions.right_answer(changed)).full
