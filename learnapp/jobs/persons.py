"""The sweeper's share of persons: joined accounts, erasures and confirmed lists of old data that are not complete."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from learnapp.config import Config
from learnapp.jobs import erasing, merging, retaining

_LOOKED = "learnapp-persons-looked-for"
EVERY = timedelta(minutes=1)


def go_on(app: Flask, at: datetime, limit: int) -> int:
    """Goes on with all of them; returns how many steps were taken. The doors do their own work at once, and this is
    for what was broken off or came later, so looking once a minute of this process is enough; that it was looked
    is no fact, only a saving."""
    settings: Config = app.extensions["learnapp"]
    last: datetime | None = app.extensions.get(_LOOKED)
    if last is not None and timedelta() <= at - last < EVERY:
        return 0
    app.extensions[_LOOKED] = at
    merged = merging.go_on(at, settings.zone)
    return merged + erasing.go_on(at, settings.zone) + retaining.go_on(at, limit)
