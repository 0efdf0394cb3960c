"""Two people at once: of every step one is taken, and nobody is told what is not so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from flask import Flask

from learnapp import assessment, ledger
from learnapp.db import db, transaction
from learnapp.errors import AppError
from learnapp.jobs import assessing
from tests.assessment.scene import AT, ZONE, Scene

DAY = date(2026, 9, 10)


def _at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """What each gave, or the code of why it was refused, all begun at the same moment."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                found[place] = act()
            except AppError as error:
                found[place] = error.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # What this thread read before is of the moment before.
    db.session.rollback()
    return list(found)


def test_two_who_decide_a_grade(app: Flask) -> None:
    scene = Scene()
    member, people = scene.world.members[0][0], scene.world.people
    scene.open()
    found = _at_once(
        app,
        lambda: scene.grade(member, "excellent", by=people["secretary"]),
        lambda: scene.grade(member, "qualified", by=people["committee"]),
    )
    assert sorted(map(str, found)) == ["True", "graded-meanwhile"]
    assert len(assessment.grades.history(member, scene.period_id)) == 1


def test_two_who_post_and_close(app: Flask) -> None:
    scene = Scene()
    scene.module(scene.world.members[0][0], 1, DAY)
    scene.open()
    _at_once(app, scene.post, scene.post)
    assert [len(one.acts) for one in assessment.posting(scene.world.branch[0], scene.period)] == [1]
    assert sorted(_at_once(app, scene.begin_closing, scene.begin_closing)) == [False, True]
    _at_once(app, *[lambda: assessing.close(scene.period_id, AT, ZONE)] * 3)
    assert scene.period.state == "closed" and assessment.closing.verify(scene.period).equal
    for member in scene.world.members[0]:
        closed = [one for one in ledger.entries_after(member, 0) if one.kind == "period-closed"]
        assert len(closed) == 1


def test_two_who_object_and_two_who_decide(app: Flask) -> None:
    scene = Scene()
    member, people = scene.world.members[0][0], scene.world.people
    seq = scene.act(member, "volunteering", DAY, proposer=member, confirmer=people["recorder"])
    scene.open()
    scene.post()
    raised = _at_once(app, *[lambda: scene.object(member, "少记一次。", seq=seq)] * 3)
    assert len(set(raised)) == 1 and len(assessment.objections.raised_by(member)) == 1

    def decide(actor: str, outcome: str) -> bool:
        with transaction():
            return assessment.objections.decide(
                member, str(raised[0]), outcome, "已查。", period=scene.period, actor_id=actor, at=AT
            )

    found = _at_once(
        app,
        lambda: decide(people["secretary"], "upheld"),
        lambda: decide(people["reviewer"], "rejected"),
    )
    assert sorted(map(str, found)) == ["True", "objection-decided"]
