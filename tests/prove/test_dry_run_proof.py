"""A small sample of the proof about dry runs, on both engines, and the judge against a run that is wrong."""

from __future__ import annotations

import pytest
from flask import Flask

from learnapp.points import trial
from tests.prove import dry_run


def test_exactly_those_move_who_should(app: Flask) -> None:
    figures = dry_run.prove(60, seed=3)
    assert figures.ok, figures.text()
    assert 0 < figures.moved < 60 and figures.entries > 60 * 30


def test_a_move_that_is_wrong_is_found(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    right = trial.moves
    monkeypatch.setattr(trial, "moves", lambda run_id: right(run_id)[1:])
    figures = dry_run.prove(60, seed=3)
    assert not figures.ok and "differ" in figures.text()
