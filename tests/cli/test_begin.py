"""The first unit and operator of an instance, and the way back in."""

from __future__ import annotations

import re

from learnapp import accounts, audit, branches, clock, config, guard
from learnapp.app import create_app
from learnapp.db import transaction
from tests.cli.test_commands import Run, run

__all__ = ["run"]

BEGIN = ("begin", "--unit", "某县委员会", "--name", "王㛃", "--sign-in", "wangjie")


def _code(output: str) -> str:
    found = re.search(r"enter: (\S+)", output)
    assert found, output
    return found[1]


def test_an_operator_comes_of_it(run: Run) -> None:
    code = _code(run(*BEGIN).output)
    with create_app(config.load()).app_context():
        digest = accounts.make_hash("three plain words", "wangjie")
        with transaction():
            member_id, _epoch = accounts.redeem(code, digest, at=clock.now())
        (unit,) = branches.roots()
        today = clock.local_date(clock.now(), config.load().zone)
        (role,) = branches.roles_of(member_id, today)
        assert (role.role, role.branch_id, unit.name) == ("operator", unit.id, "某县委员会")
        person = branches.person(member_id, today)
        assert person is not None and person.name == "王㛃"
        assert guard.fits("operator", unit.kind)


def test_it_begins_once(run: Run) -> None:
    run(*BEGIN)
    assert "There are units already" in run(*BEGIN[:-1], "another", code=1).output
    with create_app(config.load()).app_context():
        assert len(branches.roots()) == 1 and accounts.find("another") is None


def test_nothing_is_half_founded(run: Run) -> None:
    run(*BEGIN[:-1], "", code=1)
    with create_app(config.load()).app_context():
        assert branches.roots() == []


def test_a_way_back_in(run: Run) -> None:
    first = _code(run(*BEGIN).output)
    second = _code(run("code", "wangjie").output)
    assert second != first
    with create_app(config.load()).app_context(), transaction():
        accounts.redeem(second, accounts.make_hash("three plain words", "wangjie"), at=clock.now())
    output = run("code", "wangjie").output
    assert "10 minutes" in output and _code(output)
    with create_app(config.load()).app_context():
        found = audit.events([accounts.find("wangjie") or ""], limit=50, action="code-issued")
        assert [event.actor_id for event in found] == [audit.INSTALLATION] * 3
    run("code", "nobody", code=1)
