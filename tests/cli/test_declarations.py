"""`learnapp declarations check` on a small committee."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from learnapp import clock, config
from learnapp.app import create_app
from learnapp.db import db, transaction
from learnapp.declarations import DeclaredAct
from tests import databases
from tests.cli.test_commands import Run, run
from tests.conftest import ZONE
from tests.declarations import acting
from tests.world import World, build

__all__ = ["run"]


@pytest.fixture
def world(run: Run) -> Iterator[World]:
    """A committee in the database that the commands use, with one act that waits."""
    app = create_app(config.load())
    with app.app_context():
        found, now = build(), clock.now()
        today = clock.local_date(now, ZONE)
        acting.declare(found.people["member"], on=today, today=today, at=now)
        yield found
        databases.close(app)


def test_a_row_that_does_not_follow_is_named_and_settled(run: Run, world: World) -> None:
    member = world.people["member"]
    run("declarations", "check")
    with transaction():
        changed = update(DeclaredAct).where(DeclaredAct.member_id == member).values(state="confirmed")
        db.session.execute(changed)
    told = json.loads(run("declarations", "check", "--json", code=1).output)
    assert not told["ok"] and list(told["differences"]) == [member]
    run("declarations", "check", "m01")
    assert "1 differ" in run("declarations", "check", code=1).output
    run("declarations", "check", "m00", "--settle")
    assert "agree" in run("declarations", "check").output
