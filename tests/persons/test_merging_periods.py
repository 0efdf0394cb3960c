"""Two accounts that are one person, with periods: what was decided about the account that ends stays with it."""

from __future__ import annotations

from datetime import date

from flask import Flask

from learnapp import assessment, ledger, points
from learnapp.db import db, transaction
from tests.assessment.scene import AT, Scene
from tests.persons.people import join, part, verified

DAY = date(2026, 9, 10)
STAY = ("period-closed", "graded", "objection-decided", "quarter-signed")


def _kinds(member_id: str) -> list[str]:
    db.session.rollback()
    return [entry.kind for entry in ledger.effective(ledger.entries_after(member_id, 0))]


def test_what_was_decided_about_an_account_does_not_go_over(app: Flask) -> None:
    scene = Scene()
    kept, given, other = scene.world.members[0]
    people = scene.world.people
    scene.module(given, 1, DAY)
    scene.open()
    scene.act(given, "volunteering", DAY, proposer=given, confirmer=people["recorder"])
    scene.fold()
    scene.post()
    raised = scene.object(given, "少了一次")
    with transaction():
        assessment.objections.decide(
            given,
            raised,
            "rejected",
            "查无此事。",
            period=scene.period,
            actor_id=people["secretary"],
            at=AT,
        )
    scene.grade(given, "qualified")
    scene.grade(kept, "basic", reason="另议")
    scene.begin_closing("提前结束", 1)
    scene.close()
    own = {member: points.frozen(member, scene.period) for member in (kept, given, other)}
    assert {"period-closed", "graded", "objection-decided"} <= set(_kinds(given))

    merge_id = join(given, kept, AT)
    mine = _kinds(kept)
    assert mine.count("period-closed") == 1 and mine.count("graded") == 1, "its own, and no other"
    assert not {"objection-decided", "quarter-signed"} & set(mine)
    assert {"act-declared", "act-confirmed", "module-completed"} <= set(mine)
    decided = assessment.grades.current(kept, scene.period_id)
    assert decided is not None and decided.grade == "basic"
    assert {member: points.frozen(member, scene.period) for member in own} == own
    scene.fold()
    # What came over belongs to a period that closed for them: three and five points in the next one.
    assert points.total(kept, points.period(scene.next_id)).adjustment == 800
    _whole(scene)

    part(given, merge_id, AT)
    scene.fold()
    assert _kinds(given).count("period-closed") == 1 and _kinds(given).count("graded") == 1
    assert points.total(kept, points.period(scene.next_id)).adjustment == 0
    assert {member: points.frozen(member, scene.period) for member in own} == own
    _whole(scene)


def _whole(scene: Scene) -> None:
    verified()
    assert assessment.closing.verify(scene.period).equal
