"""A general branch with a period of last year, for the pages of rule sets."""

from __future__ import annotations

from datetime import UTC, date, datetime

from learnapp import follow, points
from learnapp.db import transaction
from learnapp.points import trial
from tests import acts
from tests.conftest import AT, ZONE
from tests.world import World

SHIPPED = points.shipped()["municipal-2026"]
CROWD = 5


def fill(world: World, unit: str = "") -> str:
    """A period over 2025; everybody in branch[1] has three lessons in one month, capped at six points, and so has
    members[0][0]. branch[1] gets five more members. Returns the period."""
    with transaction():
        rules = points.adopt(SHIPPED, actor_id=world.committee, at=AT)
        period_id = points.open_period(
            unit or world.general[0],
            "2025年度",
            title_en="2025",
            starts_on=date(2025, 1, 1),
            ends_on=date(2025, 12, 31),
            rule_set=rules,
            at=AT,
        )
    names = "孟浩然白居易王之涣岑参之杜牧之"
    crowd = [
        world.person(names[3 * n : 3 * n + 3], f"crowd{n}", world.branch[1], password=False)
        for n in range(CROWD)
    ]
    for member_id in (world.members[0][0], *world.members[1], *crowd):
        with transaction():
            for one in range(3):
                acts.module(member_id, "duties", f"m{one}", datetime(2025, 9, 1 + one, 4, tzinfo=UTC))
    follow.sweep(AT, ZONE)
    return period_id


def tried(world: World, period_id: str, source: str, draft_id: str = "") -> str:
    """A dry run that is done."""
    with transaction():
        run_id = trial.ask(source, period_id, actor_id=world.people["committee"], at=AT, draft_id=draft_id)
    assert trial.work(run_id, zone=ZONE, now=lambda: AT)
    return run_id
