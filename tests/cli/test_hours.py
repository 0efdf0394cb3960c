"""`learnapp hours check` on a small instance."""

from __future__ import annotations

import json

from learnapp import config, ledger, plans
from learnapp.app import create_app
from learnapp.db import new_id, transaction
from tests import databases
from tests.cli.test_commands import Run, run
from tests.conftest import AT

__all__ = ["run"]


def record(member_id: str, minutes: int, hours: int, rule: str) -> None:
    """A completed module with these hours."""
    event = ledger.ModuleCompleted("c", "m", "a" * 64, "a" * 64, minutes, hours, rule, "online")
    with transaction():
        ledger.record(
            event, member_id=member_id, uid=new_id(), occurred_at=AT, at=AT, recorder=member_id, source="test"
        )


def test_hours_are_checked(run: Run) -> None:
    app = create_app(config.load())
    first, second = sorted(new_id() for _ in range(2))
    rule = plans.hour_rule().version
    with app.app_context():
        record(first, 45, 100, rule)
        record(second, 20, 50, rule)
        databases.close(app)
    report = json.loads(run("hours", "check", "--json").output)
    assert report == {"ok": True, "members": 2, "entries": 2, "differences": []}
    with app.app_context():
        record(second, 45, 150, rule)
        record(second, 45, 100, "nobody@0")
        databases.close(app)
    found = run("hours", "check", code=1).output.splitlines()
    assert found[0] == f"{second} entry 2: stored 150, computed 100 under {rule}"
    assert found[1] == f"{second} entry 3: stored 100, nobody knows the rule 'nobody@0'"
    assert found[2] == "4 entries of 2 members credit hours: 2 do not agree with their rules."
    assert "1 members credit hours: all agree" in run("hours", "check", "--member", first).output
