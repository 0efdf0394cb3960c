"""One sweeper per data folder, in a thread of a server worker."""

from __future__ import annotations

import fcntl
import os
import threading
import time

import structlog
from flask import Flask

from learnapp.config import Config
from learnapp.jobs.sweeper import run_forever

_log = structlog.get_logger()
_RETRY_SECONDS = 1.0


def start(app: Flask) -> threading.Thread:
    """Starts a thread that sweeps for as long as its process lives and holds the lock on `sweeper.lock`.

    Every worker starts one; the others wait. The system gives the lock back when a process ends, however it
    ends, so that another worker takes over. The lock spares work, nothing depends on it: two sweepers do no
    harm beside each other.
    """
    thread = threading.Thread(target=_sweep_when_alone, args=(app,), name="sweeper", daemon=True)
    thread.start()
    return thread


def _sweep_when_alone(app: Flask) -> None:
    settings: Config = app.extensions["learnapp"]
    handle = os.open(settings.data_dir / "sweeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(_RETRY_SECONDS)
    _log.info("sweeping", pid=os.getpid())
    run_forever(app, threading.Event())
