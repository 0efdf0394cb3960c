"""A closed period is what it was, whatever happens afterwards: each thing tried, and the next period shows it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, text, update

from learnapp import accounts, assessment, branches, follow, ledger, persons, points
from learnapp.db import db, transaction
from learnapp.jobs import assessing
from learnapp.web.branches import moving
from tests import acts
from tests.assessment.scene import AT, RULES, TODAY, ZONE, Scene

DAY = date(2026, 9, 10)
LATER = AT + timedelta(days=20)


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A period with two lessons, an act and a deduction, closed."""
    made = Scene()
    people, (member, other, _) = made.world.people, made.world.members[0]
    made.module(member, 1, DAY)
    made.module(member, 2, DAY)
    made.act(member, "volunteering", DAY, proposer=member, confirmer=people["recorder"])
    made.act(
        other, "absent", DAY, proposer=people["recorder"], confirmer=people["secretary"], origin="recorded"
    )
    made.open()
    made.grade(member, "excellent")
    made.close()
    return made


def _state(scene: Scene) -> tuple[object, ...]:
    """Everything that the closed period says about everybody."""
    found = []
    for row in scene.world.members[:2]:
        for member_id in row:
            period = scene.period
            found.append(
                (
                    points.total(member_id, period),
                    tuple(points.lines(member_id, period)),
                    points.lines_digest(member_id, period),
                )
            )
    return tuple(found)


def _nothing(scene: Scene) -> int:
    return 0


def _late_sync(scene: Scene) -> int:
    scene.module(scene.world.members[0][0], 3, DAY)
    return 300


def _voided(scene: Scene) -> int:
    with transaction():
        ledger.void(scene.world.members[0][0], 1, reason="entered-in-error", actor_id=scene.actor, at=LATER)
    return -300


def _confirmed_later(scene: Scene) -> int:
    member = scene.world.members[0][0]
    scene.act(member, "volunteering", DAY, proposer=member, confirmer=scene.world.people["recorder"])
    return 500


def _regraded(scene: Scene) -> int:
    """A lesson's entry is voided and replaced under one trace, as a corrected result is."""
    member = scene.world.members[0][0]
    with transaction():
        ledger.void(member, 2, reason="regraded", actor_id=scene.actor, at=LATER, trace="f" * 32)
        acts.module(member, "duties", "m2", datetime(2026, 9, 10, 4, tzinfo=UTC))
    return 0


def _transferred(scene: Scene) -> int:
    """Asked for, received and confirmed: another home from that day on."""
    member, people = scene.world.members[0][0], scene.world.people
    moving_on = {"today": TODAY, "at": LATER}
    with transaction():
        transfer = branches.ask_transfer(
            member, scene.world.branch[2], on=TODAY, actor_id=people["secretary"], **moving_on
        )
    with transaction():
        branches.receive_transfer(member, transfer, actor_id=people["committee"], **moving_on)
    with transaction():
        assert moving.confirm(member, transfer, actor_id=people["committee"], **moving_on)
    return 0


def _class_changed(scene: Scene) -> int:
    """Entered late, for a day in the middle of the closed period."""
    member = scene.world.members[0][0]
    with transaction():
        branches.change(
            member,
            member_class="mobile",
            post=None,
            on=date(2026, 6, 1),
            actor_id=scene.world.people["secretary"],
            at=LATER,
        )
        follow.stale_member(member)
    return 0


def _exempted(scene: Scene) -> int:
    member = scene.world.members[0][1]
    with transaction():
        branches.exempt(
            member,
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 1),
            approved_by=scene.actor,
            at=LATER,
        )
        follow.stale_member(member)
    return 0


def _erased(scene: Scene) -> int:
    """At the wish of the person, decided and carried out; their grade goes, and what committed to it stays."""
    member, operator = scene.world.members[0][0], scene.world.people["operator"]
    with transaction():
        asked = persons.ask(member, way="paper", asked_by=operator, at=LATER, zone=ZONE, days=30)
    with transaction():
        persons.decide(member, asked, typed="m00", actor_id=operator, at=LATER)
    with transaction():
        persons.erase(member, persons.request(member, asked), at=LATER, zone=ZONE)
    assert accounts.names([member]).get(member, "") != "王芳"
    grade = assessment.grades.current(member, scene.period_id)
    assert grade is not None and grade.minute == ""
    return 0


