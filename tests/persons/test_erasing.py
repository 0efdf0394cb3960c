"""Erasing a person: nothing of them is found anywhere, and the ledger verifies."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from learnapp import accounts, branches, coverage, follow, ledger, notices, persons, plans, quiz, records
from learnapp.app import create_app  # noqa: F401 – importing the factory imports every area
from learnapp.db import Base, db, new_id, table_of, transaction
from learnapp.errors import Conflict, Forbidden, Invalid, NotFound
from learnapp.jobs import erasing
from tests.conftest import AT, ZONE
from tests.persons.people import BOSS, fold, join, module, verified
from tests.quiz.quizzes import publish
from tests.records.earned import certified
from tests.study.shelf import put
from tests.world import World, build

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
NAME, SIGN_IN, PHONE, TODAY = "司徒雨桐", "situyutong", "13912345678", date(2026, 11, 24)
TEXTS = (
    "我讲了一次微党课叫薪火相传",
    "这道题的答案乙也对吧",
    "请再看一眼我的论述",
    "公示里少算了我一次",
    "本人理由甲乙丙丁",
    "同一个人两个账号的缘由",
    "证书撤销因姓名有误",
    "论述题里我写下的经历",
    "阅卷人给我的评语",
    "附件里的字句",
    "迟到作答未采纳的理由",
    "给我的答复一句话",
)


def _person(app: Flask, world: World, folder: Path) -> str:
    """Somebody of whom everything is kept that can be."""
    member = world.person(NAME, SIGN_IN, world.branch[0], post="committee-member")
    world.grant(member, "recorder", world.branch[0])
    with transaction():
        db.session.execute(
            update(table_of(accounts.Account)).where(accounts.Account.member_id == member).values(phone=PHONE)
        )
        branches.exempt(
            member, valid_from=date(2026, 1, 1), valid_to=date(2026, 2, 1), approved_by=BOSS, at=AT
        )
        accounts.issue_ticket(member, "reset", issued_by=BOSS, at=AT)
        module(member, "safety", "m1", AT)
    publish(folder)
    version = put().hash
    with transaction():
        attempt = quiz.start(member, "five-kinds", at=AT, zone=ZONE).attempt_id
        quiz.submit(member, attempt, at=AT)
        code = certified(member, "doors", version)
        records.revoke(code, reason=TEXTS[6], actor_id=BOSS, at=AT)
        notices.tell(member, "fault", new_id(), subject="quiz/five-kinds", at=AT)
    with transaction():
        note = ledger.note(member, TEXTS[0])
        event = ledger.ActDeclared(act="lecture", act_id="c" * 32, on="2026-11-01", note=note)
        stamp = {"occurred_at": AT, "at": AT, "source": "declarations", "recorder": member}
        ledger.record(event, member_id=member, uid="declared", **stamp)
        rows = {
            "quiz_fault": {
                "id": new_id(),
                "quiz": "five-kinds",
                "version": version,
                "question": "single-1",
                "attempt_id": attempt,
                "text": TEXTS[1],
                "made_at": AT,
            },
            "quiz_appeal": {
                "attempt_id": attempt,
                "question": "single-1",
                "quiz": "five-kinds",
                "lot": new_id(),
                "text": TEXTS[2],
                "made_at": AT,
            },
            "quiz_grant": {
                "quiz": "five-kinds",
                "number": 1,
                "kind": "extend",
                "reason": TEXTS[4],
                "set_by": BOSS,
                "set_at": AT,
            },
            "act": {
                "attempt_id": attempt,
                "session": "s",
                "number": 1,
                "question": "single-1",
                "answer": f'["{TEXTS[7]}"]',
                "wall_ms": 0,
                "monotonic_ms": 0,
                "received_at": AT,
            },
            "quiz_mark": {
                "attempt_id": attempt,
                "question": "single-1",
                "number": 1,
                "answer_digest": "a" * 64,
                "criteria": "{}",
                "comment": TEXTS[8],
                "cause": "mark",
                "made_by": BOSS,
                "made_at": AT,
            },
            "act_file": {
                "act_id": "c" * 32,
                "media_type": "text/plain",
                "data": TEXTS[9].encode(),
                "stored_at": AT,
            },
            "quiz_late": {
                "attempt_id": attempt,
                "number": 1,
                "state": "refused",
                "evidence": "{}",
                "received_at": AT,
                "reason": TEXTS[10],
            },
            "notice": {
                "id": new_id(),
                "key": "fault/2",
                "kind": "reply",
                "subject": "quiz/five-kinds",
                "data": f'{{"what": "fault", "reply": "{TEXTS[11]}"}}',
                "made_at": AT,
            },
        }
        for name, row in rows.items():
            db.session.execute(insert(Base.metadata.tables[name]).values(member_id=member, **row))
    return member


def _found_anywhere(needles: tuple[str, ...]) -> list[str]:
    """Every column of every table in which one of these stands."""
    db.session.rollback()
    found = []
    for table in TABLES:
        for row in db.session.execute(select(table)):
            for column, value in row._mapping.items():
                text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                found += [f"{table.name}.{column}: {one}" for one in needles if one in text]
    return found


def _asked(member: str) -> persons.Request:
    with transaction():
        request_id = persons.ask(member, way="paper", asked_by=BOSS, at=AT, zone=ZONE, days=30)
    with transaction():
        persons.decide(member, request_id, typed=SIGN_IN, actor_id=BOSS, at=AT)
    db.session.rollback()
    return persons.request(member, request_id)


def _carry_out(found: persons.Request) -> list[str]:
    every = persons.carry_out(found.member_id, found.id, at=AT, zone=ZONE)
    fold(*every, at=AT)
    return every


def test_nothing_of_them_is_left_anywhere(app: Flask, tmp_path: Path) -> None:
    world = build()
    member = _person(app, world, tmp_path)
    other = world.person(NAME, "situ2", world.branch[1])
    join(other, member, AT, reason=TEXTS[5])
    needles = (NAME, SIGN_IN, "situ2", PHONE, *TEXTS)
    before = _found_anywhere(needles)
    assert {one.split(": ")[1] for one in before} >= {NAME, SIGN_IN, "situ2", PHONE, *TEXTS} - {TEXTS[3]}
    entries = len(ledger.entries_after(member, 0))
    assert _carry_out(_asked(member))
    assert _found_anywhere(needles) == []
    verified()
    stream = ledger.entries_after(member, 0)
    assert len(stream) == entries + 1 and stream[-1].kind == "erased"
    assert accounts.names([member, other]) == {member: "已删除的成员", other: "已删除的成员"}
    assert accounts.find(SIGN_IN) is None and branches.person(member, TODAY).branch_id is None  # type: ignore[union-attr]
    with transaction():
        assert accounts.create("新来的", SIGN_IN, at=AT)  # the name is free


def test_a_certificate_is_no_longer_kept(app: Flask, tmp_path: Path) -> None:
    world = build()
    member = _person(app, world, tmp_path)
    code = records.certificates_of(member)[0].code
    _carry_out(_asked(member))
    with pytest.raises(NotFound) as caught:
        records.certificate(code)
    assert caught.value.code == "certificate-not-kept"
    with pytest.raises(NotFound) as caught:
        records.certificate("0" * 26)
    assert caught.value.code == "no-certificate"


def test_an_objection_about_somebody_else_loses_their_words(app: Flask, tmp_path: Path) -> None:
    world = build()
    member, neighbour = _person(app, world, tmp_path), world.members[0][0]
    tables, day = Base.metadata.tables, date(2026, 12, 31)
    with transaction():
        rows: list[tuple[str, dict[str, object]]] = [
            ("rule_set", {"hash": "f" * 64, "source": "", "adopted_at": AT, "adopted_by": BOSS}),
            (
                "period",
                {
                    "id": "p" * 32,
                    "branch_id": world.committee,
                    "title": "2026",
                    "title_en": "",
                    "starts_on": day,
                    "ends_on": day,
                    "state": "posted",
                    "rule_set": "f" * 64,
                },
            ),
            (
                "objection",
                {
                    "member_id": neighbour,
                    "id": new_id(),
                    "period_id": "p" * 32,
                    "branch_id": world.branch[0],
                    "unit_id": world.branch[0],
                    "raised_by": member,
                    "raised_at": AT,
                    "text": TEXTS[3],
                    "reply_by": day,
                    "reply": "已答复",
                },
            ),
        ]
        for name, row in rows:
            db.session.execute(insert(tables[name]).values(**row))
    _carry_out(_asked(member))
    assert _found_anywhere((TEXTS[3], NAME)) == []
    kept = db.session.execute(select(tables["objection"])).mappings().one()
    assert kept["member_id"] == neighbour and kept["reply"] == "已答复"


def test_broken_off_and_taken_up_by_the_sweeper(app: Flask, tmp_path: Path) -> None:
    world = build()
    member = _person(app, world, tmp_path)
    other = world.person(NAME, "situ2", world.branch[1])
    join(other, member, AT)
    found = _asked(member)
    with transaction():
        persons.erase(other, found, at=AT, zone=ZONE)
    assert persons.left(found) == [member]
    db.session.rollback()
    assert erasing.go_on(AT, ZONE) == 1
    assert erasing.go_on(AT, ZONE) == 0
    assert persons.request(member, found.id).state == "done"
    with transaction():
        persons.erase(member, found, at=AT, zone=ZONE)  # again changes nothing
    assert [one.kind for one in ledger.entries_after(member, 0)].count("erased") == 1
    verified()


def test_who_may_and_who_is_meant(app: Flask, tmp_path: Path) -> None:
    world = build()
    member = _person(app, world, tmp_path)
    with transaction():
        request_id = persons.ask(member, way="page", asked_by=member, at=AT, zone=ZONE, days=30)
    with transaction():
        assert persons.ask(member, way="page", asked_by=member, at=AT, zone=ZONE, days=30) == request_id
    assert persons.request(member, request_id).due_on == TODAY + timedelta(days=30)
    with pytest.raises(Forbidden), transaction():
        persons.decide(member, request_id, typed=SIGN_IN, actor_id=member, at=AT)
    with pytest.raises(Invalid), transaction():
        persons.decide(member, request_id, typed="m00", actor_id=BOSS, at=AT)
    with pytest.raises(Conflict), transaction():
        persons.erase(member, persons.request(member, request_id), at=AT, zone=ZONE)
    with transaction():
        persons.refuse(member, request_id, reply="周期未结束", actor_id=BOSS, at=AT)
    with pytest.raises(Conflict), transaction():
        persons.decide(member, request_id, typed=SIGN_IN, actor_id=BOSS, at=AT)
    with transaction():
        again = persons.ask(member, way="page", asked_by=member, at=AT, zone=ZONE, days=30)
    with transaction():
        persons.withdraw(member, again, actor_id=member, at=AT)
    assert persons.open_requests() == []


def test_every_table_about_a_member_is_decided_and_documented() -> None:
    about = {table.name for table in TABLES if "member_id" in table.c}
    assert about == set(persons.HOLDINGS)
    told = (Path(__file__).parents[2] / "docs" / "persons.md").read_text(encoding="utf-8")
    assert about <= set(re.findall(r"`(\w+)`", told))


def test_sums_of_units_and_closed_periods(app: Flask) -> None:
    """Coverage loses exactly this member, and what a closed period came to stays."""
    world = build()
    put()
    member, tables = world.members[0][0], Base.metadata.tables
    with transaction():
        plans.assign(
            world.branch[0],
            "本季度学习",
            [("course", "doors")],
            starts_on=date(2026, 11, 1),
            due_on=date(2026, 12, 1),
            actor_id=BOSS,
            at=AT,
        )
        follow.stale([world.branch[0]], TODAY)
        rows: tuple[tuple[str, dict[str, object]], ...] = (
            ("rule_set", {"hash": "f" * 64, "source": "", "adopted_at": AT, "adopted_by": BOSS}),
            (
                "period",
                {
                    "id": "p" * 32,
                    "branch_id": world.committee,
                    "title": "2025",
                    "title_en": "",
                    "starts_on": date(2025, 1, 1),
                    "ends_on": date(2025, 12, 31),
                    "state": "closed",
                    "rule_set": "f" * 64,
                },
            ),
            (
                "standing",
                {
                    "member_id": member,
                    "period_id": "p" * 32,
                    "branch_id": world.branch[0],
                    "base": 6000,
                    "bonus": 1200,
                    "deduction": 0,
                    "total": 7200,
                    "seq": 0,
                },
            ),
        )
        for name, row in rows:
            db.session.execute(insert(tables[name]).values(**row))
    due = _due(world.branch[0])
    with transaction():
        request_id = persons.ask(member, way="paper", asked_by=BOSS, at=AT, zone=ZONE, days=30)
    with transaction():
        persons.decide(member, request_id, typed="m00", actor_id=BOSS, at=AT)
    fold(*persons.carry_out(member, request_id, at=AT, zone=ZONE), at=AT)
    assert _due(world.branch[0]) == due - 1
    totals = db.session.scalars(
        select(tables["standing"].c.total).where(tables["standing"].c.member_id == member)
    )
    assert list(totals) == [7200]
    verified()


def _due(branch_id: str) -> int:
    """Of how many members of the unit something is expected, as its pages count."""
    follow.sweep(AT, ZONE)
    with transaction():
        coverage.roll_up(AT)
    rollup = table_of(coverage.CoverageRollup)
    mine = (rollup.c.parent_id == branch_id, rollup.c.branch_id == branch_id)
    row = db.session.execute(select(rollup.c.open, rollup.c.under, rollup.c.done).where(*mine)).one()
    db.session.rollback()
    return sum(row)
