"""What an author sets about a quiz: read with line and remedy, stored without what is usual, read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from learnapp import catalogue
from learnapp.catalogue.quiz_settings import KEYS, defaults, settings_json, settings_of
from learnapp.catalogue.service import settings_text
from learnapp.config import ROOT
from learnapp.db import transaction
from learnapp.media import Store
from tests.catalogue.folders import CHECK, QUIZ, course_files

EXAM = """\
id = "doors-quiz"
title = "走访考试"
minutes = 60
exam = true
opens = 2026-12-01T08:00:00
due = 2026-12-01T12:00:00
closes = 2026-12-01T18:30:15
wait_minutes = 30
counts = "last"
practice = true
late_sync = "refuse"
late_hours = 48
blind = false
leaves = true

[review]
after = ["answer", "mark"]

[[section]]
id = "first"
title = "第一部分"
title_en = "Part one"

[[section]]
id = "second"
title = "第二部分"

[[draw]]
pool = "a"
topic = "礼貌"
difficulty = 1
count = 1
section = "first"

[[draw]]
difficulty = 3
count = 1
section = "second"

[[question]]
pool = "a"
topic = "礼貌"
difficulty = 1
id = "one"
kind = "true-false"
stem = "先问好。"
answer = true
explanation = "对。"

[[question]]
id = "two"
difficulty = 3
kind = "true-false"
stem = "先拍照。"
answer = false
explanation = "不拍照。"

