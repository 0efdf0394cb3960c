"""Fixtures of the quiz tests: a member, and a quiz of all kinds on the shelf."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from learnapp import catalogue
from learnapp.db import new_id
from tests.quiz.quizzes import publish


@pytest.fixture
def member() -> str:
    """Somebody's id; the quiz asks for nothing more."""
    return new_id()


@pytest.fixture
def five(app: Flask, tmp_path: Path) -> catalogue.Quiz:
    """15 minutes, three attempts, one question of each kind, on both engines."""
    return publish(tmp_path)
