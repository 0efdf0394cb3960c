"""A question that was asked cannot be deleted, only retired."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from learnapp import catalogue, quiz
from learnapp.db import transaction
from learnapp.quiz.retiring import gone
from tests.conftest import AT, ZONE
from tests.quiz.quizzes import publish, source

_IDS = st.sets(st.sampled_from("abcdef"))


@given(_IDS, st.lists(_IDS, max_size=4))
def test_what_is_gone_was_in_a_used_version(kept: set[str], used: list[set[str]]) -> None:
    found = gone(kept, enumerate(used, 1))
    assert set(found) == set().union(*used) - kept
    assert all(name in used[number - 1] for name, number in found.items())
    assert all(name not in one for name, number in found.items() for one in used[number:])


def definition(text: str) -> catalogue.QuizDefinition:
    reading = catalogue.read_files("quiz", "five-kinds", {"five-kinds.toml": text.encode()})
    assert isinstance(reading.definition, catalogue.QuizDefinition)
    return reading.definition


def test_a_used_question_is_retired_not_deleted(app: Flask, tmp_path: Path, member: str) -> None:
    first = publish(tmp_path)
    without = source().replace('id = "single-2"', 'id = "single-9"')
    assert quiz.check_kept(definition(without)) == []
    with transaction():
        quiz.start(member, "five-kinds", at=AT, zone=ZONE)
    (problem,) = quiz.check_kept(definition(without), "quizzes/five-kinds.toml")
    assert problem.severity == "error" and problem.params == {"question": "single-2", "number": first.number}
    assert problem.text().startswith("quizzes/five-kinds.toml: The question “single-2” is missing")
    assert "retired" in problem.text()
    retired = source().replace('id = "single-2"', 'id = "single-2"\nstatus = "retired"')
    assert quiz.check_kept(definition(retired)) == []
