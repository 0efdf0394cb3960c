"""Closing on the server as it runs: killed in the middle again and again, it ends with one entry a member."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from learnapp import assessment, clock, ledger, points
from learnapp.db import db, table_of
from tests import world
from tests.assessment.scene import Scene
from tests.conftest import ZONE
from tests.postgres import Server
from tests.processes import Instance, Visitor

pytestmark = pytest.mark.process
PEOPLE = 300


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Instance, Scene]]:
    """The product on each engine, with a posted period of three hundred members and some more."""
    if request.param == "sqlite":
        made = Instance(tmp_path)
    else:
        server: Server = request.getfixturevalue("postgres")
        name = f"closing_{abs(hash(request.node.nodeid)):x}"
        owner = server.create(name, owner=True)
        made = Instance(tmp_path, server.url(name), owner=owner)

    def fill() -> Scene:
        now = clock.now()
        today = clock.local_date(now, ZONE)
        scene = Scene(at=now, starts_on=today - timedelta(days=200), ends_on=today)
        for number in range(PEOPLE):
            branch = scene.world.branch[number % 2]
            one = scene.world.person(f"党员{number:03}", f"c{number}", branch, password=False)
            scene.module(one, 1, today - timedelta(days=number % 100 + 1))
        scene.open()
        scene.post()
        return scene

    scene = made.fill(fill)
    made.start()
    yield made, scene
    made.stop()


def _killed_at(made: Instance, scene: Scene, wanted: int) -> int:
    """Kills everything as soon as so many are closed; returns how many were. One look takes a millisecond or so: an
    application for each would let the closing end between two of them."""
    closed = table_of(assessment.ClosedMember)
    counting = select(func.count()).where(closed.c.period_id == scene.period_id)
    deadline = time.monotonic() + 60
    with made.inside():
        while (done := int(db.session.execute(counting).scalar_one())) < wanted:
            db.session.rollback()
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        made.kill()
        db.session.rollback()
        return done


def test_killed_in_the_middle_of_closing(running: tuple[Instance, Scene]) -> None:
    made, scene = running
    page = f"/assessment/periods/{scene.period_id}"
    with closing(Visitor(made.address)) as visitor:
        visitor.sign_in("committee", world.PASSWORD)
        visitor.get(f"{page}/closing")
        assert visitor.post(f"{page}/closing", {"reason": "按计划结束"}).status == 303
    kills, seen = 0, -1
    for wanted in (1, 60, 150, 220):
        done = _killed_at(made, scene, wanted)
        kills += wanted <= done < PEOPLE + 13
        assert done >= seen, "what was closed stays closed"
        seen = done
        made.start()
    assert kills >= 2, "the kills fell into the closing"
    deadline = time.monotonic() + 90
    while _state(made, scene) != "closed" and time.monotonic() < deadline:
        time.sleep(0.1)
    made.stop()
    made.fill(lambda: _check(scene))


def _state(made: Instance, scene: Scene) -> str:
    with made.inside():
        return points.period(scene.period_id).state


def _check(scene: Scene) -> None:
    period = points.period(scene.period_id)
    assert period.state == "closed" and points.period(scene.next_id).state == "open"
    verified = assessment.closing.verify(period)
    assert verified.equal and verified.members == PEOPLE + 13
    entry = table_of(ledger.LedgerEntry)
    counting = select(func.count()).where(entry.c.kind == "period-closed")
    assert db.session.execute(counting).scalar_one() == PEOPLE + 13
