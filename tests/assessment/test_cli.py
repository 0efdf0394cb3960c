"""`learnapp period`: listing, and verifying a closed one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import update

from learnapp import config, points
from learnapp.app import create_app
from learnapp.db import db, transaction
from tests import databases
from tests.assessment.scene import Scene
from tests.cli.test_commands import Run, run

__all__ = ["run"]


@pytest.fixture
def scene(run: Run) -> Iterator[Scene]:
    """A closed period in the database that the commands use."""
    app = create_app(config.load())
    with app.app_context():
        made = Scene()
        made.module(made.world.members[0][0], 1, date(2026, 9, 10))
        made.open()
        made.close()
        yield made
        databases.close(app)


def test_periods_are_listed(run: Run, scene: Scene) -> None:
    rows = json.loads(run("period", "list", "--json").output)
    assert [(row["id"], row["state"]) for row in rows] == [
        (scene.period_id, "closed"),
        (scene.next_id, "open"),
    ]
    assert rows[0]["digest"] == scene.period.digest and rows[0]["unit"] == "社区党总支"
    assert scene.period.digest in run("period", "list").output


def test_a_closed_period_is_verified(run: Run, scene: Scene) -> None:
    assert run("period", "verify", scene.period_id).output.startswith("Equal: 13 members")
    assert json.loads(run("period", "verify", scene.period_id, "--json").output)["equal"] is True
    assert "only a closed one" in run("period", "verify", scene.next_id, code=1).output
    run("period", "verify", "0" * 32, code=1)
    member = scene.world.members[0][0]
    with transaction():
        line = points.PointsLine
        mine = (line.member_id == member, line.period_id == scene.period_id)
        db.session.execute(update(line).where(*mine).values(counted=900))
    told = run("period", "verify", scene.period_id, code=1).output
    assert told.startswith("Different") and member in told and "lines was" in told
