"""Old data: nothing goes without a confirmation, what was listed goes, and what proves something stays."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask, current_app
from sqlalchemy import func, insert, select, update

from learnapp import accounts, audit, branches, notices, quiz
from learnapp.audit.models import AuditEvent
from learnapp.cli.retention import _listed, _text, retention
from learnapp.config import Config
from learnapp.db import Base, db, new_id, table_of, transaction
from learnapp.errors import Conflict, Invalid
from learnapp.jobs import retaining
from learnapp.persons import retention as area
from learnapp.persons.retention_rules import parse, with_days
from tests.conftest import AT, ZONE
from tests.persons.people import BOSS, verified
from tests.quiz.quizzes import publish
from tests.world import World, build

YEARS = timedelta(days=6 * 366)


def _folder() -> Path:
    settings: Config = current_app.extensions["learnapp"]
    return settings.data_dir


def _count(name: str) -> int:
    db.session.rollback()
    table = Base.metadata.tables[name]
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def _old_things(world: World, folder: Path) -> str:
    """A member with everything that becomes old, from six years ago, and the same from today."""
    member = world.members[0][0]
    publish(folder, attempts=None, extra="practice = true")
    for at in (AT - YEARS, AT):
        with transaction():
            practice = quiz.start(member, "five-kinds", at=at, zone=ZONE, practice=True).attempt_id
            quiz.submit(member, practice, at=at)
            counted = quiz.start(member, "five-kinds", at=at, zone=ZONE).attempt_id
            quiz.submit(member, counted, at=at)
            accounts.issue_ticket(member, "reset", issued_by=BOSS, at=at)
            audit.write("sign-in", member_id=member, actor_id=member, at=at, address="192.0.2.7")
            notices.tell(member, "fault", new_id(), subject="quiz/five-kinds", at=at)
            tables = Base.metadata.tables
            db.session.execute(
                update(tables["notice"]).where(tables["notice"].c.made_at == at).values(seen_at=at)
            )
            branches.exempt(
                member,
                valid_from=(at - timedelta(days=9)).date(),
                valid_to=at.date(),
                approved_by=BOSS,
                at=at,
            )
            for state, decided in (("open", None), ("answered", at)):
                row = {
                    "member_id": member,
                    "id": new_id(),
                    "quiz": "five-kinds",
                    "version": "a" * 64,
                    "question": "single-1",
                    "attempt_id": counted,
                    "text": "有误",
                    "made_at": at,
                    "state": state,
                    "decided_at": decided,
                }
                db.session.execute(insert(tables["quiz_fault"]).values(**row))
            act = {
                "member_id": member,
                "attempt_id": counted,
                "session": "s",
                "number": 1,
                "question": "single-1",
                "answer": "[]",
                "wall_ms": 0,
                "monotonic_ms": 0,
                "received_at": at,
                "accepted": False,
                "late": True,
            }
            db.session.execute(insert(tables["act"]).values(**act))
    return member


def test_listed_then_confirmed_then_gone(app: Flask, tmp_path: Path) -> None:
    _old_things(build(), tmp_path)
    found, digest = area.list_old(_folder(), at=AT, zone=ZONE)
    rows = {one.rule.id: one.rows for one in found}
    # Issuing a code writes a row of the log as well, without an address.
    assert rows == {
        "addresses": 1,
        "security-log": 2,
        "tickets": 1,
        "leaves": 0,
        "practice": 1,
        "late-refused": 1,
        "notices": 1,
        "faults": 1,
        "dry-runs": 0,
        "exemptions": 1,
        "erasures": 0,
    }
    before = {name: _count(name) for name in ("audit_event", "attempt", "notice", "quiz_fault", "act")}
    assert retaining.go_on(AT, 500) == 0 and before == {name: _count(name) for name in before}
    with transaction():
        run = area.confirm(_folder(), digest, actor_id=BOSS, at=AT, zone=ZONE)
    gone = area.carry_out(run, at=AT)
    assert gone == sum(rows.values()) - 1 + 1  # the old row's address went before the row itself
    after = {name: _count(name) for name in before}
    # Two rows of the log were written: that it was confirmed, and that it was done.
    assert {name: after[name] - before[name] for name in before} == {
        "audit_event": 0,
        "attempt": -1,
        "notice": -1,
        "quiz_fault": -1,
        "act": -1,
    }
    again, _ = area.list_old(_folder(), at=AT, zone=ZONE)
    assert sum(one.rows for one in again) == 0
    with transaction():
        assert area.confirm(_folder(), digest, actor_id=BOSS, at=AT, zone=ZONE).done_at == AT
    verified()


def test_another_list_is_not_confirmed(app: Flask, tmp_path: Path) -> None:
    world = build()
    _, digest = area.list_old(_folder(), at=AT, zone=ZONE)
    _old_things(world, tmp_path)
    with pytest.raises(Conflict), transaction():
        area.confirm(_folder(), digest, actor_id=BOSS, at=AT, zone=ZONE)
    assert area.undone() == []


def test_broken_off_and_taken_up(app: Flask, tmp_path: Path) -> None:
    _old_things(build(), tmp_path)
    _, digest = area.list_old(_folder(), at=AT, zone=ZONE)
    with transaction():
        run = area.confirm(_folder(), digest, actor_id=BOSS, at=AT, zone=ZONE)
    assert area.carry_out(run, at=AT, limit=1) == 1
    later = AT + timedelta(days=400)  # what has become old meanwhile is not on the list
    assert retaining.go_on(later, 500) == 8
    assert _count("attempt") == 3
    found = area.run(digest)
    assert found is not None and found.done_at == later and sum(found.removed.values()) == 9


def test_addresses_stay_for_half_a_year(app: Flask) -> None:
    member = build().members[0][0]
    for days in (183, 186):
        with transaction():
            at = AT - timedelta(days=days)
            audit.write("sign-in", member_id=member, actor_id=member, at=at, address="192.0.2.7")
    _, digest = area.list_old(_folder(), at=AT, zone=ZONE)
    with transaction():
        run = area.confirm(_folder(), digest, actor_id=BOSS, at=AT, zone=ZONE)
    area.carry_out(run, at=AT)
    log = table_of(AuditEvent)
    kept = db.session.execute(select(log.c.address).where(log.c.action == "sign-in").order_by(log.c.at)).all()
    assert [row.address for row in kept] == ["", "192.0.2.0/24"]


def test_days_of_ones_own() -> None:
    rules = parse((Path(area.__file__).parent / "data" / "retention.toml").read_text())
    assert {one.id for one in rules} == set(area.OLD)
    assert all(one.days >= one.least and one.what_zh and one.why_zh for one in rules)
    assert next(one.days for one in with_days(rules, {"notices": 90}) if one.id == "notices") == 90
    for wrong in ({"addresses": 183}, {"nothing": 10}, {"notices": "90"}, {"notices": True}):
        with pytest.raises(Invalid):
            with_days(rules, wrong)


def test_the_command_tells_what_it_would_do(site: Flask, tmp_path: Path) -> None:
    _old_things(build(), tmp_path)
    found = _listed(_folder(), ZONE)
    text = _text(found)
    assert f"--confirm {found['digest']}" in text and "Nothing was deleted" in text
    assert "王芳" not in text
    assert CliRunner().invoke(retention, ["--help"]).exit_code == 0
    assert json.dumps(found) and date.fromisoformat(found["rules"][0]["before"][:10])
