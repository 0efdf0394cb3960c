"""The sweeper starts one process for the dry runs that wait, and leaves it alone while it works."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

import pytest
from flask import Flask

from learnapp import points
from learnapp.db import transaction
from learnapp.jobs import run_once, trying
from learnapp.points import trial
from tests.conftest import AT
from tests.world import build


class _Child:
    """A process that was started, and ends when it is told to."""

    started: ClassVar[list[Sequence[str]]] = []
    ended: int | None = None

    def __init__(self, command: Sequence[str], **_options: Any) -> None:
        _Child.started.append(command)

    def poll(self) -> int | None:
        return _Child.ended


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that were started."""
    monkeypatch.setattr(trying.subprocess, "Popen", _Child)
    _Child.started, _Child.ended = [], None
    return _Child.started


def _ask() -> str:
    world = build()
    source = points.shipped()["municipal-2026"]
    with transaction():
        period_id = points.open_period(
            world.committee,
            "2025",
            title_en="",
            starts_on=date(2025, 1, 1),
            ends_on=date(2025, 12, 31),
            rule_set=points.adopt(source, actor_id=world.committee, at=AT),
            at=AT,
        )
        return trial.ask(source, period_id, actor_id=world.committee, at=AT)


def test_nothing_is_started_for_nothing(app: Flask, children: list[Sequence[str]]) -> None:
    assert run_once(app, AT).tried == 0 and not children


def test_one_process_at_a_time(app: Flask, children: list[Sequence[str]]) -> None:
    run_id = _ask()
    assert run_once(app, AT).tried == 1
    assert children == [(sys.executable, "-m", "learnapp", "points", "dry-runs")]
    assert run_once(app, AT).tried == 0 and len(children) == 1
    _Child.ended = -9
    assert run_once(app, AT).tried == 1 and len(children) == 2
    assert trial.work(run_id, zone="Asia/Shanghai", now=lambda: AT)
    assert run_once(app, AT).tried == 0 and len(children) == 2
