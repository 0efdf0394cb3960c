"""Recognition lists on both engines: who may, what falls with what, and the certificate behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from learnapp import ledger, records
from learnapp.assessment import recognition
from learnapp.db import db, transaction
from learnapp.errors import AppError, Conflict, Forbidden, Invalid
from learnapp.jobs import assessing
from tests.assessment.scene import AT, ZONE, Scene

DAY = date(2026, 9, 10)


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Three members of a branch with grades, two of them excellent."""
    made = Scene()
    for member in made.world.members[0]:
        made.module(member, 1, DAY)
    made.open()
    for member, grade in zip(made.world.members[0], ("excellent", "excellent", "qualified"), strict=True):
        made.grade(member, grade)
    return made


def _drawn(scene: Scene, *members: str) -> str:
    secretary = scene.world.people["secretary"]
    with transaction():
        made = recognition.begin(
            scene.period,
            scene.world.branch[0],
            title="2026年度优秀党员",
            title_en="Excellent members of 2026",
            grades=["excellent"],
            actor_id=secretary,
            at=AT,
        )
    for member in members:
        with transaction():
            recognition.choose(made, member, "带头学习，热心志愿服务。", actor_id=secretary)
    return made


def _published(scene: Scene, *members: str) -> str:
    made = _drawn(scene, *members)
    with transaction():
        recognition.hand_in(made, actor_id=scene.world.people["secretary"])
    with transaction():
        assert recognition.approve(made, actor_id=scene.actor, at=AT)
    assert assessing.recognise(made, AT) == len(members)
    assert recognition.listing(made).state == "published"
    return made


def _refused(error: type[AppError], act: Callable[[], object]) -> str:
    with pytest.raises(error) as caught, transaction():
        act()
    return caught.value.code


def _entry(member_id: str) -> ledger.Entry:
    return next(one for one in ledger.entries_after(member_id, 0) if one.kind == "recognised")


def _certificate(scene: Scene, member_id: str, list_id: str) -> str:
    with transaction():
        return records.issue(
            member_id,
            "recognition",
            _entry(member_id).seq,
            holder="王秀英",
            unit="东街社区党支部",
            actor_id=scene.world.people["secretary"],
            at=AT,
            zone=ZONE,
            lists=recognition.titles([list_id]),
        )


def _stands(code: str) -> str:
    return records.standing_of(records.certificate(code), date(2026, 12, 1))


def test_candidates_are_those_with_the_grade_and_nobody_is_chosen_by_itself(scene: Scene) -> None:
    first, second, third = scene.world.members[0]
    made = _drawn(scene)
    found = recognition.candidates(scene.period, scene.world.branch[0], ["excellent"])
    assert set(found) == {first, second}
    assert set(recognition.candidates(scene.period, scene.world.general[0], ["excellent"])) == {first, second}
    assert recognition.candidates(scene.period, scene.world.branch[1], ["excellent"]) == {}
    assert recognition.chosen(made) == {}
    secretary = scene.world.people["secretary"]
    choose = recognition.choose
    assert _refused(Conflict, lambda: choose(made, third, "x", actor_id=secretary)) == "recognition-grade"
    assert _refused(Invalid, lambda: choose(made, first, " ", actor_id=secretary)) == "recognition-reason"
    own = _refused(Forbidden, lambda: choose(made, secretary, "x", actor_id=secretary))
    assert own == "recognition-own"
    assert _refused(Forbidden, lambda: choose(made, first, "x", actor_id=scene.actor)) == "recognition-draft"
    empty = _refused(Invalid, lambda: recognition.hand_in(made, actor_id=secretary))
    assert empty == "recognition-empty"


