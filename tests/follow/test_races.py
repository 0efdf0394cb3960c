"""A plan that is assigned while a member is being folded is not missed."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask

from learnapp import coverage, follow, plans
from learnapp.db import db, transaction
from tests import acts, shelf, world
from tests.conftest import AT

ZONE = "Asia/Shanghai"
TODAY = date(2026, 11, 24)


def _assign(unit: str) -> None:
    plans.assign(
        unit,
        "年度学习",
        [("course", "duties")],
        starts_on=date(2026, 9, 1),
        due_on=date(2026, 12, 31),
        actor_id=unit,
        at=AT,
    )
    follow.stale([unit], TODAY)


@pytest.mark.parametrize("known_before", [True, False])
def test_a_plan_assigned_during_a_fold_is_not_missed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, known_before: bool
) -> None:
    """The fold has read the plans and not yet written its mark when another one is assigned."""
    people = world.build()
    member_id = people.people["member"]
    with transaction():
        shelf.put("course", "duties", AT)
    if known_before:
        with transaction():
            acts.course(member_id, "duties", AT)
        follow.sweep(AT, ZONE)
    has_read, may_write = threading.Event(), threading.Event()
    real = coverage.service.recount

    def slow(*args: object) -> object:
        rows = real(*args)  # type: ignore[arg-type]  # what recount was called with
        has_read.set()
        assert may_write.wait(20)
        return rows

    def folding() -> None:
        with app.app_context():
            with transaction():
                follow.fold(member_id, at=AT, zone=ZONE)
            db.session.remove()

    def assigning() -> None:
        with app.app_context():
            with transaction():
                _assign(people.branch[0])
            db.session.remove()

    with monkeypatch.context() as patched:
        patched.setattr("learnapp.coverage.service.recount", slow)
        fold = threading.Thread(target=folding)
        fold.start()
        assert has_read.wait(20)
        assign = threading.Thread(target=assigning)
        assign.start()
        assign.join(0.5)
        assert assign.is_alive(), "the change waits for the fold"
        may_write.set()
        fold.join(20)
        assign.join(20)
        assert not fold.is_alive() and not assign.is_alive()
    db.session.rollback()
    assert member_id in follow.behind(TODAY)
    follow.sweep(AT, ZONE)
    assert list(coverage.states(member_id).values()) == ["done" if known_before else "open"]
    assert follow.behind(TODAY) == []
