"""Who is behind a session text, on both engines."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from learnapp import accounts, branches, guard
from learnapp.db import db, transaction
from learnapp.errors import Forbidden, NotFound
from tests.conftest import AT
from tests.world import World, build

TODAY = date(2026, 11, 24)


@pytest.fixture
def built(app: Flask) -> World:
    return build()


def _text(member_id: str, at: datetime = AT, epoch: int = 1) -> str:
    return f"{member_id}.{epoch}.{int(at.timestamp())}"


def _who(world: World, role: str, age: timedelta = timedelta(0)) -> guard.Principal:
    found = guard.principal_for(_text(world.people[role]), AT + age, TODAY)
    assert found is not None
    return found


def test_a_session_lasts_180_days_to_the_second(built: World) -> None:
    text = _text(built.people["member"])
    assert guard.principal_for(text, AT + timedelta(days=180), TODAY) is not None
    assert guard.principal_for(text, AT + timedelta(days=180, seconds=1), TODAY) is None


def test_power_lasts_twelve_hours(built: World) -> None:
    assert _who(built, "secretary", timedelta(hours=12)).fresh
    assert not _who(built, "secretary", timedelta(hours=12, seconds=1)).fresh


def test_signing_out_everywhere_ends_sessions(built: World) -> None:
    with transaction():
        accounts.sign_out_everywhere(built.people["member"], at=AT)
    assert guard.principal_for(_text(built.people["member"]), AT, TODAY) is None
    assert guard.principal_for(_text(built.people["member"], epoch=2), AT, TODAY) is not None


def test_a_closed_account_has_no_session(built: World) -> None:
    with transaction():
        db.session.get_one(accounts.Account, built.people["member"]).disabled_at = AT
    assert guard.principal_for(_text(built.people["member"]), AT, TODAY) is None


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "a.1.2.3", "a.1.99999999999999999999"])
def test_other_texts_are_nobody(built: World, text: str) -> None:
    assert guard.principal_for(text, AT, TODAY) is None


def test_a_principal_knows_branch_class_and_roles(built: World) -> None:
    who = _who(built, "secretary")
    assert (who.branch_id, who.member_class, who.has_work) == (built.branch[0], "full", True)
    assert who.grants == (guard.Grant("secretary", built.branch[0], "branch"),)
    assert _who(built, "mobile").member_class == "mobile"
    assert not _who(built, "mobile").has_work


def test_fetching_checks_the_right_to_see(built: World) -> None:
    secretary = _who(built, "secretary")
    own, foreign = built.members[0][0], built.members[1][0]
    assert guard.member_for(secretary, "ledger.read", own, TODAY).member_id == own
    with pytest.raises(Forbidden):
        guard.member_for(secretary, "ledger.read", foreign, TODAY)
    with pytest.raises(NotFound):
        guard.member_for(secretary, "ledger.read", "0" * 32, TODAY)
    assert guard.unit_for(secretary, "branches.read", built.branch[0]).id == built.branch[0]
    with pytest.raises(Forbidden):
        guard.unit_for(secretary, "branches.read", built.general[0])


def test_only_an_old_sign_in_in_the_way_asks_to_sign_in_again(built: World) -> None:
    old = _who(built, "secretary", timedelta(hours=13))
    with pytest.raises(guard.SignInAgain):
        guard.member_for(old, "ledger.read", built.members[0][0], TODAY)
    with pytest.raises(Forbidden):
        guard.member_for(old, "ledger.read", built.members[1][0], TODAY)
    assert guard.member_for(old, "ledger.read", old.member_id, TODAY)


def test_no_code_for_an_account_that_may_more(built: World) -> None:
    secretary = _who(built, "secretary")
    with transaction():
        staff = built.members[0][2]
        branches.grant(staff, "committee", built.general[0], valid_from=TODAY, actor_id=staff, at=AT)
    assert guard.account_for(secretary, "accounts.reset", built.people["recorder"], TODAY)
    with pytest.raises(Forbidden):
        guard.account_for(secretary, "accounts.reset", staff, TODAY)
    assert guard.account_for(_who(built, "operator"), "accounts.reset", staff, TODAY)


def test_nobody_changes_their_own_roles_or_those_of_foreigners(built: World) -> None:
    operator = _who(built, "operator")
    assert guard.grantee(operator, built.members[0][0], TODAY) == built.members[0][0]
    with pytest.raises(Forbidden):
        guard.grantee(operator, operator.member_id, TODAY)
    for nobody in (built.members[2][0], "0" * 32, None):
        with pytest.raises(NotFound):
            guard.grantee(operator, nobody, TODAY)
