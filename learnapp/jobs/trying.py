"""The sweeper's share of dry runs: it starts a process for those that wait.

Computing one keeps a processor busy for a while. In the server's own process that would slow every page, so it is
done beside it, at low priority; if that process is killed, the next sweep finds the run and starts another.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import structlog
from flask import Flask

from learnapp.db import db
from learnapp.points import trial

_CHILD = "learnapp-dry-runs"
_log = structlog.get_logger()


def start(app: Flask, at: datetime) -> int:
    """Starts a process when a run waits and none of ours works already; returns how many wait. Called outside of
    any transaction."""
    child: subprocess.Popen[bytes] | None = app.extensions.get(_CHILD)
    if child is not None and child.poll() is None:
        return 0
    app.extensions[_CHILD] = None
    waiting = trial.waiting(at)
    db.session.rollback()
    if waiting:
        command = (sys.executable, "-m", "learnapp", "points", "dry-runs")
        app.extensions[_CHILD] = subprocess.Popen(  # noqa: S603 – our own program, and no shell
            command, stdin=subprocess.DEVNULL
        )
        _log.info("dry runs begun", waiting=len(waiting))
    return len(waiting)
