"""Signing in on both engines: right, wrong, waiting, at once, everywhere out."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread
from unittest.mock import patch

import pytest
from flask import Flask

from learnapp import accounts, audit
from learnapp.accounts import passwords
from learnapp.db import db, transaction
from tests.conftest import AT

PASSWORD = "three plain words"


@pytest.fixture
def member_id(app: Flask) -> str:
    with transaction():
        made = accounts.create("王芳", "wang.fang", at=AT)
        accounts.set_password(made, PASSWORD)
    return made


def _try(password: str, at: datetime = AT, name: str = "wang.fang") -> accounts.Outcome:
    proof = accounts.prove(name, password)
    with transaction():
        return accounts.settle(proof, at=at, address="10.1.2.3")


def _actions(member_id: str) -> list[str]:
    """Sorted: rows of one instant have no order among themselves."""
    return sorted(event.action for event in audit.events([member_id], limit=50))


def test_the_right_password_signs_in_in_any_spelling_of_the_name(member_id: str) -> None:
    outcome = _try(PASSWORD, name=" WANG.Fang")
    assert (outcome.member_id, outcome.epoch, outcome.locked_until) == (member_id, 1, None)
    row = audit.events([member_id], limit=1)[0]
    assert (row.action, row.actor_id, row.address) == ("sign-in", member_id, "10.1.2.0/24")


def test_the_fifth_failure_makes_the_account_wait_whatever_is_typed(member_id: str) -> None:
    for _ in range(4):
        assert _try("not this one").locked_until is None
    assert _try("not this one").locked_until == AT + timedelta(minutes=1)
    held = _try(PASSWORD, AT + timedelta(seconds=59))
    assert (held.epoch, held.locked_until) == (None, AT + timedelta(minutes=1))
    assert _actions(member_id) == ["locked"] + ["sign-in-failed"] * 5


def test_waits_grow_and_a_right_password_forgets_them(member_id: str) -> None:
    at = AT
    for minutes in (0, 0, 0, 0, 1, 5, 15, 60, 60):
        locked = _try("not this one", at).locked_until
        assert locked == (at + timedelta(minutes=minutes) if minutes else None)
        at = locked or at
    assert _try(PASSWORD, at).epoch == 1
    assert _try("not this one", at).locked_until is None


def test_attempts_while_waiting_are_not_counted(member_id: str) -> None:
    for _ in range(5):
        _try("not this one")
    for _ in range(10):
        _try("not this one", AT + timedelta(seconds=30))
    assert _try("not this one", AT + timedelta(minutes=1)).locked_until == AT + timedelta(minutes=6)


def test_the_wait_belongs_to_one_account_only(member_id: str) -> None:
    with transaction():
        other = accounts.create("李建国", "jianguo", at=AT)
        accounts.set_password(other, PASSWORD)
    for _ in range(5):
        _try("not this one")
    assert _try(PASSWORD, name="jianguo").epoch == 1


def test_an_unknown_name_costs_the_same_effort(member_id: str) -> None:
    with patch.object(passwords, "_hasher", wraps=passwords._hasher) as hasher:
        for name in ("wang.fang", "nobody.here", "two words"):
            assert accounts.prove(name, "not this one").fitted is None
        assert hasher.verify.call_count == 3
        used = {call.args[0].rsplit("$", 2)[0] for call in hasher.verify.call_args_list}
    assert len(used) == 1, "the same parameters of argon2id for everybody"
    assert used.pop().startswith("$argon2id$")
    assert _try("not this one", name="nobody.here") == accounts.Outcome(None)


def test_without_a_password_or_with_a_closed_account_nobody_signs_in(member_id: str) -> None:
    with transaction():
        accounts.create("李建国", "jianguo", at=AT)
        db.session.get_one(accounts.Account, member_id).disabled_at = AT
    assert _try(PASSWORD).epoch is None
    assert _try("", name="jianguo").epoch is None


def test_guesses_sent_at_once_gain_nothing(app: Flask, member_id: str) -> None:
    """Twelve guesses are compared before any is settled; only five failures get through before the wait."""
    proofs = [accounts.prove_member(member_id, f"guess number {n}") for n in range(12)]
    proofs.append(accounts.prove_member(member_id, PASSWORD))
    outcomes = []
    for proof in proofs:
        with transaction():
            outcomes.append(accounts.settle(proof, at=AT))
    assert [outcome.locked_until is None for outcome in outcomes] == [True] * 4 + [False] * 9
    assert all(outcome.epoch is None for outcome in outcomes)


def test_failures_at_once_are_all_counted(app: Flask, member_id: str) -> None:
    proof = accounts.prove_member(member_id, "not this one")
    start = Barrier(4)

    def fail() -> None:
        with app.app_context():
            start.wait(60)
            with transaction():
                accounts.settle(proof, at=AT)

    threads = [Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction():
        assert accounts.settle(proof, at=AT).locked_until == AT + timedelta(minutes=1)


def test_a_changed_password_needs_the_present_one_and_ends_other_sessions(member_id: str) -> None:
    digest = accounts.make_hash("four other plain words", "wang.fang")
    with transaction():
        wrong = accounts.change_password(accounts.prove_member(member_id, "not this one"), digest, at=AT)
    assert wrong.epoch is None
    with transaction():
        right = accounts.change_password(accounts.prove_member(member_id, PASSWORD), digest, at=AT)
    assert right.epoch == 2
    assert _try(PASSWORD).epoch is None
    assert _try("four other plain words").epoch == 2
    assert _actions(member_id) == ["password-set", "sign-in", "sign-in-failed", "sign-in-failed"]


def test_a_proof_is_worth_nothing_once_the_password_changed(member_id: str) -> None:
    proof = accounts.prove_member(member_id, PASSWORD)
    with transaction():
        accounts.set_password(member_id, "four other plain words")
    with transaction():
        assert accounts.settle(proof, at=AT).epoch is None


def test_signing_out_everywhere_moves_the_epoch(member_id: str) -> None:
    with transaction():
        accounts.sign_out_everywhere(member_id, at=AT)
    assert _try(PASSWORD).epoch == 2
    assert _actions(member_id) == ["sign-in", "sign-out-everywhere"]