def _rules_changed(scene: Scene) -> int:
    with transaction():
        other = points.adopt(RULES.replace("worth = 3", "worth = 30"), actor_id=scene.actor, at=LATER)
        assessment.amending.amend(
            scene.next_id,
            other,
            before=points.period(scene.next_id).rules.hash,
            reason="新办法",
            actor_id=scene.actor,
            today=TODAY,
            at=LATER,
        )
        follow.stale([scene.world.general[0]], TODAY)
    return 0


def _rebuilt(scene: Scene) -> int:
    for row in scene.world.members[:2]:
        for member_id in row:
            with transaction():
                assert follow.rebuild("points", member_id, at=LATER, zone=ZONE)
    return 0


@pytest.mark.parametrize(
    "happens",
    [
        _nothing,
        _late_sync,
        _voided,
        _confirmed_later,
        _regraded,
        _transferred,
        _class_changed,
        _exempted,
        _erased,
        _rules_changed,
        _rebuilt,
    ],
)
def test_the_digest_stays(scene: Scene, happens: Callable[[Scene], int]) -> None:
    member = scene.world.members[0][0]
    before, digest = _state(scene), scene.period.digest
    assert points.total(member, scene.period).total == 7100
    brought = happens(scene)
    scene.fold(LATER)
    assessing.go_on(LATER, ZONE)
    assert _state(scene) == before and scene.period.digest == digest
    verified = assessment.closing.verify(scene.period)
    assert verified.equal, verified.differences
    following = points.period(scene.next_id)
    assert points.total(member, following).adjustment == brought
    assert sum(one.amount for one in points.adjustments(member, following)) == brought


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("seed", range(6))
def test_the_digest_stays_whatever_the_order(scene: Scene, seed: int) -> None:
    """Several of these things, in an order that the seed draws, with folding in between now and then."""
    draw = random.Random(seed)  # nothing is kept secret by it
    things = [
        _late_sync,
        _confirmed_later,
        _voided,
        _regraded,
        _exempted,
        _rules_changed,
        _rebuilt,
        _transferred,
    ]
    before, digest, brought = _state(scene), scene.period.digest, 0
    drawn = draw.sample(things, 6)
    for happens in drawn:
        brought += happens(scene)
        if draw.random() < 0.5:
            scene.fold(LATER)
        assert assessment.closing.verify(scene.period).equal
    scene.fold(LATER)
    assert _state(scene) == before and scene.period.digest == digest
    if _transferred not in drawn:
        # Whoever is at home outside of the tree by then has no next period in it.
        member = scene.world.members[0][0]
        assert points.total(member, points.period(scene.next_id)).adjustment == brought


def test_verify_says_where_something_differs(scene: Scene) -> None:
    member = scene.world.members[0][0]
    with transaction():
        line = points.PointsLine
        db.session.execute(
            update(line)
            .where(line.member_id == member, line.period_id == scene.period_id, line.entry_seq == 1)
            .values(counted=900)
        )
    verified = assessment.closing.verify(scene.period)
    assert not verified.equal
    assert [(one.member_id, one.what) for one in verified.differences] == [(member, "lines")]
    with transaction():
        closed = assessment.ClosedMember
        db.session.execute(update(closed).where(closed.member_id == member).values(digest="0" * 64))
    assert {one.what for one in assessment.closing.verify(scene.period).differences} == {
        "entry",
        "lines",
        "evaluation",
    }


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_digest_stays_through_a_migration(scene: Scene, app: Flask) -> None:
    """Columns added to the tables of points, as a next migration does it: what was closed is read the same."""
    digest, before = scene.period.digest, _state(scene)
    db.session.remove()
    engine = create_engine(app.extensions["learnapp"].owner_database_url)
    with engine.begin() as owner:
        for table in ("period", "points_line", "points_frozen", "standing", "closed_member"):
            owner.execute(text(f"ALTER TABLE {table} ADD COLUMN added_later INTEGER DEFAULT 7 NOT NULL"))
    engine.dispose()
    assert scene.period.digest == digest and _state(scene) == before
    assert assessment.closing.verify(scene.period).equal
