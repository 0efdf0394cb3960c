"""A check of every kind that needs no person to mark it: read from an ordinary form, graded, and answered in
full by the answers that are right."""

from __future__ import annotations

import pytest

from learnapp import questions, study
from learnapp.catalogue import Check
from learnapp.quiz import page_fields
from learnapp.study import check
from tests.questions.test_pages import KINDS as ALL_KINDS
from tests.questions.test_pages import example

# What a person marks has no place in the check of a module, which is passed at once or not.
KINDS = [kind for kind in ALL_KINDS if not questions.human(example(kind))]
CHECK = Check(need=len(KINDS), questions=tuple(example(kind) for kind in KINDS))
SEED = study.seed("0" * 64)


def form(leave: str = "") -> dict[str, list[str]]:
    """The fields of a form in which everything is right but for one kind, which is left empty."""
    fields: dict[str, list[str]] = {}
    for question in CHECK.questions:
        order = questions.shuffle(question, SEED)
        page = page_fields(questions.shown(question, order, study.right_answers(CHECK)[question.id]))
        if question.kind != leave:
            fields |= {f"{question.id}.{part}" if part else question.id: v for part, v in page.items()}
    return fields


def test_a_check_of_every_kind_is_passed_by_its_right_answers() -> None:
    answers = study.read_form(CHECK, SEED, form())
    assert answers == study.right_answers(CHECK)
    assert check.grade(CHECK, answers, SEED).passed


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_left_empty_is_a_gap(kind: str) -> None:
    answers = study.read_form(CHECK, SEED, form(leave=kind))
    assert [question.kind for question in CHECK.questions if answers[question.id] is None] == [kind]
    assert check.grade(CHECK, answers, SEED).right == len(KINDS) - 1
