"""The bare app under the same server: what a page and a durable row cost at the least."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import bare
from benchmarks.client import Ask, Browser, Script
from benchmarks.measure import Bench, Phase
from benchmarks.served import Shape, free_port, serve

BARE_PAGE = "bare page: one read"
BARE_ROW = "bare row: one durable write"
_WARM_SECONDS = 0.5


def _read(number: int, until: float) -> Script:
    while time.perf_counter() < until:
        yield Ask(BARE_PAGE, f"/page/{number % bare.PAGES}")


def _write(_number: int, until: float) -> Script:
    while time.perf_counter() < until:
        yield Ask(BARE_ROW, "/row", b"answer=2")


def _timed(bench: Bench, name: str, script: Callable[[int, float], Script], seconds: float) -> Phase:
    until = time.perf_counter() + seconds
    return bench.phase(Phase(name), lambda number: script(number, until))


def measure(
    database: str, shape: Shape, clients: int, seconds: float, log: Path, extra: tuple[int, ...] = ()
) -> list[Phase]:
    """Reads, then writes for so many seconds each. `extra`: processes of the database that count as well."""
    bare.prepare(database)
    port = free_port()
    env = {"BENCH_DATABASE": database}
    with serve(shape.command("benchmarks.bare:create_app", port), port, env, log, "/page/0") as served:
        bench = Bench([Browser(port) for _ in range(clients)], (served.pid, *extra))
        phases = []
        for name, script in ((BARE_PAGE, _read), (BARE_ROW, _write)):
            _timed(bench, "warm", script, _WARM_SECONDS)
            phases.append(_timed(bench, name, script, seconds))
        bench.close()
    return phases
