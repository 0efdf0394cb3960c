"""Where the permission matrix happens: the small committee with content, attempts and sessions, made once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from learnapp import accounts, assessment, branches, catalogue, clock, drill, ledger, persons, points, quiz
from learnapp.app import create_app
from learnapp.db import db, new_id, transaction
from learnapp.points import drafting, trial
from tests import databases
from tests.catalogue.folders import PNG
from tests.conftest import AT, ZONE, Browser, settings_for
from tests.declarations import acting
from tests.quiz import written
from tests.quiz.quizzes import publish
from tests.records.earned import certified
from tests.study.shelf import put
from tests.world import World, build, sign_in

# Who asks. `high` is a secretary on a general branch, where "own branch" must not reach down.
PERSONAS = (
    "member",
    "trainer",
    "reviewer",
    "recorder",
    "secretary",
    "committee",
    "auditor",
    "operator",
    "high",
)


@dataclass
class Town:
    """Ids and sessions of everything; the database is copied for every test."""

    folder: Path
    world: World
    personas: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    stale_cookies: dict[str, str] = field(default_factory=dict)
    attempts: dict[str, str] = field(default_factory=dict)
    certificates: dict[str, str] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)
    period: str = ""
    periods: dict[str, str] = field(default_factory=dict)
    listings: dict[str, str] = field(default_factory=dict)
    certificate: str = ""
    version: str = ""
    section: str = ""
    picture: str = ""
    code: str = ""
    spare: str = ""
    rule_drafts: dict[str, str] = field(default_factory=dict)
    rule_versions: dict[str, str] = field(default_factory=dict)
    dry_runs: dict[str, str] = field(default_factory=dict)
    dry_run: str = ""
    waiting_lot: str = ""
    appeal_lot: str = ""

    def target(self, kind: str, name: str, persona: str) -> str:
        """The id of a target as it stands to the persona's role; empty for pages about nothing."""
        world = self.world
        if kind in ("unit", "period", "listing", "rule_draft", "rule_version", "dry_run"):
            units = {"own": world.branch[0], "below": world.branch[1], "top": world.general[0]}
            units |= {"root": world.committee, "foreign": world.branch[2], "elsewhere": world.general[1]}
            return units[name] if kind == "unit" else getattr(self, f"{kind}s")[units[name]]
        if kind == "person":
            return self._people(persona)[name]
        if kind == "certificate":
            return self.certificates[self._people(persona)[name]]
        if kind == "act":
            return self.acts[self._people(persona)[name]]
        return self.attempts[self._people(persona)[name]] if kind == "attempt" else ""

    def _people(self, persona: str) -> dict[str, str]:
        members = self.world.members
        asker = self.personas.get(persona, members[1][1])
        return {"self": asker, "own": members[0][2], "below": members[1][2], "foreign": members[2][2]}


def prepare(folder: Path, template: Path) -> Town:
    """Builds the town in a database of its own and signs every persona in, now and thirteen hours ago."""
    shutil.copy(template, folder / "town.sqlite3")
    app = _app(folder, folder / "town.sqlite3")
    with app.app_context():
        town = Town(folder, build())
        _people(town)
        _content(town)
        for persona, member_id in town.personas.items():
            town.cookies[persona] = _cookie(app, member_id)
            with patch.object(clock, "now", return_value=clock.now() - timedelta(hours=13)):
                town.stale_cookies[persona] = _cookie(app, member_id)
        databases.close(app)
    return town


def visit(town: Town, folder: Path) -> Iterator[Flask]:
    """An application on a fresh copy of the town."""
    shutil.copy(town.folder / "town.sqlite3", folder / "town.sqlite3")
    app = _app(town.folder, folder / "town.sqlite3")
    with app.app_context():
        yield app
        databases.close(app)


def browser(app: Flask, cookie: str | None) -> FlaskClient:
    """A browser with that session."""
    client = app.test_client()
    if cookie is not None:
        client.set_cookie("learnapp", cookie)
    return client


def _app(folder: Path, database: Path) -> Flask:
    app = create_app(settings_for(folder, f"sqlite:///{database}"))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app


def _people(town: Town) -> None:
    world = town.world
    town.personas = {name: world.people[name] for name in PERSONAS if name in world.people}
    town.personas["high"] = world.person("High", "high", world.branch[1])
    world.grant(town.personas["high"], "secretary", world.general[0])
    _transfers(world)
    newcomer = world.person("孙丽娟", "sun", world.branch[0], password=False)
    town.spare = newcomer
    with transaction():
        town.code = accounts.issue_ticket(
            newcomer, "invite", issued_by=world.people["secretary"], at=clock.now()
        )


def _transfers(world: World) -> None:
    """One goes from branch[0] to branch[1], one comes; both are asked for by the home."""
    day = AT.date()
    for place, asker in ((0, "secretary"), (1, "committee")):
        with transaction():
            branches.ask_transfer(
                world.members[place][2],
                world.branch[1 - place],
                on=day,
                actor_id=world.people[asker],
                today=day,
                at=AT,
            )


