"""Why a number is what it is: the rule in a plain sentence, and what has happened to each line."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from learnapp import branches, follow, ledger, points
from learnapp.branches import Membership
from learnapp.db import db, new_id, transaction
from learnapp.points import Period
from tests import acts
from tests.conftest import AT, ZONE
from tests.points.entries import rules
from tests.points.test_closing import BOSS, OTHER, RULES, Life

SETS = {name: rules(source) for name, source in points.shipped().items()}


@pytest.mark.parametrize(
    ("name", "rule", "chinese", "english"),
    [
        (
            "municipal-2026",
            "module-completed",
            "学完不少于0.5学时的一课并通过小测（系统自动记录，无需申报）；每次加3分；同一内容本周期只计一次；每月最多6分；"
            "长期外出的流动党员、离退休党员不计分。",
            "A lesson of at least 0.5 study hours completed with its check (recorded by the system, nothing to "
            "declare); 3 points each; once in the period for the same thing; at most 6 points a month; not "
            "scored: Mobile members who are away for long, Retired members.",
        ),
        (
            "county-rural-2026",
            "missed-meeting",
            "由组织记录，经记录人以外的人确认；每次扣5分；豁免期间不扣分、不否决；年老体弱党员不计分；不需要证明材料。",
            "Recorded by the organisation and confirmed by somebody other than who recorded it; 5 points off "
            "each; neither taken off nor a veto during an exemption; not scored: Members who are old or ill; "
            "no evidence is asked for.",
        ),
        (
            "university-college-2026",
            "teaching-award",
            "由党员申报，经另一人确认；每次加5分；本周期最多计2次；“加分”合计最多30分；可附文件，但不作要求。",
            "Declared by the member and confirmed by somebody else; 5 points each; at most 2 times in the "
            "period; “Bonus” together at most 30 points; a file may be added and need not be.",
        ),
        (
            "university-college-2026",
            "ethics-breach",
            "由组织记录，经记录人以外的人确认；属一票否决项，不计分值，成立时供评定等次时参考；豁免期间不扣分、不否决；不需要证明材料。",
            "Recorded by the organisation and confirmed by somebody other than who recorded it; a veto item: "
            "worth nothing, and before those who decide the grade as long as it stands; neither taken off nor "
            "a veto during an exemption; no evidence is asked for.",
        ),
        (
            "party-workers-2026",
            "session-held",
            "组织一次集中学习（系统自动记录，无需申报）；每次加3分；每月最多9分。",
            "A session held (recorded by the system, nothing to declare); 3 points each; at most 9 points a "
            "month.",
        ),
    ],
)
def test_a_rule_as_a_plain_sentence(name: str, rule: str, chinese: str, english: str) -> None:
    found = SETS[name]
    assert points.sentence(found.rule(rule), found, "zh") == chinese
    assert points.sentence(found.rule(rule), found, "en") == english


def test_every_shipped_rule_has_a_sentence_that_says_all_its_numbers() -> None:
    for found in SETS.values():
        for rule in found.rules:
            for language in ("zh", "en"):
                text = points.sentence(rule, found, language)
                for value in (
                    abs(rule.worth),
                    rule.cap,
                    rule.hours_at_least,
                    found.categories[rule.category].cap,
                ):
                    told = not value or (value == found.categories[rule.category].cap and rule.worth <= 0)
                    assert told or f"{value / 100:g}" in text, (found.id, rule.id, text)
                assert rule.limit is None or str(rule.limit) in text


def _declared(life: Life) -> int:
    """A deed that the member declared on 10 January; returns the seq of the declaration."""
    event = ledger.ActDeclared(act="deed", act_id="1" * 32, on="2026-01-10", note="")
    return ledger.record(
        event,
        member_id=life.member_id,
        uid="deed",
        occurred_at=AT,
        at=AT,
        recorder=life.member_id,
        source="test",
    )


def test_what_happened_to_a_line_since(app: Flask) -> None:
    """Declared, confirmed, closed, voided, and taken back in the next period; each with its entry and cause."""
    life = Life()
    with transaction():
        seq = _declared(life)
        confirmed = ledger.ActConfirmed(
            act="deed", act_id="1" * 32, on="2026-01-10", origin="declared", seq=seq, proposer=life.member_id
        )
        ledger.record(
            confirmed,
            member_id=life.member_id,
            uid="deed-confirmed",
            occurred_at=AT,
            at=AT,
            recorder=BOSS,
            source="test",
        )
    life.fold()
    first, second, _ = points.periods_for([life.homes[0]])
    life.close(0)
    with transaction():
        ledger.void(life.member_id, 2, reason="entered-in-error", actor_id=OTHER, at=AT)
    life.fold()
    steps = points.story(life.member_id, points.period(first.id), 2)
    assert [(step.code, step.seq, step.by, step.reason) for step in steps] == [
        ("declared", 1, life.member_id, ""),
        ("confirmed", 2, BOSS, ""),
        ("closed", 0, "", ""),
        ("voided", 3, OTHER, "entered-in-error"),
        ("adjusted", 2, "", "voided"),
    ]
    assert (steps[-1].period_id, steps[-1].amount, steps[-1].cause_seq) == (second.id, -400, 3)
    assert {step.code for step in steps} <= points.STEPS.keys()
    assert points.story(life.member_id, first, 99) == ()


def test_why_names_the_cap_and_how_often(app: Flask) -> None:
    life = Life()
    with transaction():
        for day in (5, 6):
            acts.module(life.member_id, "duties", f"m{day}", datetime(2026, 1, day, 4, tzinfo=UTC))
        for day in (5, 6, 7):
            life.confirm("deed", date(2026, 2, day))
    life.fold()
    period = points.periods_for([life.homes[0]])[0]
    told = {one.line.seq: one for one in points.why(life.member_id, period)}
    assert (told[2].line.reason, told[2].cap, told[2].text_en) == (
        "full-month",
        500,
        "A lesson completed: 3 points.",
    )
    assert (told[4].line.reason, told[4].line.counted, told[4].cap) == ("full-category", 300, 1200) or told[
        4
    ].line.counted == 400
    assert told[5].line.counted == 0 and (told[5].times or told[5].cap)
    assert [step.code for step in points.story(life.member_id, period, 2)] == ["entered", "limited"]


def test_a_move_within_a_committee_is_split_by_branch(app: Flask) -> None:
    """One period of the committee; January in the first branch, the rest in the second, as a mobile member from
    March on: nothing counts there, and the parts add up."""
    member_id = new_id()
    with transaction():
        root = branches.found("committee", "党委", parent_id=None, at=AT)
        units = [branches.found("branch", f"支部{n}", parent_id=root, at=AT) for n in range(2)]
        period_id = points.open_period(
            root,
            "年度",
            title_en="Year",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=points.adopt(RULES, actor_id=BOSS, at=AT),
        )
        days = [date(2020, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
        for unit, kind, day in zip(
            (units[0], units[1], units[1]), ("full", "full", "mobile"), days, strict=True
        ):
            open_ = update(Membership).where(Membership.member_id == member_id, Membership.valid_to.is_(None))
            db.session.execute(open_.values(valid_to=day))
            branches.join(member_id, unit, member_class=kind, valid_from=day, actor_id=BOSS, at=AT)
        for month in (1, 2, 3):
            acts.module(member_id, "duties", f"m{month}", datetime(2026, month, 10, 4, tzinfo=UTC))
    with transaction():
        follow.member(member_id, at=AT, zone=ZONE)
    period = points.period(period_id)
    parts = points.split(member_id, period)
    assert [(part.branch_id, part.scored, part.bonus) for part in parts] == [
        (units[0], True, 300),
        (units[1], True, 300),
        (units[1], False, 0),
    ]
    assert [part.valid_from for part in parts] == [date(2026, 1, 1), *days[1:]]
    sums = points.total(member_id, period)
    assert sum(part.bonus for part in parts) == sums.bonus and sums.base == 1000
    assert points.branch_totals(units[1], period)[member_id] == sums
    assert points.branch_totals(units[0], period) == {}
    assert [line.reason for line in points.lines(member_id, period)] == ["class", "", ""]


def test_workers_have_a_sum_once_they_have_done_something(app: Flask) -> None:
    member_id = new_id()
    with transaction():
        unit = branches.found("branch", "支部", parent_id=None, at=AT)
        rule_set = points.adopt(points.shipped()["party-workers-2026"], actor_id=BOSS, at=AT)
        days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        period_id = points.open_period(
            unit, "党务", title_en="Workers", rule_set=rule_set, people="workers", **days
        )
        branches.join(
            member_id, unit, member_class="full", valid_from=days["starts_on"], actor_id=BOSS, at=AT
        )
        acts.quiz(member_id, "q", AT)
    with transaction():
        follow.member(member_id, at=AT, zone=ZONE)
    period = points.period(period_id)
    assert not points.total(member_id, period).folded
    for number in range(2):
        with transaction():
            ledger.record(
                ledger.WorkDone(work="need-met", ref="need/1", on="2026-11-20"),
                member_id=member_id,
                uid=f"work/{number}",
                occurred_at=AT,
                at=AT,
                recorder=BOSS,
                source="test",
            )
        with transaction():
            follow.member(member_id, at=AT, zone=ZONE)
    assert points.total(member_id, period).total == 200, "a need that was met counts once"
    assert db.session.get(Period, period_id) is not None
