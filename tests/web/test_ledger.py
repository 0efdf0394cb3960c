"""The ledger as its owner sees it: by months of the instance's zone, newest first, old months folded away."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask.testing import FlaskClient

from learnapp.db import transaction
from tests import acts
from tests.world import World, sign_in


def test_acts_stand_in_months_newest_first(world: World, client: FlaskClient) -> None:
    member = world.people["member"]
    days = (
        datetime(2026, 6, 3, 1, tzinfo=UTC),
        datetime(2026, 8, 3, 1, tzinfo=UTC),
        datetime(2026, 9, 30, 17, tzinfo=UTC),  # the first of October in Shanghai
        datetime(2026, 11, 3, 1, tzinfo=UTC),
        datetime(2026, 8, 20, 1, tzinfo=UTC),  # found late, recorded last
    )
    with transaction():
        for number, day in enumerate(days):
            acts.module(member, "duties", f"m{number}", day)
    sign_in(client, member)
    page = client.get("/ledger/", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    months = re.findall(r'<details class="month"( open)?><summary><h2>([^<]+)</h2>', page)
    assert months == [
        (" open", "2026年11月"),
        (" open", "2026年10月"),
        (" open", "2026年8月"),
        ("", "2026年6月"),
    ]
    assert re.findall(r"“(m\d)”", page) == ["m3", "m2", "m4", "m1", "m0"]
    assert "2条" in page
