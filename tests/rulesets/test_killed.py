"""A real process works on a dry run, is killed in the middle, and another one goes on to the same result."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from learnapp.clock import now
from learnapp.db import db, transaction
from learnapp.points import trial
from tests.conftest import ZONE
from tests.processes import Instance
from tests.prove import dry_run

pytestmark = [pytest.mark.process]
MEMBERS = 1600


def _worker(instance: Instance) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        (sys.executable, "-m", "learnapp", "points", "dry-runs"),
        env=instance.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_killed_process_is_gone_on_with(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    with instance.inside():
        period_id, _ = dry_run.fill(MEMBERS, seed=5)
        with transaction():
            whole = trial.ask(dry_run.NEW, period_id, actor_id=dry_run.NOBODY, at=now())
        assert trial.work(whole, zone=ZONE, now=now)
        expected, moved = trial.run(whole).figures.document(), trial.moves(whole)
        with transaction():
            run_id = trial.ask(dry_run.NEW, period_id, actor_id=dry_run.NOBODY, at=now())
        first = _worker(instance)
        deadline = time.monotonic() + 60
        while (found := trial.run(run_id)).done == 0 and time.monotonic() < deadline:
            db.session.rollback()
            time.sleep(0.02)
        first.kill()
        first.wait()
        db.session.rollback()
        assert found.state == "running" and 0 < trial.run(run_id).done < MEMBERS
        with transaction():
            silent = now() - trial.SILENT - timedelta(seconds=1)
            db.session.execute(update(trial.DryRun).where(trial.DryRun.id == run_id).values(seen_at=silent))
        assert _worker(instance).wait(60) == 0
        db.session.rollback()
        done = trial.run(run_id)
        assert (done.state, done.done, done.figures.document()) == ("done", MEMBERS, expected)
        assert trial.moves(run_id) == moved
