"""Reading the security log on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from learnapp import audit
from learnapp.audit.models import AuditEvent
from learnapp.db import new_id, transaction
from tests.conftest import AT


@pytest.fixture
def people(app: Flask) -> tuple[str, str]:
    """Two people; eleven rows about the first, in groups of the same instant, one about the second."""
    first, second = new_id(), new_id()
    with transaction():
        for number in range(11):
            action = "sign-in" if number % 2 else "sign-out"
            at = AT + timedelta(seconds=number // 3)
            audit.write(action, member_id=first, actor_id=first, at=at, minutes=number)
        audit.write("exported", member_id=second, actor_id=first, at=AT, address="2001:db8:1:2::7")
    return first, second


def test_pages_behind_each_other_show_every_row_once(people: tuple[str, str]) -> None:
    seen: list[int] = []
    behind = ""
    while rows := audit.events([people[0]], limit=2, behind=behind):
        seen += [row.detail["minutes"] for row in rows]
        behind = rows[-1].cursor
    assert sorted(seen) == list(range(11))
    assert [number // 3 for number in seen] == sorted((number // 3 for number in seen), reverse=True)


def test_only_rows_of_one_action(people: tuple[str, str]) -> None:
    rows = audit.events([people[0]], limit=99, action="sign-in")
    assert {row.action for row in rows} == {"sign-in"}
    assert len(rows) == 5


def test_only_the_people_asked_for_also_by_a_select(people: tuple[str, str]) -> None:
    chosen = select(AuditEvent.member_id).where(AuditEvent.action == "exported")
    rows = audit.events(chosen, limit=99)
    assert [(row.member_id, row.address) for row in rows] == [(people[1], "2001:db8:1::/48")]


@pytest.mark.parametrize("behind", ["nonsense", "~", "2026-11-24~x", "2026-99-99T00:00:00.000Z~x"])
def test_what_is_no_cursor_starts_from_the_top(people: tuple[str, str], behind: str) -> None:
    assert audit.events([people[0]], limit=1, behind=behind)[0].at == AT + timedelta(seconds=3)


def test_an_unknown_action_is_not_written(people: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="no action"), transaction():
        audit.write("liked", member_id=people[0], actor_id=people[0], at=AT)


def test_a_row_shares_the_fate_of_its_act(people: tuple[str, str]) -> None:
    with pytest.raises(RuntimeError), transaction():
        audit.write("exported", member_id=people[0], actor_id=people[0], at=AT + timedelta(days=1))
        raise RuntimeError("the act failed")
    assert audit.events([people[0]], limit=1)[0].action != "exported"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.168.17.203", "192.168.17.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("", ""),
        (None, ""),
        ("phone of 王芳", ""),
    ],
)
def test_addresses_are_cut_to_their_network(address: str | None, kept: str) -> None:
    assert audit.truncate_address(address) == kept
