"""Facilities are measured by the sweeper, kept under numbers, and named by the papers balanced on them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from learnapp import catalogue, jobs, quiz
from learnapp.db import db, new_id, transaction
from learnapp.errors import NotFound
from learnapp.media import Store
from learnapp.quiz import facility, rules
from tests.conftest import AT, ZONE

_HEAD = 'id = "levels"\ntitle = "难易"\n{note}\n[[draw]]\npool = "a"\ncount = 2\n'
_QUESTION = """
[[question]]
pool = "a"
id = "q{number}"
kind = "true-false"
stem = "题干 {number}{more}。"
answer = true
explanation = "解析{note}"
"""
QUESTIONS = 4


def publish(folder: Path, *, note: str = "", changed: int = -1) -> catalogue.Quiz:
    """Four questions, of which two are drawn. `note` changes explanations only, `changed` what is asked."""
    text = _HEAD.format(note="")
    for number in range(QUESTIONS):
        text += _QUESTION.format(number=number, note=note, more="（改）" if number == changed else "")
    reading = catalogue.read_files("quiz", "levels", {"levels.toml": text.encode()})
    assert reading.definition is not None, reading.problems
    with transaction():
        done = catalogue.publish(reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media"))
    return catalogue.quiz_version(done.hash)


def crowd(count: int, *, right: int = 2, start: int = 0) -> None:
    """So many members, one after the other, who know the first `right` questions."""
    for number in range(start, start + count):
        member_id, at = new_id(), AT + timedelta(minutes=number)
        with transaction():
            begun = quiz.start(member_id, "levels", at=at, zone=ZONE, seed=f"{number:064x}")
        for place, sheet in enumerate(quiz.attempt(member_id, begun.attempt_id).sheets, 1):
            knows = int(sheet.question[1:]) < right
            act = quiz.NewAct("a" * 8, place, sheet.question, "true" if knows else "false", 1, 1)
            with transaction():
                quiz.save(member_id, begun.attempt_id, [act], at=at)
        with transaction():
            quiz.submit(member_id, begun.attempt_id, at=at)


def paper_of(member_id: str, seed: str) -> str:
    with transaction():
        begun = quiz.start(member_id, "levels", at=AT + timedelta(days=1), zone=ZONE, seed=seed)
    return quiz.attempt(member_id, begun.attempt_id).paper


def test_a_table_is_made_when_enough_attempts_were_added(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path).hash
    crowd(29)
    assert facility.due() == [] and jobs.run_once(app, AT).measured == 0
    assert facility.latest(version) is None
    crowd(41, start=29)
    assert facility.due() == [("levels", 70)]
    assert jobs.run_once(app, AT + timedelta(minutes=9)).measured == 0  # looked a moment ago
    assert jobs.run_once(app, AT + timedelta(minutes=11)).measured == 1
    db.session.rollback()  # this test's own view of the database ends here
    found = facility.latest(version)
    assert found is not None and found[0] == 1
    assert sum(n for n, _ in found[1].values()) == 140
    assert {name: share for name, (_, share) in found[1].items()} == {
        "q0": 10_000,
        "q1": 10_000,
        "q2": 0,
        "q3": 0,
    }
    assert facility.due() == []
    crowd(29, start=70)
    assert facility.due() == []
    crowd(1, start=99)
    assert facility.due() == [("levels", 100)]


def test_a_paper_names_its_table_and_can_be_drawn_again(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path)
    crowd(80)
    before = rules.read_paper(paper_of("e" * 32, "5" * 64))
    assert [one.balanced for one in quiz.inventory("levels").plan] == [False]
    jobs.run_once(app, AT)
    db.session.rollback()  # this test's own view of the database ends here
    assert [(one.there, one.balanced) for one in quiz.inventory("levels").plan] == [(4, True)]
    for number in range(20):
        seed = f"{number:064x}"
        paper = paper_of(new_id(), seed)
        assert rules.facility_number(paper) == 1
        assert paper == rules.draw_paper(
            version.hash,
            version.questions,
            version.draws,
            seed,
            True,
            (),
            (1, facility.table(version.hash, 1)),
        )
        assert sum(sheet.question in ("q0", "q1") for sheet in rules.read_paper(paper)) == 1
    assert len(before) == 2
    with pytest.raises(NotFound):
        facility.table(version.hash, 2)


def test_an_old_paper_names_no_table(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    assert rules.facility_number(paper_of(new_id(), "7" * 64)) is None


def test_answers_to_an_earlier_version_count_where_it_asked_the_same(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    crowd(70)
    version = publish(tmp_path, note="，改了说明", changed=3)
    assert facility.due() == [("levels", 70)]
    name, found = facility.measure("levels")
    assert name == version.hash and set(found) == {"q0", "q1", "q2"}
    assert found["q0"][0] > 20


def test_only_first_attempts_count_and_two_sweepers_make_one_table(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path)
    crowd(30)
    member_id = new_id()
    for number in (1, 2):
        with transaction():
            begun = quiz.start(member_id, "levels", at=AT, zone=ZONE, seed=str(number) * 64)
        with transaction():
            quiz.submit(member_id, begun.attempt_id, at=AT)
    name, found = facility.measure("levels")
    assert sum(n for n, _ in found.values()) == 2 * 31
    db.session.rollback()
    with transaction():
        facility.keep(name, found, 32, at=AT)
        facility.keep(name, found, 32, at=AT)
    assert facility.latest(version.hash) == (2, found)


def test_it_grows_by_thirty_and_by_a_fifth() -> None:
    assert [
        facility.grown(0, 29),
        facility.grown(0, 30),
        facility.grown(100, 129),
        facility.grown(100, 130),
    ] == [
        False,
        True,
        False,
        True,
    ]
    assert (facility.grown(1000, 1199), facility.grown(1000, 1200)) == (False, True)
