"""One-time codes on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import text

from learnapp import accounts, audit
from learnapp.db import db, transaction
from learnapp.errors import AppError, Conflict, Invalid, NotFound
from tests.conftest import AT

MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(app: Flask) -> tuple[str, str]:
    """A member and a secretary."""
    with transaction():
        return accounts.create("王芳", "wang.fang", at=AT), accounts.create("李建国", "jianguo", at=AT)


def _issue(people: tuple[str, str], kind: str = "invite") -> str:
    with transaction():
        return accounts.issue_ticket(people[0], kind, issued_by=people[1], at=AT)


def _redeem(code: str, at: datetime = AT) -> tuple[str, int]:
    digest = accounts.make_hash("three plain words", "wang.fang")
    with transaction():
        return accounts.redeem(code, digest, at=at)


def test_an_invitation_lasts_thirty_days_and_a_reset_ten_minutes(people: tuple[str, str]) -> None:
    assert accounts.invitation(_issue(people), AT).expires_at == AT + timedelta(days=30)
    assert accounts.invitation(_issue(people, "reset"), AT).expires_at == AT + 10 * MINUTE


def test_nobody_who_has_a_password_is_invited_past_it(people: tuple[str, str]) -> None:
    """A reset lasts ten minutes and the member is told of it; an invitation would be a quiet way in for 30 days."""
    _redeem(_issue(people))
    with pytest.raises(Conflict):
        _issue(people)
    _redeem(_issue(people, "reset"))


def test_a_closed_account_stays_closed(people: tuple[str, str]) -> None:
    code = _issue(people)
    with transaction():
        db.session.execute(text("UPDATE account SET disabled_at = created_at"))
    with pytest.raises(Conflict):
        _redeem(code)
    with pytest.raises(Conflict):
        _issue(people, "reset")
    assert (
        db.session.execute(text("SELECT count(*) FROM account WHERE password_hash IS NOT NULL")).scalar() == 0
    )


def test_a_code_is_kept_as_a_hash_only(people: tuple[str, str]) -> None:
    code = accounts.normal_code(_issue(people))
    assert code is not None
    row = db.session.execute(text("SELECT * FROM ticket")).one()
    assert not any(code in str(value) for value in row)
    rows = db.session.execute(text("SELECT detail, subject FROM audit_event")).all()
    assert rows
    assert not any(code in str(value) for found in rows for value in found)


def test_using_a_code_sets_the_password_once(people: tuple[str, str]) -> None:
    code = _issue(people)
    assert _redeem(code) == (people[0], 2)
    with pytest.raises(Conflict):
        _redeem(code)
    with pytest.raises(Conflict):
        accounts.invitation(code, AT)
    with transaction():
        assert accounts.settle(accounts.prove("wang.fang", "three plain words"), at=AT).epoch == 2
    actions = {event.action for event in audit.events([people[0]], limit=9)}
    assert actions == {"code-issued", "code-used", "password-set", "sign-in"}


def test_a_new_code_ends_the_older_ones(people: tuple[str, str]) -> None:
    old, new = _issue(people), _issue(people, "reset")
    with pytest.raises(Conflict):
        _redeem(old)
    assert _redeem(new)[0] == people[0]


def test_a_code_ends_on_time(people: tuple[str, str]) -> None:
    code = _issue(people, "reset")
    with pytest.raises(Conflict):
        accounts.invitation(code, AT + 10 * MINUTE)
    with pytest.raises(Conflict):
        _redeem(code, AT + 10 * MINUTE)
    assert _redeem(code, AT + 9 * MINUTE)[0] == people[0]


@pytest.mark.parametrize("code", ["", "7KQ2", "7KQ2-M9XD-H4TN-22VP", "王" * 16, "7KQ2M9XDH4TN22VP" * 400])
def test_unknown_codes_are_not_found(people: tuple[str, str], code: str) -> None:
    _issue(people)
    with pytest.raises(NotFound):
        accounts.invitation(code, AT)
    with pytest.raises(NotFound):
        _redeem(code)


def test_unknown_people_and_kinds_are_refused(people: tuple[str, str]) -> None:
    with pytest.raises(NotFound), transaction():
        accounts.issue_ticket("0" * 32, "invite", issued_by=people[1], at=AT)
    with pytest.raises(Invalid), transaction():
        accounts.issue_ticket(people[0], "for-ever", issued_by=people[1], at=AT)


def test_a_code_lifts_a_wait(people: tuple[str, str]) -> None:
    with transaction():
        accounts.set_password(people[0], "three plain words")
    for _ in range(5):
        with transaction():
            accounts.settle(accounts.prove("wang.fang", "not this one"), at=AT)
    assert accounts.states([people[0]], AT) == {people[0]: "locked"}
    _redeem(_issue(people, "reset"))
    assert accounts.states([people[0]], AT) == {people[0]: "active"}


def test_the_member_is_told_at_the_next_sign_in_even_if_somebody_else_used_the_code(
    people: tuple[str, str],
) -> None:
    _redeem(_issue(people, "reset"))
    with transaction():
        first = accounts.settle(accounts.prove("wang.fang", "three plain words"), at=AT)
    assert (first.reset_by, first.reset_at) == (people[1], AT)
    with transaction():
        second = accounts.settle(accounts.prove("wang.fang", "three plain words"), at=AT)
    assert (second.reset_by, second.reset_at) == (None, None)


def test_the_states_of_an_account(people: tuple[str, str]) -> None:
    def state() -> str:
        return accounts.states([people[0]], AT)[people[0]]

    assert state() == "new"
    code = _issue(people)
    assert state() == "invited"
    _redeem(code)
    assert state() == "active"
    with transaction():
        db.session.get_one(accounts.Account, people[0]).disabled_at = AT
    assert state() == "disabled"


def test_of_many_redemptions_at_once_one_wins(app: Flask, people: tuple[str, str]) -> None:
    code = _issue(people)
    digests = [accounts.make_hash(f"three plain words {n}", "wang.fang") for n in range(4)]
    start = Barrier(len(digests))
    won: list[int] = []
    lost: list[str] = []

    def redeem(number: int) -> None:
        with app.app_context():
            start.wait(60)
            try:
                with transaction():
                    accounts.redeem(code, digests[number], at=AT)
                won.append(number)
            except AppError as error:
                lost.append(error.code)

    threads = [Thread(target=redeem, args=(number,)) for number in range(len(digests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert lost == ["code-gone"] * 3
    db.session.rollback()
    proof = accounts.prove("wang.fang", f"three plain words {won[0]}")
    assert proof.fitted == digests[won[0]]
