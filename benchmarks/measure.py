"""One phase of a run: what the clients saw, and what the servers and databases spent on it."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.client import Browser, Script, Tally, run
from benchmarks.processes import cpu_seconds

CORES = len(os.sched_getaffinity(0))


@dataclass
class Phase:
    """The sum of all rounds of one phase. `server_cpu` and `load_cpu` are CPU seconds."""

    name: str
    taken: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    server_cpu: float = 0.0
    load_cpu: float = 0.0

    def add(self, tally: Tally, server_cpu: float, load_cpu: float) -> None:
        """Adds one round."""
        for kind, times in tally.taken.items():
            self.taken.setdefault(kind, []).extend(times)
        self.errors += tally.errors
        self.seconds += tally.seconds
        self.server_cpu += server_cpu
        self.load_cpu += load_cpu

    @property
    def requests(self) -> int:
        """Answered requests of all kinds."""
        return sum(map(len, self.taken.values()))

    def per_second(self) -> float:
        """Requests per second of wall-clock time."""
        return self.requests / self.seconds

    def cpu_ms(self, count: int | None = None) -> float:
        """CPU milliseconds of all server and database processes per request, or per `count`."""
        return self.server_cpu * 1000 / (self.requests if count is None else count)

    def percentile(self, share: int, kind: str | None = None) -> float:
        """The time in milliseconds that `share` percent of the requests (of a kind) did not exceed."""
        times = self.taken[kind] if kind else [t for each in self.taken.values() for t in each]
        if len(times) < 2:
            return times[0] * 1000
        return statistics.quantiles(times, n=100, method="inclusive")[share - 1] * 1000

    def busy(self) -> tuple[float, float]:
        """The shares of all cores that servers with databases, and this load generator, kept busy."""
        return self.server_cpu / self.seconds / CORES, self.load_cpu / self.seconds / CORES


@dataclass(frozen=True)
class Bench:
    """The clients of one server, and the processes whose time counts."""

    browsers: Sequence[Browser]
    roots: tuple[int, ...]

    def phase(self, phase: Phase, script: Callable[[int], Script]) -> Phase:
        """Runs one script per client at once and adds what it took to the phase; returns the phase."""
        scripts = [script(number) for number in range(len(self.browsers))]
        before, own = cpu_seconds(self.roots), time.process_time()
        tally = run(self.browsers, scripts)
        own_used = time.process_time() - own
        phase.add(tally, cpu_seconds(self.roots) - before, own_used)
        return phase

    def close(self) -> None:
        """Closes every connection."""
        for browser in self.browsers:
            browser.close()


def fsyncs_per_second(folder: Path, seconds: float = 1.0) -> float:
    """How often a second the disk behind the folder makes one page of 4 KB durable, one after the other.

    The file is written beforehand, as a write-ahead log is after its first round.
    """
    page = os.urandom(4096)
    path = folder / "fsync"
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.write(handle, page * 256)
        os.fsync(handle)
        count, started = 0, time.perf_counter()
        while (taken := time.perf_counter() - started) < seconds:
            os.pwrite(handle, page, count % 256 * 4096)
            os.fdatasync(handle)
            count += 1
    finally:
        os.close(handle)
        path.unlink()
    return count / taken
