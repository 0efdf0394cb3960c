"""Who would have moved is forgotten after a year, when somebody confirms it; the sums of the dry run stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from learnapp import persons
from learnapp.db import db, transaction
from learnapp.points import trial
from tests.conftest import AT, ZONE
from tests.rulesets.places import SHIPPED, fill, tried
from tests.world import World, sign_in

GENEROUS = SHIPPED.replace("cap = 6\n", "cap = 9\n")
LATER = AT + timedelta(days=370)


def test_names_are_forgotten_and_sums_stay(world: World, client: FlaskClient, tmp_path: Path) -> None:
    run_id = tried(world, fill(world), GENEROUS)
    assert len(trial.moves(run_id)) == 9
    found, digest = persons.retention.list_old(tmp_path, at=LATER, zone=ZONE)
    assert {one.rule.id: (one.rows, one.members) for one in found}["dry-runs"] == (9, 9)
    db.session.rollback()
    with transaction():
        confirmed = persons.retention.confirm(
            tmp_path, digest, actor_id=world.people["operator"], at=LATER, zone=ZONE
        )
    persons.retention.carry_out(confirmed, at=LATER)
    assert trial.moves(run_id) == [] and trial.run(run_id).figures.amounts == {0: 9, 300: 9}
    db.session.rollback()
    sign_in(client, world.people["secretary"])
    answer = client.get(f"/rulesets/runs/{run_id}/units/{world.branch[0]}", headers={"Accept-Language": "en"})
    assert "has been forgotten" in answer.get_data(as_text=True)
