"""A small sample of the proofs under load, and their judges against what must not pass."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from flask import Flask

from learnapp import quiz
from learnapp.db import db, transaction
from learnapp.quiz.models import Act
from tests.prove import last_ten_seconds, place, starting
from tests.prove.phones import Log, Phone, Sent, moment

Found = TypeVar("Found")


def apart(proof: Callable[[], Found]) -> Found:
    """Runs a proof in a thread of its own, since a browser that ran before keeps a loop of events in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(proof).result()


@pytest.mark.process
def test_everybody_hands_in_at_the_end() -> None:
    figures = apart(lambda: last_ten_seconds.prove("sqlite", members=24, within=2.0, lead=2.0, seed=3))
    assert figures.ok, figures.text()
    assert figures.acts >= 24 and figures.by_member + figures.by_clock == 24
    assert figures.log.percentile("hand in", 95) > 0 and "p95" in figures.text()


@pytest.mark.process
def test_everybody_starts_at_once() -> None:
    figures = apart(lambda: starting.prove("sqlite", members=20, within=2.0, seed=3))
    assert figures.ok, figures.text()
    assert len(figures.log.taken["start"]) == 22 and figures.acts > 0


def judged(phone: Phone, deadline: float, log: Log) -> list[str]:
    """What the judge of the last ten seconds finds wrong with a phone."""
    db.session.rollback()
    figures = last_ten_seconds.Figures(1, 10.0, log)
    last_ten_seconds.judge(phone, deadline, figures)
    return figures.faults


def test_the_judge_of_the_last_seconds(site: Flask) -> None:
    log, deadline = Log(), 1_800_000_000.0
    (member,) = place.world.fill(site.extensions["learnapp"], 1, all_courses=False)
    phone = Phone(1, member, "", log, 1)
    last_ten_seconds.begin([phone], deadline)
    sheet = quiz.attempt(member, phone.attempt).sheets[0]
    act = quiz.NewAct(phone.label, 1, sheet.question, {}, 1, 1)
    with transaction():
        assert quiz.save(member, phone.attempt, [act], at=moment(deadline - 1)).outcomes[0].code == "saved"
    phone.acts[1] = Sent(sheet.question, {}, deadline - 1, deadline - 1, "saved")
    assert [one.split()[0] for one in judged(phone, deadline, log)] == ["entry"]
    with transaction():
        quiz.submit(member, phone.attempt, at=moment(deadline))
    assert judged(phone, deadline, log) == []
    phone.acts[1].code = "late-accepted"
    assert any("late-accepted" in one for one in judged(phone, deadline, log))
    phone.acts[1].code = "saved"
    with transaction():
        db.session.execute(db.update(Act).values(accepted=False))
    assert len(judged(phone, deadline, log)) == 3  # not counted, not the answers sent, not the digest
    phone.acts[2] = Sent(sheet.question, {}, deadline - 1, deadline - 1, "saved")
    assert any(one.startswith("lost") for one in judged(phone, deadline, log))


def test_figures_that_do_not_hold() -> None:
    log = Log()
    assert not last_ten_seconds.Figures(1, 10.0, log).ok and not starting.Figures(1, 60.0, log).ok
    assert last_ten_seconds.Figures(1, 10.0, log, last_acts=1).ok
    log.errors.append("500 instead of 200")
    assert not last_ten_seconds.Figures(1, 10.0, log, last_acts=1).ok
    assert "500 instead of 200" in starting.Figures(1, 60.0, log, waited=[1.0]).text()
