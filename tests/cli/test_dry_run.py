"""`learnapp points dry-run` and `dry-runs`: figures without a name, problems with their line, waiting runs done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from learnapp import config
from learnapp.app import create_app
from learnapp.db import db, transaction
from learnapp.points import trial
from tests import databases
from tests.cli.test_commands import Run, run
from tests.conftest import AT
from tests.rulesets.places import SHIPPED, fill
from tests.world import build

__all__ = ["run"]
GENEROUS = SHIPPED.replace("cap = 6\n", "cap = 9\n")


@pytest.fixture
def period_id(run: Run) -> Iterator[str]:
    """A period of last year in the database that the commands use."""
    app = create_app(config.load())
    with app.app_context():
        yield fill(build())
        databases.close(app)


def _file(folder: Path, text: str) -> str:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_what_a_file_would_have_made_of_a_period(run: Run, period_id: str, tmp_path: Path) -> None:
    found = run("points", "dry-run", _file(tmp_path, GENEROUS), "--period", period_id)
    assert "18 members: 9 more, 0 less, 9 unchanged" in found.output and "王芳" not in found.output
    document = json.loads(
        run("points", "dry-run", _file(tmp_path, GENEROUS), "--period", period_id, "--json").stdout
    )
    assert document["amounts"] == {"0": 9, "300": 9}
    assert document["rules"]["module-completed"] == [5400, 8100, 9, 0]


def test_what_cannot_be_tried_ends_with_the_reason(run: Run, period_id: str, tmp_path: Path) -> None:
    broken = _file(tmp_path, SHIPPED.replace("base = 60", "base = 0.5"))
    found = run("points", "dry-run", broken, "--period", period_id, code=2).output
    line = SHIPPED.splitlines().index("base = 60") + 1
    assert f"rules.toml:{line}: “base” is not an amount" in found
    run("points", "dry-run", _file(tmp_path, SHIPPED), "--period", "nowhere", code=1)
    workers = _file(tmp_path, SHIPPED.replace("base = 60", 'base = 60\npeople = "workers"'))
    run("points", "dry-run", workers, "--period", period_id, code=2)


def test_those_that_wait_are_worked_on(run: Run, period_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.nice", lambda _step: 0)
    with transaction():
        ids = [trial.ask(source, period_id, actor_id="x", at=AT) for source in (SHIPPED, GENEROUS)]
    assert json.loads(run("points", "dry-runs", "--json").stdout) == {"done": 2, "failed": 0}
    db.session.rollback()
    assert [trial.run(one).figures.moved for one in ids] == [0, 9]
    assert "0 dry runs done" in run("points", "dry-runs").output
