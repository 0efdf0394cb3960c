"""The sweeper seals once a local day, and only what grew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from learnapp import ledger
from learnapp.config import Config
from learnapp.db import db, new_id, transaction
from learnapp.jobs.sealing import seal_daily
from tests.ledger.sealed import learn

MORNING = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
MIDNIGHT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # the 25th begins there


def made_key(app: Flask) -> None:
    settings: Config = app.extensions["learnapp"]
    with transaction():
        ledger.new_key(folder=settings.ledger_keys_dir, at=MORNING)
    db.session.remove()


def test_once_a_local_day(app: Flask) -> None:
    learn(member := new_id())
    assert seal_daily(app, MORNING) == 0  # there is no key
    made_key(app)
    assert seal_daily(app, MORNING) == 1
    learn(member)
    assert seal_daily(app, MORNING + timedelta(minutes=1)) == 0
    assert seal_daily(app, MIDNIGHT - timedelta(seconds=1)) == 0
    app.extensions.pop("learnapp-sealed-or-looked")  # as after a restart
    assert seal_daily(app, MIDNIGHT - timedelta(seconds=1)) == 0
    assert seal_daily(app, MIDNIGHT) == 1
    assert [seal.number for seal in ledger.stored_seals()] == [1, 2]
    settings: Config = app.extensions["learnapp"]
    assert len(settings.anchor_file.read_text().splitlines()) == 2
    db.session.rollback()
    assert seal_daily(app, MIDNIGHT + timedelta(days=1)) == 0  # nothing grew
    assert len(ledger.stored_seals()) == 2


def test_a_missing_key_file_stops_nothing(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    learn(new_id())
    made_key(app)
    settings: Config = app.extensions["learnapp"]
    for path in settings.ledger_keys_dir.iterdir():
        path.unlink()
    assert seal_daily(app, MORNING) == 0
    assert ledger.stored_seals() == []


def test_an_anchor_that_cannot_be_written_leaves_the_seal(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learn(new_id())
    made_key(app)
    settings: Config = app.extensions["learnapp"]
    app.extensions["learnapp"] = replace(settings, anchor_file=tmp_path, anchor_print=True)
    assert seal_daily(app, MORNING) == 1
    assert "learnapp-anchor/1 1 2026-11-24T02:30:00.000Z" in capsys.readouterr().out
    assert len(ledger.stored_seals()) == 1
