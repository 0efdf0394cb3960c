"""The sweeper closes, follows and counts, and no failure of one stops another."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from learnapp import coverage, follow, jobs
from learnapp.db import db, transaction
from tests import acts, world
from tests.conftest import AT
from tests.follow.test_follow import people

__all__ = ["people"]


def test_one_run_follows_and_counts(app: Flask, people: world.World) -> None:
    with transaction():
        acts.course(people.people["member"], "duties", AT)
    done = jobs.run_once(app, AT)
    assert done.followed == 1
    assert done.counted > 0
    assert coverage.as_of() == AT
    assert jobs.run_once(app, AT + timedelta(seconds=5)) == jobs.Swept(0, 0, 0)
    table = coverage.count(people.committee)
    assert sum(counts.done for counts in table.cells.values()) == 1


def test_the_time_of_the_counts_moves_on_when_nothing_happens(app: Flask, people: world.World) -> None:
    jobs.run_once(app, AT)
    jobs.run_once(app, AT + timedelta(seconds=30))
    assert coverage.as_of() == AT
    db.session.rollback()  # this test's own view of the database ends here
    jobs.run_once(app, AT + timedelta(seconds=61))
    assert coverage.as_of() == AT + timedelta(seconds=61)


def test_attempts_are_closed_each_for_itself(
    app: Flask, people: world.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    def close(member_id: str, attempt_id: str, *, at: Any) -> bool:
        if attempt_id == "bad":
            raise RuntimeError("this one cannot be closed")
        acts.course(member_id, "duties", at)
        closed.append(attempt_id)
        return True

    member_id = people.people["member"]
    found = [(member_id, "bad"), (member_id, "good")]
    monkeypatch.setattr("learnapp.quiz.expired", lambda at, limit: found)
    monkeypatch.setattr("learnapp.quiz.close", close)
    done = jobs.run_once(app, AT)
    assert (closed, done.closed, done.followed) == (["good"], 1, 1)


def test_a_step_that_fails_does_not_stop_the_next(
    app: Flask, people: world.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr("learnapp.quiz.expired", fails)
    monkeypatch.setattr(follow, "sweep", fails)
    done = jobs.run_once(app, AT)
    assert (done.closed, done.followed) == (0, 0)
    assert done.counted > 0


def test_it_stops_when_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    runs: list[object] = []

    def run(_app: Flask, at: object) -> None:
        runs.append(at)
        if len(runs) == 2:
            stop.set()
        raise RuntimeError("a run that fails does not end the sweeper")

    monkeypatch.setattr("learnapp.jobs.sweeper.run_once", run)
    monkeypatch.setattr(stop, "wait", lambda _seconds: stop.is_set())
    jobs.run_forever(app, stop)
    assert len(runs) == 2
