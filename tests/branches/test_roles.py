"""Roles and counts on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from learnapp import accounts, audit, branches
from learnapp.branches.models import RoleGrant
from learnapp.db import db, transaction
from learnapp.errors import Conflict, NotFound
from tests.conftest import AT
from tests.world import World, build

TODAY = date(2026, 11, 24)


@pytest.fixture
def built(app: Flask) -> World:
    return build()


def _grant(world: World, role: str = "recorder") -> str:
    with transaction():
        return branches.grant(
            world.members[0][2],
            role,
            world.branch[0],
            valid_from=TODAY,
            actor_id=world.people["operator"],
            at=AT,
        )


def _end(world: World, role: str = "recorder") -> bool:
    with transaction():
        return branches.end_role(
            world.members[0][2], role, world.branch[0], today=TODAY, actor_id=world.people["operator"], at=AT
        )


def _held(world: World, day: date = TODAY) -> list[tuple[str, str]]:
    return [(role.role, role.branch_id) for role in branches.roles_of(world.members[0][2], day)]


def test_a_role_holds_from_its_day_and_ends_at_once(built: World) -> None:
    _grant(built)
    assert _held(built) == [("recorder", built.branch[0])]
    assert _held(built, TODAY - timedelta(days=1)) == []
    assert _end(built)
    assert _held(built) == []


def test_a_code_known_from_before_does_not_open_the_role(built: World) -> None:
    """The secretary who printed a card could use it; once its owner holds a role, that would be the role too."""
    newcomer = built.person("孙丽娟", "sun.lijuan", built.branch[0], password=False)
    codes = {}
    for issuer in ("secretary", "operator"):
        with transaction():
            codes[issuer] = accounts.issue_ticket(newcomer, "invite", issued_by=built.people[issuer], at=AT)
            branches.grant(
                newcomer,
                {"secretary": "committee", "operator": "auditor"}[issuer],
                built.committee,
                valid_from=TODAY,
                actor_id=built.people["operator"],
                at=AT,
            )
    with pytest.raises(Conflict):
        accounts.invitation(codes["secretary"], AT)
    assert accounts.invitation(codes["operator"], AT).member_id == newcomer, "the granter's own card holds"


def test_granting_twice_and_ending_twice_change_nothing(built: World) -> None:
    assert _grant(built) == _grant(built)
    assert _end(built)
    assert not _end(built)
    rows = audit.events([built.members[0][2]], limit=9)
    assert [(row.action, row.actor_id) for row in rows] == [
        ("role-ended", built.people["operator"]),
        ("role-granted", built.people["operator"]),
    ]
    assert rows[0].detail == {"role": "recorder"}
    assert rows[0].subject == f"branch/{built.branch[0]}"


def test_a_role_can_be_given_again(built: World) -> None:
    first = _grant(built)
    _end(built)
    assert _grant(built) != first
    assert _held(built) == [("recorder", built.branch[0])]


def test_ended_roles_are_kept(built: World) -> None:
    _grant(built)
    _end(built)
    kept = select(func.count()).where(RoleGrant.member_id == built.members[0][2])
    assert db.session.execute(kept).scalar_one() == 1


def test_ending_leaves_other_roles_alone(built: World) -> None:
    _grant(built)
    _grant(built, "secretary")
    _end(built)
    assert _held(built) == [("secretary", built.branch[0])]


def test_a_role_on_nothing_is_refused(built: World) -> None:
    with pytest.raises(NotFound), transaction():
        branches.grant(
            built.members[0][0],
            "trainer",
            "0" * 32,
            valid_from=TODAY,
            actor_id=built.people["operator"],
            at=AT,
        )


def test_the_roles_on_a_unit_are_those_on_this_very_unit(built: World) -> None:
    assert [role.role for role in branches.roles_on(built.branch[0], TODAY)] == ["recorder", "secretary"]
    assert [role.role for role in branches.roles_on(built.committee, TODAY)] == []


def test_counts_are_sums_of_what_is_below(built: World) -> None:
    counts = branches.counts([built.committee, *built.general, *built.branch], TODAY)
    assert [counts[unit] for unit in built.branch] == [5, 8, 3, 3]
    assert [counts[unit] for unit in built.general] == [13, 6]
    assert counts[built.committee] == 19
    assert branches.counts([built.committee], date(2019, 12, 31)) == {built.committee: 0}


def test_the_people_below_some_units_are_members_and_whoever_had_a_role_there(built: World) -> None:
    def found() -> set[str]:
        db.session.rollback()
        return set(db.session.execute(branches.people_below([built.general[1]], TODAY)).scalars())

    members = {*built.members[2], *built.members[3]}
    assert found() == members
    built.grant(built.members[0][0], "trainer", built.branch[2])
    assert found() == members | {built.members[0][0]}
    with transaction():
        branches.end_role(
            built.members[0][0],
            "trainer",
            built.branch[2],
            today=TODAY,
            actor_id=built.people["operator"],
            at=AT,
        )
    assert found() == members | {built.members[0][0]}