[[question]]
id = "old"
difficulty = 3
status = "retired"
grading = "none"
kind = "true-false"
stem = "先敲窗。"
answer = false
explanation = "敲门。"
"""


def read(text: str) -> catalogue.Reading:
    return catalogue.read_files("quiz", "doors-quiz", {"doors-quiz.toml": text.encode()})


def definition(text: str) -> catalogue.QuizDefinition:
    found = read(text)
    assert isinstance(found.definition, catalogue.QuizDefinition), [one.text() for one in found.problems]
    return found.definition


def test_everything_is_read() -> None:
    quiz = definition(EXAM)
    settings = quiz.settings
    assert (settings.opens, settings.due, settings.closes) == (
        "2026-12-01T08:00",
        "2026-12-01T12:00",
        "2026-12-01T18:30:15",
    )
    assert (settings.wait_minutes, settings.counts, settings.practice) == (30, "last", True)
    assert (settings.late_sync, settings.late_hours, settings.blind) == ("refuse", 48, False)
    assert settings.leaves and quiz.exam and quiz.attempts == 1
    assert settings.review == {
        "during": frozenset(),
        "after": {"answer", "mark"},
        "later": {"answer", "mark"},
        "closed": set(catalogue.SHOWS),
    }
    assert settings.sections == (
        catalogue.QuizSection("first", "第一部分", "Part one"),
        catalogue.QuizSection("second", "第二部分"),
    )
    assert quiz.draws == (
        catalogue.Draw("a", 1, "礼貌", 1, "first"),
        catalogue.Draw("", 1, "", 3, "second"),
    )
    assert [(one.status, one.grading) for one in quiz.questions] == [
        ("active", ""),
        ("active", ""),
        ("retired", "none"),
    ]
    assert read(EXAM).problems == ()


def test_keys_wait_for_the_closing_time_whatever_is_written() -> None:
    text = QUIZ.replace("attempts = 2", "attempts = 2\ncloses = 2026-12-01T12:00:00")
    found = read(text + '\n[review]\nafter = ["answer", "key"]\nlater = ["mark"]\nclosed = ["key"]\n')
    assert [(one.code, one.severity) for one in found.problems] == [("keys-wait", "warning")]
    assert found.problems[0].params["phase"] == "after" and found.problems[0].line
    assert read(text).problems == ()


def test_what_is_usual_depends_on_the_sort_of_quiz() -> None:
    lesson = definition(QUIZ)
    assert lesson.settings == defaults(False) == catalogue.QuizSettings()
    assert lesson.settings.review["after"] == set(catalogue.SHOWS) and not lesson.settings.review["during"]
    found = read(QUIZ.replace("attempts = 2", "exam = true"))
    assert isinstance(found.definition, catalogue.QuizDefinition)
    assert (found.definition.attempts, found.definition.settings.late_sync) == (1, "ask")
    assert found.definition.settings.review["later"] == {"answer", "mark"}
    assert [(one.code, one.severity, one.line) for one in found.problems] == [("keys-hidden", "warning", 4)]


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("minutes = 60\n", "", "exam-minutes", 3),
        ("2026-12-01T08:00:00", "2026-12-01T08:00:00Z", "not-a-time", 5),
        ("2026-12-01T08:00:00", "2026-12-01", "not-a-time", 5),
        ("2026-12-01T08:00:00", '"soon"', "not-a-time", 5),
        ("2026-12-01T12:00:00", "2026-12-01T08:00:00", "times-turned", 6),
        ("2026-12-01T18:30:15", "2026-12-01T11:00:00", "times-turned", 7),
        ("wait_minutes = 30", "wait_minutes = -1", "not-whole", 8),
        ('counts = "last"', 'counts = "mean"', "not-allowed", 9),
        ("practice = true", 'practice = "yes"', "not-flag", 10),
        ('late_sync = "refuse"', 'late_sync = "never"', "not-allowed", 11),
        ("late_hours = 48", "late_hours = 169", "not-whole", 12),
        ("exam = true", "exam = false", "leaves", 14),
        ('after = ["answer", "mark"]', 'after = ["marks"]', "not-allowed", 17),
        ('after = ["answer", "mark"]', 'soon = ["mark"]', "unknown-key", 17),
        ('after = ["answer", "mark"]', 'during = ["key"]', "review-during", 17),
        ('id = "second"', 'id = "first"', "same-id", 25),
        ('section = "second"', 'section = "third"', "no-section", 35),
        ('count = 1\nsection = "second"', "count = 1", "no-section", 35),
        ('section = "second"', 'section = "first"', "empty-section", 24),
        ("difficulty = 3\ncount", "difficulty = 4\ncount", "not-whole", 36),
        ("difficulty = 3\ncount", "count", "missing", 35),
        ('status = "retired"', 'status = "old"', "not_allowed", 61),
        ('grading = "none"', 'grading = "half"', "not_allowed", 62),
    ],
)
def test_what_is_wrong_is_named_with_its_place(before: str, after: str, code: str, line: int) -> None:
    assert before in EXAM
    found = read(EXAM.replace(before, after, 1))
    assert (code, line) in [(one.code, one.line) for one in found.errors], [
        (one.code, one.line, one.text()) for one in found.problems
    ]
    for problem in found.problems:
        assert problem.message % problem.params and problem.remedy % problem.params


def test_a_due_time_may_be_the_closing_time_and_be_written_as_text() -> None:
    text = EXAM.replace("2026-12-01T12:00:00", '"2026-12-01 18:30:15"')
    assert definition(text).settings.due == definition(text).settings.closes == "2026-12-01T18:30:15"


def test_sections_without_draws_are_those_of_the_questions() -> None:
    plain = QUIZ.replace('[[draw]]\npool = "a"\ncount = 1\n', '[[section]]\nid = "s"\ntitle = "一"\n')
    assert "no-section" in [one.code for one in read(plain).errors]
    quiz = definition(plain.replace("[[question]]", '[[question]]\nsection = "s"'))
    assert [one.section for one in quiz.questions] == ["s", "s"]


def test_settings_are_stored_without_what_is_usual() -> None:
    for text, exam in ((QUIZ, False), (EXAM, True)):
        settings = definition(text).settings
        stored = json.loads(json.dumps(settings_json(settings, exam)))
        assert settings_of(stored, exam) == settings
    assert settings_json(defaults(True), True) == settings_json(defaults(False), False) == {}
    assert "settings" not in json.loads(settings_text(definition(QUIZ)))
    assert json.loads(settings_text(definition(QUIZ)))["draws"] == [["a", 1]]


def test_the_docs_name_every_setting() -> None:
    page = (ROOT / "docs" / "content.md").read_text("utf-8")
    named = KEYS - {"review", "section"}
    assert [key for key in sorted(named) if f"`{key}`" not in page] == []
    assert all(f"{phase} = [" in page for phase in catalogue.PHASES) and "[[section]]" in page


def test_a_version_is_read_back_and_written_back(app: Flask, tmp_path: Path) -> None:
    store, at = Store(tmp_path / "media"), datetime(2026, 11, 24, tzinfo=UTC)
    quiz = definition(EXAM)
    with transaction():
        name = catalogue.publish(quiz, actor_id="a" * 32, at=at, store=store).hash
    stored = catalogue.quiz("doors-quiz")
    assert stored.settings == quiz.settings
    assert (stored.draws, stored.questions) == (quiz.draws, quiz.questions)
    (path,) = catalogue.export("quiz", "doors-quiz", name, tmp_path / "out", store=store)
    assert path.read_bytes() == EXAM.encode()


def test_a_check_asks_active_questions_only() -> None:
    files = course_files()
    check = CHECK.replace('id = "how-many"', 'id = "how-many"\nstatus = "draft"')
    reading = catalogue.read_files("course", "doors", {**files, "01-before.check.toml": check.encode()})
    assert isinstance(reading.definition, catalogue.CourseDefinition)
    found = reading.definition.modules[0].check
    assert found is not None and [one.id for one in found.questions] == ["what"]
    two = check.replace("need = 1", "need = 2").encode()
    refused = catalogue.read_files("course", "doors", {**files, "01-before.check.toml": two})
    assert [one.code for one in refused.errors] == ["need"]


def test_a_quiz_without_active_questions_is_an_error() -> None:
    text = QUIZ.replace('[[draw]]\npool = "a"\ncount = 1\n', "").replace(
        "[[question]]", '[[question]]\nstatus = "draft"'
    )
    assert [one.code for one in read(text).errors] == ["none-active"]
