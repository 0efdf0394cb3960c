"""Item analysis of this instance's attempts, on both engines."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import event

from learnapp import quiz
from learnapp.catalogue import Quiz
from learnapp.db import db, transaction
from learnapp.errors import NotFound
from learnapp.questions import Question
from learnapp.quiz import Analysed, Finding, Report
from tests.conftest import AT
from tests.quiz.crowd import ROWS, everybody, publish, take

KEYS = ("a", "a", "a", "a", "党员大会")
TABLE = np.array([[float(given == key) for given, key in zip(row, KEYS, strict=True)] for row in ROWS])


def test_ended_first_attempts_agree_with_numpy(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path).hash
    members = everybody()
    take(("b", "b", "b", "b", None), submit=False)  # still running
    take(("a", "a", "a", "a", "党员大会"), member=members[-1], at=AT + timedelta(hours=1))  # a second attempt
    found = quiz.report(version)
    assert found.whole is not None
    assert (found.attempts, found.drawn, found.whole.n, found.whole.possible) == (12, False, 12, 5.0)
    sums = TABLE.sum(axis=1)
    for place, one in enumerate(found.questions):
        assert one.item is not None
        column, rest = TABLE[:, place], sums - TABLE[:, place]
        assert one.item.facility == pytest.approx(100 * column.mean(), abs=1e-6)
        assert one.item.discrimination == pytest.approx(100 * np.corrcoef(column, rest)[0, 1], abs=1e-6)
        assert one.item.random_guess == pytest.approx(100 / 3 if place < 4 else 0)
    alpha = 5 / 4 * (1 - TABLE.var(axis=0, ddof=1).sum() / sums.var(ddof=1))
    assert found.whole.internal_consistency == pytest.approx(100 * alpha, abs=1e-6)
    every = quiz.report(version, every=True)
    assert every.attempts == 13 and every.whole is not None and every.whole.n == 13


def test_a_wrong_key_is_found(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path).hash
    everybody()
    fourth = quiz.report(version).questions[3]
    assert fourth.choices is not None
    assert [count.all for count in fourth.choices.counts] == [6, 0, 6]
    assert [(count.upper, count.lower) for count in fourth.choices.counts] == [(0, 6), (0, 0), (6, 0)]
    assert [(one.code, one.place, one.chance) for one in fourth.findings] == [
        ("key", 2, False),
        ("negative", None, False),
    ]
    assert [one.number for one in quiz.report(version).doubtful] == [4]
    assert [report.quiz.slug for report in quiz.doubtful()] == ["crowd"]


def test_what_may_be_chance_is_nobodys_task() -> None:
    def one(number: int, *doubts: Finding) -> Analysed:
        question = Question(id=f"q{number}", kind="true-false", stem="题干", body=None)
        return Analysed(number, question, 9, findings=doubts)

    chance, sure = Finding("negative", chance=True), Finding("negative")
    asked = (one(1), one(2, chance), one(3, sure), one(4, Finding("key", 0), chance))
    shelf = Quiz.__new__(Quiz)
    assert [found.number for found in Report(shelf, 9, False, None, asked).doubtful] == [3, 4]


def test_typed_answers_of_a_few_stay_hidden(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path).hash
    everybody()
    blank = quiz.report(version).questions[4]
    assert blank.choices is not None
    assert [(count.text, count.all) for count in blank.choices.counts] == [("党员大会", 5)]
    assert blank.choices.unanswered.all == 3


def test_nothing_is_said_about_fewer_than_five(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path).hash
    assert quiz.report(version).attempts == 0
    everybody(ROWS[:4])
    found = quiz.report(version)
    assert (found.attempts, found.whole, found.questions, found.doubtful) == (4, None, (), ())
    assert quiz.doubtful() == []
    everybody(ROWS[4:5])
    assert quiz.report(version).whole is not None


def test_many_attempts_of_one_member_are_about_one_member(app: Flask, tmp_path: Path) -> None:
    """Looking at all attempts must not show what a single member chose or typed."""
    version = publish(tmp_path).hash
    members = everybody(ROWS[:4])
    for hour in (1, 2):
        take(("b", "b", "b", "b", "张三写的"), member=members[0], at=AT + timedelta(hours=hour))
    found = quiz.report(version, every=True)
    assert (found.attempts, found.whole, found.questions) == (6, None, ())
    members += everybody(ROWS[4:8])
    for member in members[1:3]:
        for hour in (3, 4):
            take(("b", "b", "b", "b", "张三写的"), member=member, at=AT + timedelta(hours=hour))
    blank = quiz.report(version, every=True).questions[4]
    assert blank.choices is not None
    assert "张三写的" not in [count.text for count in blank.choices.counts], "of four people, seven times"


def test_drawn_questions_count_those_who_had_them(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path, draw=True).hash
    everybody((*ROWS, *ROWS))
    found = quiz.report(version)
    assert found.drawn and found.whole is not None
    assert (found.whole.n, found.whole.questions, found.whole.possible) == (24, 4, 4.0)
    assert not found.whole.scaled
    assert sum(one.n for one in found.questions[:4]) == 24 * 3 and found.questions[4].n == 24
    alpha = found.whole.internal_consistency
    assert alpha is not None and alpha <= 100
    for one in found.questions:
        if one.item is not None and one.choices is not None:
            answered = sum(count.all for count in one.choices.counts)
            assert one.question.kind != "single" or answered + one.choices.unanswered.all == one.n


def test_a_new_version_starts_anew(app: Flask, tmp_path: Path) -> None:
    old = publish(tmp_path).hash
    everybody(ROWS[:6])
    new = publish(tmp_path, note="another", at=AT + timedelta(days=1)).hash
    assert new != old
    assert (quiz.report(new).attempts, quiz.report(old).attempts) == (0, 6)
    with pytest.raises(NotFound):
        quiz.report("0" * 64)


def test_three_statements_and_one_when_nothing_changed(app: Flask, tmp_path: Path) -> None:
    """What was analysed is remembered until an attempt ends; then it is read anew."""
    version = publish(tmp_path).hash
    members = everybody()
    quiz.report(version)
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        first = quiz.report(version)
        assert len([text for text in asked if "FROM attempt" in text]) == 1
        asked.clear()
        take(ROWS[0])
        asked.clear()
        second = quiz.report(version)
        assert len([text for text in asked if "attempt" in text]) == 3
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert (first.attempts, second.attempts) == (12, 13)
    with transaction():
        assert quiz.attempts(members[0], "crowd")[0].number == 1
