"""Each kind by examples: what counts, what does not, what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.questions import Question
from learnapp.questions.folding import fold
from learnapp.questions.numbers import decimal_text, read_decimal

from .strategies import asked, decimals, parsed, texts


def ask(kind: str, **keys: Any) -> Question:
    """A question of this kind with the given keys."""
    return parsed({"id": "q", "kind": kind, "stem": "?", "explanation": "!", **keys})


def earned(question: Question, value: object) -> int:
    """What a page's value earns, in hundredths."""
    order = questions.shuffle(question, "")
    return questions.grade(question, questions.read(question, order, value)).earned_hundredths


def choice(rights: str, kind: str = "multiple", **keys: Any) -> Question:
    """Options A to E in fixed order, those named in `rights` right."""
    options = [{"text": letter, "right": letter in rights} for letter in "ABCDE"]
    return ask(kind, options=options, shuffle=False, **keys)


def test_single_takes_one_choice() -> None:
    question = choice("C", "single", points=2)
    assert [earned(question, key) for key in "abcde"] == [0, 0, 200, 0, 0]
    with pytest.raises(Invalid, match="Only one answer"):
        earned(question, ["a", "c"])
    with pytest.raises(Invalid, match="not one of the options"):
        earned(question, "f")


@pytest.mark.parametrize(
    ("chosen", "share", "all_or_nothing"),
    [("abc", 100, 100), ("ab", 66, 0), ("a", 33, 0), ("abd", 0, 0), ("abcd", 0, 0), ("de", 0, 0), ("", 0, 0)],
)
def test_multiple_partial_credit(chosen: str, share: int, all_or_nothing: int) -> None:
    assert earned(choice("ABC", partial=True), list(chosen)) == share
    assert earned(choice("ABC"), list(chosen)) == all_or_nothing


@given(st.data(), asked("multiple"))
def test_multiple_follows_the_rule_as_written(data: st.DataObject, question: Question) -> None:
    ids = [option.id for option in question.body.options]
    chosen = data.draw(st.sets(st.sampled_from(ids), min_size=1))
    right = {option.id for option in question.body.options if option.right}
    score = questions.grade(question, sorted(chosen))
    if question.body.penalty:
        share = question.points_hundredths * len(chosen & right) // len(right)
        assert score.earned_hundredths == max(0, share - len(chosen - right) * question.body.penalty)
    elif chosen - right:
        assert score.earned_hundredths == 0
    elif chosen == right:
        assert score.full
    else:
        share = question.points_hundredths * len(chosen) // len(right)
        assert score.earned_hundredths == (share if question.body.partial else 0)


def test_true_false() -> None:
    question = ask("true-false", answer=False)
    assert [earned(question, value) for value in (False, "false", True, "true", None)] == [100, 100, 0, 0, 0]
    with pytest.raises(Invalid, match="either true or false"):
        earned(question, "maybe")
    with pytest.raises(Invalid, match="either true or false"):
        earned(question, ["true", "false"])


def test_an_answer_is_not_taken_for_another_type() -> None:
    assert questions.grade(ask("true-false", answer=True), 1).earned_hundredths == 0
    assert questions.grade(ask("true-false", answer=True), "true").earned_hundredths == 0


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("32", "32"),
        (" 32 ", "32"),
        ("３２", "32"),
        ("３２．５", "32.5"),
        ("32学时", "32"),
        ("32 学时。", "32"),
        ("+32", "32"),
        ("＋32", "32"),
        ("-32", "-32"),
        ("－３２", "-32"),
        ("−32", "-32"),
        ("1,000", "1000"),
        ("１，０００", "1000"),
        ("1 000 000", "1000000"),
        ("1,234,567.50", "1234567.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0", "0"),
        ("007", "7"),
        ("32\u200b", "32"),
        ("32 Hours", "32"),
        (32, "32"),
        (0.1, "0.1"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: object, value: str) -> None:
    question = ask("numeric", value=1, unit="学时", unit_en="hours")
    assert questions.read(question, (), typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "about 32",
        "3²",
        "½",
        "1,00",
        "1000,000",
        "1,0000",
        "1.2.3",
        "--3",
        "+",
        ".",
        "1e3",
        "三十二",
        "32 days",
        "nan",
        "inf",
        "0x20",
        "9" * 31,
        "32%",
        True,
        ["1", "2"],
    ],
)
def test_what_is_no_number_is_refused_with_a_plain_message(typed: object) -> None:
    question = ask("numeric", value=1, unit="学时")
    with pytest.raises(Invalid, match="not a number"):
        questions.read(question, (), typed)


