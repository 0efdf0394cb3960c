"""A small sample of the slow proofs, and the judge of the trace against traces that are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.postgres import Server
from tests.processes import Instance
from tests.prove import fsync_trace, kill_quiz, regrade

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
    figures = kill_quiz.prove(instance, rounds=3, seed=7, members=4)
    assert figures.ok, figures.text()
    assert figures.acts > 20 and figures.again > 0 and figures.rounds == 3, figures.text()
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
    figures = kill_quiz.Figures(1, 1, 1, 0, 0, 0, lost=["act 1"], errors=[], seconds=1.0)
    assert not figures.ok and "act 1" in figures.text()


def test_a_corrected_key_reaches_results_ledger_points_and_notices(app: Flask, tmp_path: Path) -> None:
    figures = regrade.prove(tmp_path, attempts=60, seed=3)
    assert figures.ok, figures.text()
    assert figures.members == 48 and figures.no_longer_passed + figures.newly_passed > 0
