"""Plans: who is concerned, from when, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from learnapp import branches, plans
from learnapp.db import new_id, transaction
from learnapp.errors import AppError, Invalid, NotFound
from tests import shelf
from tests.conftest import AT

TODAY = date(2026, 11, 24)
ACTOR = new_id()


def _tree() -> tuple[str, str, str]:
    with transaction():
        root = branches.found("committee", "县委", parent_id=None, at=AT)
        left = branches.found("branch", "一支部", parent_id=root, at=AT)
        right = branches.found("branch", "二支部", parent_id=root, at=AT)
        shelf.put("course", "duties", AT)
        shelf.put("quiz", "duties-quiz", AT)
    return root, left, right


def _assign(branch_id: str, *, title: str = "年度学习", **changes: object) -> str:
    values: dict[str, object] = {
        "items": [("course", "duties"), ("quiz", "duties-quiz")],
        "starts_on": date(2026, 9, 1),
        "due_on": date(2026, 11, 30),
    }
    values.update(changes)
    items = values.pop("items")
    with transaction():
        return plans.assign(branch_id, title, items, actor_id=ACTOR, at=AT, **values)  # type: ignore[arg-type]


def test_a_plan_reaches_the_subtree_and_nobody_else(app: Flask) -> None:
    root, left, right = _tree()
    plan_id = _assign(left)
    here = plans.due_for(branches.ancestors(left), "full", TODAY)
    assert [(item.plan_id, item.kind, item.slug) for item in here] == [
        (plan_id, "course", "duties"),
        (plan_id, "quiz", "duties-quiz"),
    ]
    assert plans.due_for(branches.ancestors(right), "full", TODAY) == ()
    assert plans.due_for(branches.ancestors(root), "full", TODAY) == ()
    _assign(root)
    assert len(plans.due_for(branches.ancestors(right), "full", TODAY)) == 2
    assert len(plans.due_for(branches.ancestors(left), "full", TODAY)) == 4
    assert plans.assigned(()) == ()


def test_a_plan_names_classes_and_begins_on_its_day(app: Flask) -> None:
    root, left, _ = _tree()
    _assign(root, classes=("full", "mobile"), starts_on=date(2026, 11, 25))
    above = branches.ancestors(left)
    assert plans.due_for(above, "full", TODAY) == ()
    assert len(plans.due_for(above, "mobile", date(2026, 11, 25))) == 2
    assert plans.due_for(above, "applicant", date(2026, 11, 25)) == ()
    assert len(plans.due_for(above, "full", date(2027, 3, 1))) == 2, "overdue stays due"


def test_the_earliest_date_comes_first(app: Flask) -> None:
    root, left, _ = _tree()
    _assign(root, due_on=date(2026, 12, 31), title="后")
    _assign(left, due_on=date(2026, 12, 1), title="先")
    due = plans.due_for(branches.ancestors(left), "full", TODAY)
    assert [item.plan_title for item in due] == ["先", "先", "后", "后"]
    assert plans.everything() == due


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title": "  "}, Invalid),
        ({"items": []}, Invalid),
        ({"items": [("course", "duties"), ("course", "duties")]}, Invalid),
        ({"classes": ("visitor",)}, Invalid),
        ({"due_on": date(2026, 8, 31)}, Invalid),
        ({"items": [("course", "never-published")]}, NotFound),
        ({"items": [("film", "duties")]}, NotFound),
    ],
)
def test_what_cannot_be_assigned(app: Flask, changes: dict[str, object], error: type[AppError]) -> None:
    root, left, _ = _tree()
    with pytest.raises(error):
        _assign(root, **changes)
    assert plans.due_for(branches.ancestors(left), "full", date(2027, 1, 1)) == ()


def test_an_unknown_unit_gets_no_plan(app: Flask) -> None:
    _tree()
    with pytest.raises(NotFound):
        _assign(new_id())