def _content(town: Town) -> None:
    town.version = put().hash
    module = catalogue.module(town.version, "before")
    town.section = module.info.section_ids[0]
    town.picture = hashlib.sha256(PNG).hexdigest()
    publish(town.folder, "five-kinds", minutes=None, attempts=None)
    publish(town.folder, "all-wrong", minutes=None, attempts=None, per_kind=3)
    members = [*town.personas.values(), *(found for row in town.world.members for found in row)]
    for member_id in members:
        with transaction():
            ledger.open_stream(member_id)
            town.attempts[member_id] = quiz.start(member_id, "five-kinds", at=AT, zone=ZONE).attempt_id
            quiz.submit(member_id, quiz.start(member_id, "all-wrong", at=AT, zone=ZONE).attempt_id, at=AT)
            drill.collect(member_id, at=AT, zone="Asia/Shanghai")
            town.certificates[member_id] = certified(member_id, "doors", town.version)
    _persons(town, members)
    town.certificate = town.certificates[members[-1]]
    _acts(town, members)
    _assessments(town, members)
    _rule_sets(town)
    _answers(town, members[-1])


def _acts(town: Town, members: list[str]) -> None:
    """Everybody declared one act, which waits; a long period in which quarters can be signed."""
    for member_id in members:
        act_id = acting.declare(member_id, file=PNG)
        town.acts[member_id] = f"{member_id}.{act_id}"
    with transaction():
        town.period = points.open_period(
            town.world.general[0],
            "长周期",
            title_en="A long period",
            starts_on=date(2020, 1, 1),
            ends_on=date(2035, 12, 31),
            rule_set=points.adopt(points.shipped()["municipal-2026"], actor_id=town.world.committee, at=AT),
        )


def _answers(town: Town, member_id: str) -> None:
    """Two attempts with an answer for markers: one waits, one was marked and appealed against."""
    written.publish(town.folder)
    visit = {"visit": written.ANSWERS["visit"]}
    town.waiting_lot = written.lot(*written.take(visit, member_id), "visit")
    taken = written.take(visit, member_id)
    town.appeal_lot = written.lot(*taken, "visit")
    written.mark(taken, "visit", "f" * 32, written.VISIT)
    with transaction():
        quiz.appeals.ask(*taken, "visit", "请再看一次。", at=AT)


def _assessments(town: Town, members: Iterable[str]) -> None:
    """A planned period of each unit, all in years of their own, and an objection about everybody."""
    world = town.world
    rules = points.period(town.period).rules.hash
    for number, unit in enumerate((world.committee, *world.general, *world.branch)):
        with transaction():
            year = {"starts_on": date(2040 + number, 1, 1), "ends_on": date(2040 + number, 12, 31)}
            town.periods[unit] = points.plan_period(unit, "考评", title_en="", rule_set=rules, **year)
        with transaction():
            town.listings[unit] = new_id()
            listing = {"id": town.listings[unit], "unit_id": unit, "title": "表彰名单", "grades": "excellent"}
            by = {"period_id": town.period, "drawn_by": "f" * 32, "drawn_at": AT}
            db.session.add(assessment.RecognitionList(**listing, **by))
    homes = {one: branches.person(one, AT.date()) for one in members}
    with transaction():
        for member_id, person in homes.items():
            assert person is not None and person.branch_id is not None
            db.session.add(
                assessment.Objection(
                    member_id=member_id,
                    id="0" * 32,
                    period_id=town.period,
                    branch_id=person.branch_id,
                    unit_id=person.branch_id,
                    raised_by=member_id,
                    raised_at=AT,
                    text="少了一课。",
                    reply_by=AT.date(),
                )
            )


def _rule_sets(town: Town) -> None:
    """Every unit has a draft of a rule set, an adopted one, and a dry run that is done."""
    world, source = town.world, points.shipped()["municipal-2026"]
    by = {"actor_id": world.people["committee"], "at": AT}
    for unit in (world.committee, *world.general, *world.branch):
        with transaction():
            adopted = drafting.begin(unit, source, **by)
            town.rule_versions[unit] = drafting.adopt(
                adopted, note="试行", revision=1, without_run=True, **by
            ).id
            town.rule_drafts[unit] = drafting.begin(unit, source, **by)
            town.dry_runs[unit] = trial.ask(source, town.period, **by)
            db.session.execute(
                update(trial.DryRun)
                .where(trial.DryRun.id == town.dry_runs[unit])
                .values(state="done", branch_id=unit, ended_at=AT)
            )
    town.dry_run = town.dry_runs[world.general[0]]


def _cookie(app: Flask, member_id: str) -> str:
    client = app.test_client()
    sign_in(client, member_id)
    cookie = client.get_cookie("learnapp")
    assert cookie is not None
    return cookie.value


def _persons(town: Town, members: list[str]) -> None:
    """Everybody has an open request for erasure and a joining that was undone, of the number nought."""
    common = {"id": "0" * 32, "decided_by": "0" * 32, "decided_at": AT}
    for member_id in sorted(set(members)):
        with transaction():
            db.session.add(
                persons.ErasureRequest(
                    member_id=member_id,
                    id="0" * 32,
                    way="page",
                    asked_by=member_id,
                    asked_at=AT,
                    due_on=AT.date(),
                )
            )
            db.session.add(
                persons.GivenUp(
                    member_id=member_id,
                    kept_id=town.spare,
                    state="undone",
                    decided_on=AT.date(),
                    kept_seq=0,
                    kept_hash="0" * 64,
                    note="",
                    before="{}",
                    **common,
                )
            )
