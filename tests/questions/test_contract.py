"""What holds for every kind: bounds, order independence, nothing given away, nothing lost in storing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.questions import ALL, Criterion, Marked, Question, Show
from learnapp.questions.nesting import Place

from .strategies import SECRET, answers, asked, decimals, parsed, right_answer, seeds, tables

ANSWER_AND_MARK: frozenset[Show] = frozenset({"answer", "mark"})


def as_json(value: Any) -> str:
    """Everything in a dataclass as one searchable text."""
    return json.dumps(asdict(value), ensure_ascii=False, default=str)


@given(st.data(), asked(), seeds)
def test_score_is_bounded_and_the_sum_of_its_parts(
    data: st.DataObject, question: Question, seed: str
) -> None:
    order = questions.shuffle(question, seed)
    answer = questions.read(question, order, data.draw(answers(question)))
    score = questions.grade(question, answer)
    assert 0 <= score.earned_hundredths <= score.max_hundredths == question.points_hundredths
    assert score.earned_hundredths == sum(part.earned_hundredths for part in score.parts)
    assert score.max_hundredths == sum(part.max_hundredths for part in score.parts)


@given(asked(), seeds)
def test_the_right_answer_earns_everything_in_every_shuffle(question: Question, seed: str) -> None:
    order = questions.shuffle(question, seed)
    page = questions.shown(question, order, right_answer(question))
    answer = questions.read(question, order, page)
    marked = Marked({one.id: one.points_hundredths for one in questions.criteria(question)})
    assert questions.grade_marked(question, answer, marked.marks).full
    reviewed = questions.review(question, order, answer, "zh", marked=marked)
    assert reviewed.verdict == "right"
    assert all(option.chosen == option.right for option in reviewed.options)


@given(st.data(), asked(), seeds, seeds)
def test_grading_does_not_depend_on_the_order(
    data: st.DataObject, question: Question, one: str, two: str
) -> None:
    here, there = questions.shuffle(question, one), questions.shuffle(question, two)
    answer = questions.read(question, here, data.draw(answers(question)))
    again = questions.read(question, there, questions.shown(question, there, answer))
    assert again == answer
    assert questions.grade(question, again) == questions.grade(question, answer)


@given(asked(), seeds)
def test_an_order_is_reproducible_and_loses_nothing(question: Question, seed: str) -> None:
    order = questions.shuffle(question, seed)
    assert order == questions.shuffle(question, seed)
    assert sorted(order) == sorted(questions.shuffle(question, seed + "x"))
    if getattr(question.body, "shuffle", True) is False:
        assert order == tuple(option.id for option in question.body.options)


def test_an_order_is_the_same_for_ever() -> None:
    """Frozen papers rely on it: computed once, it may not change with a version of anything."""
    options = [{"text": str(number), "right": number == 1} for number in range(6)]
    question = parsed({"id": "q", "kind": "single", "stem": "?", "explanation": "!", "options": options})
    assert questions.shuffle(question, "seed") == ("5", "3", "1", "6", "2", "4")


@given(asked(), seeds, st.sampled_from(["zh", "en"]))
def test_presenting_gives_no_secret_away(question: Question, seed: str, lang: str) -> None:
    presented = questions.present(question, questions.shuffle(question, seed), lang)
    assert SECRET not in as_json(presented)
    assert '"right"' not in as_json(presented)


def _rekeyed_place(place: Place, data: st.DataObject) -> Place:
    inner = Question(id=place.name, kind=place.kind.name, stem="?", body=place.body)
    return replace(place, body=rekeyed(inner, data).body)


def rekeyed(question: Question, data: st.DataObject) -> Question:
    """The same question to look at, with another key, explanation and feedback."""
    body = question.body
    if question.kind in ("single", "multiple"):
        first = data.draw(st.integers(0, len(body.options) - 1))
        options = tuple(
            replace(option, right=place == first, feedback="other")
            for place, option in enumerate(body.options)
        )
        body = replace(body, options=options)
    elif question.kind == "true-false":
        body = replace(body, answer=not body.answer)
    elif question.kind == "numeric":
        body = replace(body, value=data.draw(decimals), tolerance=abs(data.draw(decimals)))
    elif question.kind == "blank":
        body = replace(body, accept=("other",))
    elif question.kind == "matching":
        ids = st.sampled_from([choice.id for choice in body.choices])
        body = replace(body, pairs=tuple(replace(pair, right=data.draw(ids)) for pair in body.pairs))
    elif question.kind == "ordering":
        body = replace(body, items=tuple(data.draw(st.permutations(body.items))))
    elif question.kind == "cloze":
        body = replace(body, blanks=tuple(_rekeyed_place(place, data) for place in body.blanks))
    elif question.kind in ("short", "essay"):
        body = replace(body, rubric=(Criterion("other", "other", 100),), model="other", model_en="other")
    else:
        body = replace(body, parts=tuple(rekeyed(part, data) for part in body.parts))
    return replace(question, body=body, explanation="other", explanation_en="other")


@given(st.data(), asked(), seeds)
def test_what_is_presented_does_not_depend_on_the_key(
    data: st.DataObject, question: Question, seed: str
) -> None:
    other = rekeyed(question, data)
    order = questions.shuffle(question, seed)
    assert questions.shuffle(other, seed) == order
    assert questions.present(other, order, "zh") == questions.present(question, order, "zh")


@given(st.data(), asked(), seeds)
def test_what_is_reviewed_without_the_key_does_not_depend_on_it(
    data: st.DataObject, question: Question, seed: str
) -> None:
    """Before its phase not a byte of a review may tell what is right."""
    other = rekeyed(question, data)
    order = questions.shuffle(question, seed)
    answer = questions.read(question, order, data.draw(answers(question)))
    shows: frozenset[Show] = data.draw(st.sampled_from([frozenset(), frozenset({"answer"}), ANSWER_AND_MARK]))
    told = [questions.review(one, order, answer, "zh", str.upper, shows=shows) for one in (question, other)]
    assert told[0] == told[1]
    assert not told[0].score.parts


@given(st.data(), asked(), seeds)
def test_correctness_that_tells_the_key_is_left_out_while_others_answer(
    data: st.DataObject, question: Question, seed: str
) -> None:
    order = questions.shuffle(question, seed)
    answer = questions.read(question, order, data.draw(answers(question)))
    shows: frozenset[Show] = frozenset({"answer", "correctness"})
    told = questions.review(question, order, answer, "zh", shows=shows, careful=True)
    if questions.tells(question):
        assert told.verdict in ("untold", "unanswered", "waiting")
    assert not told.key and not told.explanation
    assert not any(option.right for option in told.options)


@given(st.data(), asked(), seeds, st.frozensets(st.sampled_from(sorted(ALL))))
def test_what_is_left_out_is_left_out_of_the_value(
    data: st.DataObject, question: Question, seed: str, shows: frozenset[Show]
) -> None:
    order = questions.shuffle(question, seed)
    answer = questions.read(question, order, data.draw(answers(question)))
    told = questions.review(question, order, answer, "zh", str.upper, shows=shows)
    full = questions.review(question, order, answer, "zh", str.upper)
    if "key" not in shows:
        assert not told.key and not told.explanation and not told.explanation_html
        assert not any(option.right for option in told.options)
    if "answer" not in shows:
        assert not told.given and not any(option.chosen for option in told.options)
    if shows == ALL:
        assert told == full
    assert all(inner.shows == shows for inner in told.inner)


@given(asked())
def test_canonical_round_trip(question: Question) -> None:
    stored = rfc8785.dumps(questions.to_canonical(question))
    again = questions.from_canonical(json.loads(stored, parse_float=pytest.fail))
    assert again == question
    assert rfc8785.dumps(questions.to_canonical(again)) == stored


@given(st.data(), asked(), seeds)
def test_stored_answers_are_canonical_json(data: st.DataObject, question: Question, seed: str) -> None:
    answer = questions.read(question, questions.shuffle(question, seed), data.draw(answers(question)))
    stored = json.loads(rfc8785.dumps(answer))
    assert stored == answer
    assert questions.grade(question, stored) == questions.grade(question, answer)


def as_fields(value: Any) -> list[str]:
    """A value as the fields of a form would send it."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


