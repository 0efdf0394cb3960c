"""What a phone sends is read with care; one bad act never keeps the others from being saved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.errors import Invalid
from learnapp.quiz import journal
from learnapp.quiz.journal import MAX_ACTS, MAX_KEPT, MAX_MS, MAX_NUMBER, most_kept
from tests.quiz.quizzes import RIGHT
from tests.quiz.test_rules import BANK

GOOD = {
    "session": "ab12cd34",
    "number": 1,
    "question": "single-1",
    "answer": {"": ["b"]},
    "wall_ms": 5,
    "monotonic_ms": 4,
}


def read(*acts: object) -> tuple[journal.NewAct, ...]:
    """The acts of a message from one page."""
    session, found = journal.read_batch({"session": "ab12cd34", "acts": list(acts)})
    assert session == "ab12cd34"
    return found


def test_a_message_is_read_and_an_empty_one_only_asks_for_the_clock() -> None:
    assert read() == ()
    (act,) = read(GOOD)
    assert (act.session, act.number, act.question, act.answer) == ("ab12cd34", 1, "single-1", {"": ["b"]})


@pytest.mark.parametrize(
    "change",
    [
        {"session": "short"},
        {"session": "UPPER123"},
        {"session": 12345678},
        {"session": "a" * 41},
        {"number": 0},
        {"number": -1},
        {"number": MAX_NUMBER + 1},
        {"number": 1.0},
        {"number": True},
        {"number": "1"},
        {"question": 7},
        {"wall_ms": "5"},
        {"monotonic_ms": None},
    ],
)
def test_what_is_no_act_refuses_the_message(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read(GOOD, {**GOOD, **change})


@given(
    st.one_of(
        st.none(), st.integers(), st.text(), st.lists(st.integers()), st.dictionaries(st.text(), st.none())
    )
)
def test_what_is_no_message_is_refused_without_another_error(body: object) -> None:
    if body == {"acts": []}:
        return
    with pytest.raises(Invalid):
        journal.read_batch(body)


def test_too_many_acts_and_times_outside_the_column() -> None:
    with pytest.raises(Invalid):
        read(*[GOOD] * (MAX_ACTS + 1))
    (act,) = read({**GOOD, "wall_ms": 10**12, "monotonic_ms": -5})
    assert (act.wall_ms, act.monotonic_ms) == (MAX_MS, 0)


def test_an_answer_is_stored_in_the_definitions_terms() -> None:
    order = ("3", "1", "2")
    (act,) = read({**GOOD, "answer": {"": ["a"]}})
    assert journal.answer_text(act, {"single-1": order}, BANK) == '"3"'
    (cleared,) = read({**GOOD, "answer": {}})
    assert journal.answer_text(cleared, {"single-1": order}, BANK) == "null"
    with pytest.raises(Invalid):
        journal.answer_text(act, {"single-2": order}, BANK)


@pytest.mark.parametrize("kind", sorted(RIGHT))
def test_what_the_page_shows_reads_back_as_the_same_answer(kind: str) -> None:
    question = BANK[f"{kind}-1"]
    order = questions.shuffle(question, "seed")
    answer = questions.read(question, order, RIGHT[kind])
    fields = journal.page_fields(questions.shown(question, order, answer))
    assert questions.read(question, order, fields) == answer
    assert journal.page_fields(questions.shown(question, order, None)) == {}
    form = {"x": ["1"], "q": fields[""], "qq": ["2"], "q.empty": [" "]}
    assert journal.form_fields(form, "q") == fields


def test_long_answers_take_more_room() -> None:
    assert most_kept("一" * 600) == most_kept("null") == MAX_KEPT
    assert most_kept("一" * 5_000) == MAX_KEPT // 2
    assert most_kept("一" * 20_000) * 60_000 < 150 * 1024**2, (
        "bytes of the longest essay, kept at every pause"
    )
