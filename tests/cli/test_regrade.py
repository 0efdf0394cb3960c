"""`learnapp quiz regrade`: a dry run that changes nothing, and the decision, which can be given twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from learnapp import config, quiz
from learnapp.app import create_app
from learnapp.db import db
from tests import databases
from tests.cli.test_commands import Run, run
from tests.quiz.keyed import RIGHT, SLUG, Keys, publish, take

__all__ = ["run"]


@pytest.fixture
def corrected(run: Run, tmp_path: Path) -> Iterator[list[str]]:
    """Three members took a quiz whose first key was wrong; the second version corrects it."""
    app = create_app(config.load())
    with app.app_context():
        publish(tmp_path)
        people = [take({**RIGHT, "single": choice})[0] for choice in ("c", "c", "a")]
        publish(tmp_path, Keys(single="c", stems=(("word", "另一个题干。"),)))
        yield people
        databases.close(app)


def test_from_the_dry_run_to_the_results(run: Run, corrected: list[str]) -> None:
    asked = (SLUG, "--from", "1", "--to", "2")
    plan = json.loads(run("quiz", "regrade", *asked, "--json").output)
    assert (plan["attempts"], plan["members"], plan["changed"], plan["open"]) == (3, 3, 3, 0)
    assert plan["corrections"] == [{"question": "single", "what": ["key"], "more": 2, "less": 1}]
    assert plan["kept"] == ["word"] and not any(one in json.dumps(plan) for one in corrected)
    text = run("quiz", "regrade", *asked).output
    assert f"--confirm {plan['digest']}" in text and "word: asks something else now" in text
    confirm = (*asked, "--confirm", plan["digest"], "--reason", "第一题的答案应为丙。", "--json")
    assert "sentence" in run("quiz", "regrade", *confirm[:-3], code=1).stderr
    for _ in range(2):
        done = json.loads(run("quiz", "regrade", *confirm).output)
        assert (done["changed"], done["left"]) == (3, 0)
    db.session.rollback()
    assert [quiz.attempts(one)[0].earned for one in corrected] == [500, 500, 400]
    assert json.loads(run("quiz", "regrade", *asked, "--json").output)["changed"] == 0


def test_plain_words_for_what_is_not_there(run: Run, corrected: list[str]) -> None:
    assert "no such version" in run("quiz", "regrade", SLUG, "--from", "1", "--to", "9", code=1).stderr
    stale = ("quiz", "regrade", SLUG, "--from", "1", "--to", "2", "--confirm", "0" * 64, "--reason", "x")
    assert "come in since" in run(*stale, code=1).stderr
