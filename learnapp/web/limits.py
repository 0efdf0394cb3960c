"""How often one network may ask for what is open to everybody. Counted in each process, kept in memory only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from flask import current_app, request

from learnapp.audit import truncate_address
from learnapp.errors import N_, TooMany

MOST_NETWORKS = 4096


class Window:
    """So many times in so many seconds, counted anew in each stretch of time."""

    def __init__(self, times: int, seconds: int) -> None:
        self._times = times
        self._length = timedelta(seconds=seconds)
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str, at: datetime) -> bool:
        """Whether `who` may once more. Who was seen longest ago is forgotten when there are too many."""
        with self._lock:
            since, count = self._seen.pop(who, (at, 0))
            if not since <= at < since + self._length:
                since, count = at, 0
            self._seen[who] = (since, count + 1)
            if len(self._seen) > MOST_NETWORKS:
                self._seen.popitem(last=False)
            return count < self._times


def limit(name: str, at: datetime, *, times: int, seconds: int) -> None:
    """Counts this request for the network that it comes from (/24, /48). Raises TooMany when it was too often."""
    windows: dict[str, Window] = current_app.extensions.setdefault("learnapp.limits", {})
    window = windows.setdefault(name, Window(times, seconds))
    if not window.take(truncate_address(request.remote_addr), at):
        raise TooMany("too-often", N_("Too often in a short time. Please try again in a minute."))
