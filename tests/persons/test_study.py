"""What two accounts have studied is one person's progress: nobody does a lesson twice, and a course that only both
together have completed is completed. Undoing gives back exactly what came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from learnapp import catalogue, ledger, study
from learnapp.db import db, transaction
from tests.catalogue import folders
from tests.conftest import AT, ZONE
from tests.persons.people import join, part, verified
from tests.study.shelf import put
from tests.world import build

COURSE = "doors"


@pytest.fixture
def two(app: Flask) -> tuple[str, str]:
    """Two accounts, and a course of two lessons in no order, so that either can be first."""
    world = build()
    files_order = {"course.toml": _free_order()}
    put(files_order)
    return tuple(world.person("何静", name, world.branch[0]) for name in ("hj1", "hj2"))  # type: ignore[return-value]


def _free_order() -> str:
    return folders.COURSE.replace('order = "fixed"', 'order = "free"')


def _lessons() -> tuple[catalogue.ModuleInfo, catalogue.ModuleInfo]:
    first, second = catalogue.courses()[0].modules
    return first, second


def _sections(member_id: str, module: catalogue.ModuleInfo, count: int | None = None) -> None:
    for section in module.section_ids[:count]:
        with transaction():
            study.complete_section(member_id, COURSE, module.id, section, at=AT, zone=ZONE)


def _check(member_id: str, module: catalogue.ModuleInfo) -> None:
    held = catalogue.module(catalogue.courses()[0].hash, module.id).check
    if held is None:
        return
    answers = {one.id: study.right_answers(held)[one.id] for one in held.questions}
    with transaction():
        study.answer_check(member_id, COURSE, module.id, answers, at=AT, zone=ZONE)


def _kinds(member_id: str) -> list[str]:
    db.session.rollback()
    return [one.kind for one in ledger.effective(ledger.entries_after(member_id, 0))]


def _complete(member_id: str, module: catalogue.ModuleInfo) -> None:
    _sections(member_id, module)
    _check(member_id, module)


def test_a_course_that_only_both_have_completed(two: tuple[str, str]) -> None:
    kept, given = two
    first, second = _lessons()
    _complete(given, first)
    _sections(kept, second)
    assert "course-completed" not in _kinds(kept) + _kinds(given)
    merge_id = join(given, kept, AT)
    assert _kinds(kept).count("module-completed") == 2 and _kinds(kept).count("course-completed") == 1
    assert study.standing(kept, COURSE).completed
    db.session.rollback()
    part(given, merge_id, AT)
    assert _kinds(kept).count("module-completed") == 1 and "course-completed" not in _kinds(kept)
    standing = study.standing(kept, COURSE)
    assert standing.of(second.id).completed and standing.state(first) == "open"
    verified()


def test_a_lesson_begun_with_one_is_gone_on_with(two: tuple[str, str]) -> None:
    kept, given = two
    first, _second = _lessons()
    _sections(given, first)
    assert study.standing(given, COURSE).state(first) == "under"
    db.session.rollback()
    merge_id = join(given, kept, AT)
    assert study.standing(kept, COURSE).state(first) == "under"
    db.session.rollback()
    _check(kept, first)
    assert study.standing(kept, COURSE).state(first) == "done"
    db.session.rollback()
    part(given, merge_id, AT + timedelta(days=1))
    assert study.standing(kept, COURSE).state(first) == "done", "completed by an act of its own"
    assert study.standing(given, COURSE).state(first) == "under", "and the other account is as it was"
    verified()