def test_numeric_tolerance_includes_both_ends() -> None:
    question = ask("numeric", value=Decimal("0.3"), tolerance=Decimal("0.1"))
    assert [earned(question, text) for text in ("0.2", "0.4", "0.3")] == [100, 100, 100]
    assert [earned(question, text) for text in ("0.19999999999999999999", "0.40000000000000000001")] == [0, 0]
    assert earned(ask("numeric", value=0.3), "0.3") == 100


@given(decimals, decimals)
def test_numeric_grading_is_exact(value: Decimal, other: Decimal) -> None:
    question = ask("numeric", value=value, tolerance=abs(value - other))
    assert earned(question, format(other, "f")) == 100
    assert earned(ask("numeric", value=value), format(other, "f")) == (100 if value == other else 0)


@given(decimals)
def test_decimal_text_round_trip(value: Decimal) -> None:
    text = decimal_text(value)
    assert read_decimal(text) == value
    assert decimal_text(Decimal(text)) == text
    assert "E" not in text and not text.endswith(".")


@pytest.mark.parametrize(
    "typed", ["支部党员大会", " 支部 党员大会 ", "支部党员大会。", "党员大会", "ＢＩＭ", "bim", "B I M!"]
)
def test_blank_accepts_what_folds_alike(typed: str) -> None:
    question = ask("blank", accept=["支部党员大会", "党员大会"], accept_en=["Bim"])
    assert earned(question, typed) == 100
    assert earned(question, f"{typed}x") == 0


def wide(text: str) -> str:
    """The text in full width."""
    return "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(
    texts, st.sampled_from([str.upper, str.lower, wide, lambda t: f" {t}\t", lambda t: t + "。", " ".join])
)
def test_fold_ignores_width_case_space_and_stops(text: str, change: Any) -> None:
    if fold(text).strip(".,;:!?。、"):
        assert fold(change(text)) == fold(text)


def test_blank_keeps_what_was_typed_but_for_what_cannot_be_stored() -> None:
    question = ask("blank", accept=["x"])
    assert questions.read(question, (), "  Ａ b\n c\x00\ud800 ") == "Ａ b  c"
    assert questions.read(question, (), "\x00") is None
    with pytest.raises(Invalid, match="at most 200"):
        questions.read(question, (), "长" * 201)
    with pytest.raises(Invalid, match="Only one answer"):
        questions.read(question, (), ["a", "b"])


def test_marks_alone_can_be_an_answer() -> None:
    question = ask("blank", accept=["。"])
    assert earned(question, "。") == 100
    assert earned(question, "！") == 0


def test_parts_that_a_question_does_not_have_are_refused() -> None:
    for question in (choice("A", "single"), choice("A"), ask("numeric", value=1), ask("blank", accept=["x"])):
        with pytest.raises(Invalid, match="parts"):
            questions.read(question, questions.shuffle(question, ""), {"1": "a"})


def test_feedback_and_key_appear_in_the_review() -> None:
    options = [{"text": "甲", "right": True, "feedback": "对"}, {"text": "乙", "feedback": "再想想"}]
    reviewed = questions.review(ask("single", options=options), ("2", "1"), "2", "zh")
    assert [(o.key, o.text, o.chosen, o.right, o.feedback) for o in reviewed.options] == [
        ("a", "乙", True, False, "再想想"),
        ("b", "甲", False, True, "对"),
    ]
    assert reviewed.explanation == "!"
    number = questions.review(ask("numeric", value=32, tolerance=1, unit="学时"), (), "30", "zh")
    assert (number.given, number.key, number.more) == ("30", ("32",), {"unit": "学时", "tolerance": "1"})
    assert number.verdict == "wrong"
    blank = ask("blank", accept=["党课"], accept_en=["party lecture"])
    assert questions.review(blank, (), "x", "en").key == ("party lecture",)
    assert questions.review(choice("AB", partial=True), tuple("12345"), ["1"], "zh").verdict == "partly"