@given(st.data(), asked(), seeds)
def test_a_form_reads_like_a_json_act(data: st.DataObject, question: Question, seed: str) -> None:
    order = questions.shuffle(question, seed)
    value = data.draw(answers(question))
    parts = value if isinstance(value, dict) else {"": value}
    typed = {part: as_fields(one) for part, one in parts.items()}
    form = {f"q-1.{part}" if part else "q-1": values for part, values in typed.items()}
    others = {"q-10": ["a"], "q-10.1": ["a"], "csrf_token": ["x"]}
    assert questions.read_form(question, order, form | others, "q-1") == questions.read(
        question, order, value
    )
    assert questions.read(question, order, typed) == questions.read(question, order, value)


@given(asked(), seeds, st.sampled_from([None, "", "  ", [], {}, {"": []}, [""]]))
def test_empty_answers_are_unanswered(question: Question, seed: str, value: object) -> None:
    order = questions.shuffle(question, seed)
    assert questions.read(question, order, value) is None
    assert questions.grade(question, None).earned_hundredths == 0
    assert questions.review(question, order, None, "zh").verdict == "unanswered"
    assert questions.present(question, order, "zh", None).answer is None


json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=300)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(asked(), seeds, json_values)
def test_any_json_is_read_or_refused_plainly(question: Question, seed: str, value: Any) -> None:
    try:
        answer = questions.read(question, questions.shuffle(question, seed), value)
    except Invalid as refusal:
        assert str(refusal)
    else:
        rfc8785.dumps(answer)
        assert questions.grade(question, answer).max_hundredths == question.points_hundredths


