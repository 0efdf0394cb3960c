"""The way of a period on both engines: each step once, whoever takes it; posting, objecting, grading, closing."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select

from learnapp import assessment, follow, ledger, notices, points
from learnapp.audit.models import AuditEvent
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict, Forbidden, Invalid, NotFound
from learnapp.jobs import assessing
from tests.assessment.scene import AT, CALENDAR, RULES, TODAY, ZONE, Scene

DAY = date(2026, 9, 10)


WORK_RULES = points.shipped()["party-workers-2026"]


def _actions() -> list[str]:
    rows = db.session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars()
    return [action for action in rows if action.startswith(("period", "grade", "objection"))]


def test_each_step_is_taken_once_and_written_down(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two rows of one millisecond are in no order by their ids; here each has a millisecond of its own.
    moments = count(1_800_000_000_000)
    monkeypatch.setattr("learnapp.audit.service.new_id", lambda: new_id(next(moments)))
    scene = Scene()
    assert scene.period.state == "planned" and scene.period.opened_at is None
    with transaction():
        assert assessment.planning.open_(scene.period_id, actor_id=scene.actor, at=AT)
        assert not assessment.planning.open_(scene.period_id, actor_id=scene.actor, at=AT)
    with pytest.raises(Conflict), transaction():
        assessment.closing.begin(scene.period_id, reason="", obstacles=0, actor_id=scene.actor, at=AT)
    scene.fold()
    scene.post()
    scene.post()
    assert scene.period.post_until == date(2026, 11, 27)
    assert scene.begin_closing() and not scene.begin_closing()
    assessing.close(scene.period_id, AT, ZONE)
    assessing.close(scene.period_id, AT, ZONE)
    assert scene.period.state == "closed" and len(scene.period.digest) == 64
    assert points.period(scene.next_id).state == "open"
    assert _actions() == [
        *["period-planned"] * 2,
        "period-opened",
        "period-posted",
        "period-closing",
        "period-closed",
        "period-opened",
    ]


def test_no_two_periods_of_the_same_people_share_a_day(app: Flask) -> None:
    scene = Scene()
    world, rules = scene.world, scene.period.rules.hash

    def plan(unit: str, first: date, last: date, people: str = "members") -> None:
        with transaction():
            points.plan_period(
                unit, "期", title_en="", starts_on=first, ends_on=last, rule_set=rules, people=people
            )

    for unit in (world.general[0], world.branch[0], world.committee):
        with pytest.raises(Conflict):
            plan(unit, date(2027, 11, 30), date(2028, 1, 1))
    plan(world.branch[2], date(2026, 1, 1), date(2026, 12, 31))
    plan(world.branch[0], date(2027, 12, 1), date(2027, 12, 31))
    with pytest.raises(Invalid):
        plan(world.general[0], date(2026, 1, 1), date(2026, 12, 31), "workers")
    with transaction():
        rules = points.adopt(WORK_RULES, actor_id=scene.actor, at=AT)
    plan(world.general[0], date(2026, 1, 1), date(2026, 12, 31), "workers")
    with pytest.raises(Invalid):
        plan(world.general[0], date(2030, 1, 1), date(2030, 1, 2), "everybody")


def test_rules_are_frozen_at_opening_and_amended_for_the_whole_period(app: Flask) -> None:
    scene = Scene()
    member = scene.world.members[0][0]
    scene.module(member, 1, DAY)
    before = scene.period.rules.hash
    with transaction():
        other = points.adopt(RULES.replace("worth = 3", "worth = 4"), actor_id=scene.actor, at=AT)
        third = points.adopt(RULES.replace("worth = 3", "worth = 9"), actor_id=scene.actor, at=AT)
        points.change_plan(scene.period_id, rule_set=before, show_totals=False)
    scene.open()
    with pytest.raises(Conflict), transaction():
        points.change_plan(scene.period_id, rule_set=other, show_totals=False)
    assert points.total(member, scene.period).total == 6300
    terms = {"actor_id": scene.actor, "today": TODAY, "at": AT}
    with pytest.raises(Invalid), transaction():
        assessment.amending.amend(scene.period_id, other, before=before, reason=" ", **terms)
    with transaction():
        trace = assessment.amending.amend(scene.period_id, other, before=before, reason="笔误", **terms)
        follow.stale([scene.period.branch_id], TODAY)
    with transaction():
        assert (
            assessment.amending.amend(scene.period_id, other, before=before, reason="笔误", **terms) is None
        )
    with pytest.raises(Conflict), transaction():
        assessment.amending.amend(scene.period_id, third, before=before, reason="再改", **terms)
    scene.fold()
    assert points.total(member, scene.period).total == 6400
    db.session.rollback()
    assert assessing.go_on(AT, ZONE) == len(points.branch_totals(scene.world.branch[0], scene.period)) + len(
        points.branch_totals(scene.world.branch[1], scene.period)
    )
    assert assessing.go_on(AT, ZONE) == 0
    (found,) = assessment.amending.amendments(scene.period_id)
    assert (found.id, found.reason, found.told_at) == (trace, "笔误", AT)
    scene.post()
    with pytest.raises(Conflict), transaction():
        assessment.amending.amend(scene.period_id, third, before=other, reason="再改", **terms)


def test_what_hangs_stays_as_it_was_posted(app: Flask) -> None:
    scene = Scene()
    member, other, _ = scene.world.members[0]
    people = scene.world.people
    scene.module(member, 1, DAY)
    seq = scene.act(member, "volunteering", DAY, proposer=member, confirmer=people["recorder"])
    scene.act(
        other, "absent", DAY, proposer=people["recorder"], confirmer=people["secretary"], origin="recorded"
    )
    scene.open()
    scene.post()
    posted = assessment.posting(scene.world.branch[0], scene.period)
    assert [one.member_id for one in posted] == [member], "a deduction is not posted, nor who has one"
    assert [act.rule for act in posted[0].acts] == ["module", "volunteering"] and posted[0].total is None
    assert not any(act.changed for act in posted[0].acts)
    assert assessment.posting(scene.world.branch[1], scene.period) == []
    scene.module(member, 2, DAY)
    with transaction():
        ledger.void(member, seq, reason="entered-in-error", actor_id=people["secretary"], at=AT)
    scene.fold()
    (later,) = assessment.posting(scene.world.branch[0], scene.period)
    assert [(act.rule, act.changed) for act in later.acts] == [("module", False), ("volunteering", True)]


def test_sums_hang_only_where_the_committee_says_so(app: Flask) -> None:
    scene = Scene()
    member = scene.world.members[0][0]
    scene.module(member, 1, DAY)
    scene.open()
    scene.post(show_totals=True)
    posted = assessment.posting(scene.world.branch[0], scene.period)
    assert {one.member_id: one.total for one in posted}[member] == 6300
    assert len(posted) == 5 and [one.name for one in posted] == sorted(one.name for one in posted)


def test_a_posting_ends(app: Flask) -> None:
    scene = Scene()
    member = scene.world.members[0][0]
    scene.open()
    scene.post(days=3)
    assert assessment.hangs(scene.period, date(2026, 11, 27))
    assert not assessment.hangs(scene.period, date(2026, 11, 28))
    with pytest.raises(Conflict), transaction():
        assessment.objections.raise_objection(
            member,
            scene.period,
            "少了一课。",
            entry_seq=0,
            branch_of_actor=scene.world.branch[0],
            actor_id=member,
            calendar=CALENDAR,
            today=date(2026, 11, 28),
            at=AT + timedelta(days=4),
        )


def test_who_may_object_and_who_decides(app: Flask) -> None:
    scene = Scene()
    world, people = scene.world, scene.world.people
    member, other, third = world.members[0]
    seq = scene.act(member, "volunteering", DAY, proposer=member, confirmer=people["secretary"])
    scene.open()
    scene.post()
    with pytest.raises(Forbidden):
        scene.object(member, "总分不对。", by=other)
    with pytest.raises(NotFound):
        scene.object(member, "没有这条。", seq=99)
    with pytest.raises(Invalid):
        scene.object(member, " ", seq=seq)
    raised = scene.object(member, "那天他不在。", seq=seq, by=other)
    assert scene.object(member, "那天他不在。", seq=seq, by=other) == raised, "twice is once"
    found = assessment.objections.objection(member, raised)
    assert found.unit_id == world.general[0], "the secretary confirmed it, so the unit above decides"
    assert found.reply_by == date(2026, 12, 1) and not found.overdue(date(2026, 12, 1))
    assert [one.id for one in assessment.objections.overdue(date(2026, 12, 2))] == [raised]
    assert assessment.objections.deciders(found, TODAY) == sorted([people["reviewer"], people["committee"]])

    def decide(actor: str, outcome: str = "upheld", reply: str = "查实，更正。", void: bool = True) -> bool:
        terms = {"reason": "entered-in-error", "actor_id": actor, "at": AT, "trace": raised}
        with transaction():
            if void and not ledger.known_uids(member, [f"void/{seq}"]):
                ledger.void(member, seq, **terms)
            return assessment.objections.decide(
                member,
                raised,
                outcome,
                reply,
                period=scene.period,
                voided_seq=seq if void else None,
                actor_id=actor,
                at=AT,
            )

    for party in (people["secretary"], member, other):
        with pytest.raises(Forbidden):
            decide(party)
    with pytest.raises(Invalid):
        decide(people["reviewer"], "rejected")
    with pytest.raises(Invalid):
        decide(people["reviewer"], reply="")
    assert decide(people["reviewer"]) and not decide(people["reviewer"])
    with pytest.raises(Conflict):
        decide(people["committee"], "rejected", "不成立。", void=False)
    scene.fold()
    assert points.total(member, scene.period).total == 6000
    entries = ledger.entries_after(member, 0)
    voided, decided = entries[-2], entries[-1]
    assert voided.data["trace"] == decided.data["objection"] == raised and voided.data["seq"] == seq
    assert ledger.note_text(member, decided.data["note"]) == "查实，更正。"
    assert other not in str(decided.data), "the entry does not say who objected"
    assert third not in {voided.recorder, decided.recorder}


def test_a_branch_decides_itself_where_somebody_had_no_part(app: Flask) -> None:
    scene = Scene()
    people, member = scene.world.people, scene.world.members[0][0]
    seq = scene.act(member, "volunteering", DAY, proposer=member, confirmer=people["recorder"])
    scene.open()
    scene.post()
    found = assessment.objections.objection(member, scene.object(member, "应是两次。", seq=seq))
    assert found.unit_id == scene.world.branch[0]
    assert assessment.objections.deciders(found, TODAY) == [people["secretary"]]


def test_a_decided_grade_changes_only_by_a_new_decision(app: Flask) -> None:
    scene = Scene()
    member, secretary = scene.world.members[0][0], scene.world.people["secretary"]
    scene.open()
    assert scene.grade(member, "qualified") and not scene.grade(member, "qualified")
    with pytest.raises(Conflict):
        scene.grade(member, "excellent", seen=0, reason="再议")
    with pytest.raises(Invalid):
        scene.grade(member, "excellent", seen=1)
    with pytest.raises(Invalid):
        scene.grade(member, "best", seen=1, reason="再议")
    with pytest.raises(Forbidden):
        scene.grade(secretary, "excellent")
    assert scene.grade(member, "excellent", seen=1, reason="再议")
    first, second = sorted(assessment.grades.history(member, scene.period_id), key=lambda one: one.number)
    entries = ledger.entries_after(member, 0)
    kinds = [entry.kind for entry in entries]
    assert kinds == ["graded", "voided", "graded"]
    assert entries[1].data["seq"] == first.entry_seq and second.entry_seq == entries[2].seq
    assert "excellent" not in str(entries[2].data) and "纪要" not in str(entries[2].data)
    assert "excellent" in ledger.note_text(member, entries[2].data["note"])
    assert assessment.grades.counted(scene.period_id) == {scene.world.branch[0]: 1}
    scene.close()
    with pytest.raises(Conflict):
        scene.grade(member, "qualified", seen=2, reason="晚了")


def test_closing_in_spite_of_something_needs_a_reason(app: Flask) -> None:
    scene = Scene()
    scene.open()
    scene.post()
    with pytest.raises(Conflict):
        scene.begin_closing(obstacles=2)
    assert scene.begin_closing("上级要求月底前结束", obstacles=2)


def test_closing_goes_on_where_it_was_broken_off(app: Flask) -> None:
    scene = Scene()
    scene.module(scene.world.members[0][0], 1, DAY)
    scene.open()
    scene.post()
    scene.begin_closing()
    assert assessing.close(scene.period_id, AT, ZONE, limit=4) == 4
    assert scene.period.state == "posted"
    progress = assessment.closing.progress(scene.period, TODAY)
    assert (progress.done, progress.all) == (4, 13)
    with pytest.raises(Conflict), transaction():
        assessment.closing.finish(scene.period, today=TODAY, at=AT)
    db.session.rollback()
    assert assessing.go_on(AT, ZONE) == 9
    assert scene.period.state == "closed"
    verified = assessment.closing.verify(scene.period)
    assert verified.equal and verified.members == 13
    for row in scene.world.members[:2]:
        for member in row:
            closed = [entry for entry in ledger.entries_after(member, 0) if entry.kind == "period-closed"]
            assert len(closed) == 1


def test_a_period_of_workers_closes_with_those_who_worked(app: Flask) -> None:
    scene = Scene()
    trainer = scene.world.people["trainer"]
    with transaction():
        rules = points.adopt(WORK_RULES, actor_id=scene.actor, at=AT)
        scene.period_id = points.open_period(
            scene.world.general[0],
            "工作",
            title_en="",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 11, 30),
            rule_set=rules,
            people="workers",
        )
        done = ledger.WorkDone(work="lesson-approved", ref="course/duties", on="2026-09-10")
        ledger.record(
            done, member_id=trainer, uid="work/1", occurred_at=AT, at=AT, recorder=scene.actor, source="test"
        )
        follow.stale([scene.world.general[0]], TODAY)
    scene.fold()
    scene.close()
    verified = assessment.closing.verify(scene.period)
    assert verified.equal and verified.members == 1
    assert points.total(trainer, scene.period).total == 500


def test_whoever_may_decide_is_reminded_once(app: Flask) -> None:
    scene = Scene()
    member, secretary = scene.world.members[0][0], scene.world.people["secretary"]
    seq = scene.act(member, "volunteering", DAY, proposer=member, confirmer=scene.world.people["recorder"])
    scene.open()
    scene.post()
    scene.object(member, "少记一次。", seq=seq)
    db.session.rollback()
    assert assessing.go_on(AT, ZONE) == 0
    late = AT + timedelta(days=8)
    assert assessing.go_on(late, ZONE) == 1
    assert assessing.go_on(late + timedelta(days=1), ZONE) == 0
    assert [one.what for one in notices.all_of(secretary)] == ["objection-late"]
