"""A small sample of the slow proofs, and the judge of the trace against traces that are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from learnapp import ledger, quiz
from learnapp.db import new_id, transaction
from tests.conftest import AT, ZONE
from tests.postgres import Server
from tests.processes import Instance
from tests.prove import fsync_trace, kill_judge, kill_quiz, regrade
from tests.prove.kill_clients import Acknowledged, Member
from tests.quiz.quizzes import RIGHT, publish

READ = '7 read(9<socket:[1]>, "POST /quiz/attempts/0/acts HTTP/1.1", 99) = 40'
WROTE = '8 pwrite64(5</d/learnapp.sqlite3-wal>, "…", 4096, 0) = 4096'
SYNCED = "8 fdatasync(5</d/learnapp.sqlite3-wal>) = 0"
ANSWERED = '7 writev(9<socket:[1]>, [{iov_base="HTTP/1.1 200 OK", iov_len=15}], 1) = 15'


@pytest.fixture(params=["sqlite", "postgresql"])
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """A fresh instance on each engine."""
    if request.param == "sqlite":
        made = Instance(tmp_path)
    else:
        server: Server = request.getfixturevalue("postgres")
        owner = server.create("kill_quiz", owner=True)
        made = Instance(tmp_path, server.url("kill_quiz"), owner=owner)
    yield made
    made.stop()


@pytest.mark.process
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(instance: Instance) -> None:
    figures = kill_quiz.prove(instance, rounds=4, seed=2, members=4, crowd=9)
    assert figures.ok, figures.text()
    assert figures.acts > 20 and figures.again > 0 and len(figures.kills) == 3, figures.text()
    assert figures.regrades == 1 and figures.lines > 0, figures.text()
    assert instance.run("ledger", "verify").returncode == 0


@pytest.mark.process
def test_a_save_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    figures = fsync_trace.prove(tmp_path, saves=5)
    assert figures.ok and figures.saves == 5, figures.text()


@pytest.mark.parametrize(
    ("lines", "good"),
    [
        ([READ, WROTE, SYNCED, ANSWERED], True),
        ([READ, WROTE, ANSWERED, SYNCED], False),
        ([READ, SYNCED, WROTE, ANSWERED], False),
        ([READ, ANSWERED], False),
        ([WROTE, SYNCED, READ, ANSWERED], False),
        ([READ, WROTE, SYNCED.replace("= 0", "= -1 EIO"), ANSWERED], False),
        ([READ, WROTE, SYNCED.replace("-wal", ""), ANSWERED], False),
        ([READ, WROTE, "8 fdatasync(5</d/learnapp.sqlite3-wal> <unfinished ...>", ANSWERED], False),
        (
            [
                READ,
                WROTE,
                "8 fdatasync(5</d/learnapp.sqlite3-wal> <unfinished ...>",
                "8 <... fdatasync resumed>) = 0",
                ANSWERED,
            ],
            True,
        ),
        ([], False),
    ],
)
def test_the_judge_of_the_trace(lines: list[str], good: bool) -> None:
    assert fsync_trace.judge(lines).ok is good


def test_a_loss_is_seen() -> None:
    figures = kill_quiz.Figures(1, lost=["act 1"])
    assert not figures.ok and "act 1" in figures.text()
    assert not kill_quiz.Figures(1, errors=["status 500"]).ok and kill_quiz.Figures(1).ok


def test_the_judge_of_what_was_acknowledged(site: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    member = new_id()
    with transaction():
        ledger.open_stream(member)
        attempt = quiz.start(member, "five-kinds", at=AT, zone=ZONE).attempt_id
        question = quiz.attempt(member, attempt).sheets[0].question
        given = {"": RIGHT[question[:-2]]}
        quiz.save(member, attempt, [quiz.NewAct("phone00000001", 1, question, given, 1, 1)], at=AT)
    client = Member(SimpleNamespace(address="http://nowhere"), member, "", 1)  # type: ignore[arg-type]

    def lost(*told: tuple[int, Any, str], handed_in: bool = False) -> list[str]:
        acts = {
            ("phone00000001", number): Acknowledged(question, answer, code) for number, answer, code in told
        }
        client.memory.acts = {attempt: acts}
        client.memory.handed_in = {attempt} if handed_in else set()
        client.memory.touched = {attempt}
        return [text.split()[0] for text in kill_judge.compare(client)]

    assert lost((1, given, "saved")) == [] == lost((1, given, "late"))
    assert lost((1, given, "late-accepted")) == ["act"] == lost((1, {}, "saved")) == lost((2, given, "late"))
    assert lost((1, given, "saved"), handed_in=True) == ["hand-in"]
    client.memory.measures = {"停电"}
    assert lost() == ["measure"]
    client.memory.acts["0" * 32] = {}
    client.memory.touched = {"0" * 32}
    assert "attempt" in [text.split()[0] for text in kill_judge.compare(client)]


def test_a_corrected_key_reaches_results_ledger_points_and_notices(app: Flask, tmp_path: Path) -> None:
    figures = regrade.prove(tmp_path, attempts=60, seed=3)
    assert figures.ok, figures.text()
    assert figures.members == 48 and figures.no_longer_passed + figures.newly_passed > 0