@given(asked(), json_values.filter(lambda value: value is not None))
def test_a_stored_answer_that_does_not_fit_never_breaks(question: Question, value: Any) -> None:
    order = questions.shuffle(question, "s")
    assert questions.grade(question, value).earned_hundredths >= 0
    questions.review(question, order, value, "zh")
    questions.present(question, order, "zh", value)


@given(tables(), seeds)
def test_html_is_made_by_the_door(table: dict[str, Any], seed: str) -> None:
    question = parsed(table)
    order = questions.shuffle(question, seed)
    presented = questions.present(question, order, "zh", html=lambda source: f"<p>{source}</p>")
    assert presented.stem_html == f"<p>{question.stem}</p>"
    assert all(option.html == f"<p>{option.text}</p>" for option in presented.options)
    reviewed = questions.review(question, order, None, "zh", html=lambda source: f"<p>{source}</p>")
    assert reviewed.explanation_html == f"<p>{SECRET} explanation</p>"


def test_english_is_shown_where_there_is_any() -> None:
    question = parsed(
        {
            "id": "q",
            "kind": "numeric",
            "stem": "几学时？",
            "stem_en": "How many?",
            "explanation": "见第二十条。",
            "value": 32,
            "unit": "学时",
            "unit_en": "hours",
        }
    )
    order = questions.shuffle(question, "s")
    english = questions.present(question, order, "en")
    assert (english.stem, english.more) == ("How many?", {"unit": "hours"})
    assert questions.present(question, order, "zh_Hans_CN").stem == "几学时？"
    assert questions.review(question, order, None, "en").explanation == "见第二十条。"


def test_a_page_gets_its_saved_answer_back() -> None:
    options = [{"text": str(number), "right": number < 2} for number in range(5)]
    question = parsed({"id": "q", "kind": "multiple", "stem": "?", "explanation": "!", "options": options})
    order = questions.shuffle(question, "seed")
    answer = questions.read(question, order, ["d", "b"])
    presented = questions.present(question, order, "zh", answer)
    assert presented.answer == ["b", "d"]
    assert [option.key for option in presented.options if option.chosen] == ["b", "d"]


@pytest.mark.parametrize(
    ("body", "digest"),
    [
        (
            {
                "kind": "single",
                "options": [{"text": "甲", "right": True, "feedback": "对"}, {"text": "乙", "text_en": "B"}],
            },
            "6710d83c6944a9d1",
        ),
        (
            {
                "kind": "multiple",
                "partial": True,
                "shuffle": False,
                "options": [{"text": "甲", "right": True}, {"text": "乙", "id": "b"}],
            },
            "9b8dabb35dfc914e",
        ),
        ({"kind": "true-false", "answer": False}, "1c1e5f38d3c0fa8a"),
        (
            {
                "kind": "numeric",
                "value": Decimal("32.50"),
                "tolerance": 1,
                "unit": "学时",
                "unit_en": "hours",
            },
            "d2f5183778bc8204",
        ),
        ({"kind": "blank", "accept": ["党课"], "accept_en": ["party lecture"]}, "7f6ad3b29f773962"),
    ],
)
def test_a_canonical_form_is_the_same_for_ever(body: dict[str, Any], digest: str) -> None:
    """Versions that were published before a setting was thought of keep their form."""
    question = parsed({"id": "q", "stem": "？", "explanation": "！", "points": Decimal("1.5"), **body})
    stored = rfc8785.dumps(questions.to_canonical(question))
    assert hashlib.sha256(stored).hexdigest()[:16] == digest