def test_somebody_else_approves_who_is_not_on_it(scene: Scene) -> None:
    first, _, _ = scene.world.members[0]
    made, secretary = _drawn(scene, first), scene.world.people["secretary"]
    early = _refused(Conflict, lambda: recognition.approve(made, actor_id=scene.actor, at=AT))
    assert early == "recognition-decided"
    with transaction():
        assert recognition.hand_in(made, actor_id=secretary)
    with transaction():
        assert not recognition.hand_in(made, actor_id=secretary)
    for actor, code in ((secretary, "recognition-second"), (first, "recognition-on-it")):
        assert _refused(Forbidden, lambda who=actor: recognition.approve(made, actor_id=who, at=AT)) == code
    with transaction():
        recognition.give_back(made, reason="请写具体些。", actor_id=scene.actor, at=AT)
    assert recognition.listing(made).state == "draft"
    assert [one.kind for one in ledger.entries_after(first, 0)].count("recognised") == 0
    with transaction():
        recognition.choose(made, first, "连续三年授课。", actor_id=secretary)
        recognition.hand_in(made, actor_id=secretary)
    with transaction():
        recognition.approve(made, actor_id=scene.actor, at=AT)
    with transaction():
        assert not recognition.approve(made, actor_id=scene.actor, at=AT)
    assert recognition.published_for([scene.world.branch[0]]) == []
    assessing.recognise(made, AT)
    assessing.recognise(made, AT)
    entry = _entry(first)
    assert entry.recorder == scene.actor
    assert ledger.note_text(first, entry.data["note"]) == "连续三年授课。"
    assert [one.id for one in recognition.published_for([scene.world.branch[0]])] == [made]
    assert recognition.published_for([scene.world.branch[1]]) == []


def test_broken_off_in_the_middle_it_is_finished_by_the_sweeper(scene: Scene) -> None:
    first, second, _ = scene.world.members[0]
    made = _drawn(scene, first, second)
    with transaction():
        recognition.hand_in(made, actor_id=scene.world.people["secretary"])
        recognition.approve(made, actor_id=scene.actor, at=AT)
    with transaction():
        recognition.go_on(made, first, at=AT)
    with transaction():
        assert not recognition.finish(made)
    db.session.rollback()
    assert assessing.go_on(AT, ZONE) == 1
    assert recognition.listing(made).state == "published"
    assert recognition.under_way() == []


def test_the_certificate_rests_on_the_entry_and_falls_with_it(scene: Scene) -> None:
    first, second, _ = scene.world.members[0]
    made = _published(scene, first, second)
    one, two = _certificate(scene, first, made), _certificate(scene, second, made)
    issued = records.certificate(one)
    assert "2026年度优秀党员" in issued.text
    assert "Excellent members of 2026" in issued.text_en
    assert issued.entry_hash == _entry(first).hash
    assert _stands(one) == "valid"
    secretary = scene.world.people["secretary"]
    with transaction():
        assert recognition.take_off(made, first, reason="弄错了人。", actor_id=secretary, at=AT)
    with transaction():
        assert not recognition.take_off(made, first, reason="弄错了人。", actor_id=secretary, at=AT)
    assert (_stands(one), _stands(two)) == ("void", "valid")
    with transaction():
        assert recognition.take_back(made, reason="程序有误。", actor_id=scene.actor, at=AT)
    assert assessing.recognise(made, AT) == 1
    assert recognition.listing(made).state == "withdrawn"
    assert _stands(two) == "void"
    assert recognition.published_for([scene.world.branch[0]]) == []
    assert records.offers(ledger.entries_after(second, 0), ZONE) == []


def test_another_grade_takes_the_recognition_along(scene: Scene) -> None:
    first, second, _ = scene.world.members[0]
    made = _published(scene, first)
    code = _certificate(scene, first, made)
    scene.grade(first, "qualified", seen=1, reason="会议重新评定。")
    assert _stands(code) == "void"
    drawn = _drawn(scene, second)
    with transaction():
        recognition.hand_in(drawn, actor_id=scene.world.people["secretary"])
    scene.grade(second, "qualified", seen=1, reason="会议重新评定。")
    late = _refused(Conflict, lambda: recognition.approve(drawn, actor_id=scene.actor, at=AT))
    assert late == "recognition-grade-changed"


def test_a_closed_period_keeps_its_list(scene: Scene) -> None:
    first, _, _ = scene.world.members[0]
    scene.close()
    made = _published(scene, first)
    assert recognition.chosen(made)[first].entry_seq == _entry(first).seq
