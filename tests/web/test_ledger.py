"""The ledger as its owner sees it: by months of the instance's zone, newest first, old months folded away."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from learnapp import declarations, ledger
from learnapp.db import transaction
from learnapp.ledger.events import KINDS
from learnapp.web.audit_ledger import KIND_WORDS
from tests import acts
from tests.conftest import AT
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


# A value for every field that has a vocabulary or a form of its own; the others take any text or number.
SAMPLES: dict[str, object] = {
    "quarter": "2026-Q4",
    "on": "2026-11-24",
    "meeting_on": "2026-11-24",
    "until": "",
    "reason": "entered-in-error",
    "outcome": "upheld",
    "side": "kept",
    "work": "lesson-approved",
    "ref": "module/duties/m0",
    "mode": "online",
    "measure": "extend",
    "origin": "declared",
    "thing": "course/duties",
    "ended_by": "member",
    "seq": 1,
    "note": "",
}


def _sample(kind: type[ledger.Event]) -> ledger.Event:
    values: dict[str, object] = {}
    for field in fields(kind):
        text = {"str": "x", "int": 1, "bool": True}[str(field.type)]
        values[field.name] = SAMPLES.get(field.name, text)
    if "basis" in values:
        known = declarations.WAIVER if kind is ledger.Waived else declarations.EQUIVALENCE
        values["basis"] = next(iter(known))
    if kind is ledger.ActDeclined:
        values["reason"] = next(iter(declarations.DECLINE_REASONS))
    return kind(**values)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_entry_is_told_in_words(world: World, client: FlaskClient, language: str) -> None:
    member = world.people["member"]
    for number, kind in enumerate(KINDS.values()):
        with transaction():
            ledger.record(
                _sample(kind),
                member_id=member,
                uid=str(number),
                occurred_at=AT,
                at=AT,
                recorder=member,
                source="x",
            )
    for person, path in (("member", "/ledger/"), ("auditor", f"/ledger/members/{member}")):
        sign_in(client, world.people[person])
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200
        page = answer.get_data(as_text=True)
        assert page.count('class="knot') >= len(KINDS), path
        assert not [kind for kind in KINDS if f">{kind}<" in page]
    assert set(KIND_WORDS) == KINDS.keys() - {"voided"}
