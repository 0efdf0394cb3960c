"""Collecting, answering, putting away and erasing, on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from learnapp import catalogue, drill, ledger, questions, quiz
from learnapp.clock import local_date
from learnapp.db import db, new_id, transaction
from learnapp.drill import queries
from learnapp.errors import NotFound
from tests.conftest import AT
from tests.drill.books import DAY, ZONE, attempt, collect, named
from tests.queries import count_queries
from tests.quiz.quizzes import publish

TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def member(app: Flask, tmp_path: Path) -> str:
    """Somebody, and a quiz of five kinds without limits."""
    publish(tmp_path, minutes=None, attempts=None)
    return new_id()


def _answer(
    member: str, card: drill.Card, given: questions.Answer | None, *, number: int | None = None, days: int = 1
) -> bool:
    with transaction():
        return drill.answer(
            member,
            card.quiz,
            card.question,
            given,
            number=card.reviews if number is None else number,
            at=AT + days * DAY,
            zone=ZONE,
        )


def _right(card: drill.Card) -> questions.Answer:
    return questions.right_answer(quiz.bank(card.version)[card.question])


def test_what_was_not_right_is_in_the_book_once(member: str) -> None:
    ended = attempt(member, ("single", "blank"))
    assert collect(member) == 3
    assert collect(member) == 0
    book = drill.book(member)
    assert sorted(card.question.rsplit("-", 1)[0] for card in book) == ["multiple", "numeric", "true-false"]
    version = catalogue.current_hash("quiz", "five-kinds")
    for card in book:
        assert (card.version, card.attempt_id, card.reviews) == (version, ended, 1)
        assert (card.due_on, card.last_right, card.last_answer) == (TOMORROW, False, "null")


def test_an_attempt_that_is_open_gives_nothing_away(member: str) -> None:
    with transaction():
        started = quiz.start(member, "five-kinds", at=AT, zone=ZONE).attempt_id
    assert quiz.mistakes(member, started, at=AT, zone=ZONE) == ()
    assert not drill.waiting(member, at=AT, zone=ZONE)
    assert collect(member) == 0


def test_an_attempt_that_the_clock_ended_counts_too(app: Flask, member: str, tmp_path: Path) -> None:
    publish(tmp_path, "timed", minutes=15, attempts=None)
    with transaction():
        started = quiz.start(member, "timed", at=AT, zone=ZONE).attempt_id
    with transaction():
        assert quiz.close(member, started, at=AT + DAY)
    assert collect(member, AT + 3 * DAY) == 5
    assert {card.due_on for card in drill.book(member)} == {TOMORROW}, "counted from the deadline"


def test_a_perfect_attempt_leaves_no_trace(member: str) -> None:
    attempt(member, ("single", "multiple", "true-false", "numeric", "blank"))
    assert not drill.waiting(member, at=AT, zone=ZONE)
    assert not drill.something_due(member, at=AT + 40 * DAY, zone=ZONE)


def test_partly_right_is_not_right(member: str) -> None:
    with transaction():
        started = quiz.start(member, "five-kinds", at=AT, zone=ZONE).attempt_id
    question = next(
        s.question for s in quiz.attempt(member, started).sheets if s.question.startswith("multiple")
    )
    with transaction():
        quiz.save_form(member, started, question, {"": ["a"]}, at=AT)
    with transaction():
        quiz.submit(member, started, at=AT)
    collect(member)
    assert named(member, "multiple").last_answer != "null"


def test_a_right_answer_waits_longer_and_a_second_tap_counts_once(member: str) -> None:
    attempt(member)
    collect(member)
    card = named(member, "single")
    assert _answer(member, card, _right(card))
    assert not _answer(member, card, None, number=card.reviews), "the tab that was left open"
    after = named(member, "single")
    assert (after.reviews, after.last_right, after.due_on) == (2, True, date(2026, 11, 27))
    review = drill.last_review(member, card.quiz, card.question)
    assert review is not None and (review.number, review.right) == (2, True)


def test_not_knowing_brings_it_back_tomorrow(member: str) -> None:
    attempt(member)
    collect(member)
    card = named(member, "numeric")
    assert _answer(member, card, None)
    assert named(member, "numeric").due_on == date(2026, 11, 26)


def test_known_often_enough_it_rests_until_a_quiz_shows_otherwise(member: str) -> None:
    attempt(member)
    collect(member)
    for days in (1, 3, 9, 26):
        card = named(member, "single")
        assert _answer(member, card, _right(card), days=days)
    assert named(member, "single").due_on is None
    later = attempt(member, at=AT + 90 * DAY)
    assert collect(member, AT + 90 * DAY) == 5
    card = named(member, "single")
    assert card.due_on is not None and card.due_on > date(2027, 2, 22)
    assert (card.attempt_id, card.reviews) == (later, 6)


def test_the_day_can_be_computed_again_from_the_reviews(member: str) -> None:
    attempt(member)
    collect(member)
    card = named(member, "single")
    _answer(member, card, _right(card))
    attempt(member, at=AT + 2 * DAY)
    collect(member, AT + 2 * DAY)
    for card in drill.book(member):
        log = [given for given, _source in queries.log(member, card.quiz, card.question)]
        assert len(log) == card.reviews
        due = drill.next_due(log)
        assert due is not None and local_date(due, ZONE) == card.due_on


def test_an_attempt_that_ended_anew_is_read_once_more_without_counting_twice(member: str) -> None:
    ended = attempt(member, ("single",))
    assert collect(member) == 4
    with transaction():
        db.session.execute(update(quiz.Attempt).where(quiz.Attempt.id == ended).values(entry_seq=77))
    assert len(drill.waiting(member, at=AT, zone=ZONE)) == 1
    assert collect(member) == 0
    assert not drill.waiting(member, at=AT, zone=ZONE)
    assert {card.reviews for card in drill.book(member)} == {1}


def test_put_away_and_fetched_back(member: str) -> None:
    attempt(member)
    collect(member)
    card = named(member, "blank")
    with transaction():
        drill.retire(member, card.quiz, card.question, at=AT)
    assert card.name not in [one.name for one in drill.due(drill.book(member), TOMORROW)]
    attempt(member, at=AT + DAY)
    collect(member, AT + DAY)
    assert named(member, "blank").retired, "a later mistake does not overrule the member"
    with transaction():
        drill.restore(member, card.quiz, card.question)
    assert card.name in [one.name for one in drill.due(drill.book(member), date(2026, 11, 30))]


def test_home_asks_one_question_and_knows_of_what_is_not_collected(member: str) -> None:
    attempt(member)
    with count_queries() as sent:
        assert not drill.something_due(member, at=AT, zone=ZONE)
        assert drill.something_due(member, at=AT + DAY, zone=ZONE)
    assert len(sent) == 3, "one more only where an attempt decides that is not in the book yet"
    collect(member)
    with count_queries() as sent:
        assert drill.something_due(member, at=AT + DAY, zone=ZONE)
    assert len(sent) == 1
    assert not drill.something_due(member, at=AT, zone=ZONE)
    assert drill.something_due(member, at=AT + DAY, zone=ZONE)
    for card in drill.book(member):
        with transaction():
            drill.retire(member, card.quiz, card.question, at=AT)
    assert not drill.something_due(member, at=AT + DAY, zone=ZONE)


def test_nobody_elses(member: str) -> None:
    attempt(member)
    collect(member)
    card, other = named(member, "single"), new_id()
    assert drill.book(other) == []
    assert not drill.something_due(other, at=AT + DAY, zone=ZONE)
    with pytest.raises(NotFound):
        drill.card(other, card.quiz, card.question)
    with pytest.raises(NotFound), transaction():
        drill.answer(other, card.quiz, card.question, None, number=1, at=AT, zone=ZONE)
    with pytest.raises(NotFound), transaction():
        drill.retire(other, card.quiz, card.question, at=AT)


def test_nothing_of_it_is_in_the_ledger(member: str) -> None:
    attempt(member)
    before = ledger.entries_after(member, 0)
    collect(member)
    card = named(member, "single")
    _answer(member, card, _right(card))
    assert ledger.entries_after(member, 0) == before


def test_erasing_leaves_nothing_of_the_member_and_everything_of_others(member: str) -> None:
    other = new_id()
    for one in (member, other):
        attempt(one)
        collect(one)
    with transaction():
        drill.erase(member)
    for table in (drill.DrillCard, drill.DrillReview, drill.DrillSource):
        left = select(func.count()).where(table.member_id == member)
        assert db.session.scalar(left) == 0
    assert len(drill.book(other)) == 5
