"""An instance with a crowd in it, for the proofs under load: on SQLite, or on a PostgreSQL with everything durable."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import world
from benchmarks.measure import CORES
from benchmarks.processes import cpu_seconds
from learnapp import config
from tests.postgres import DURABLE, Server
from tests.processes import Instance
from tests.prove.phones import Log, Phone, cookie_of


@dataclass
class Place:
    """A running instance as it is shipped, and the processes of its database."""

    instance: Instance
    database: tuple[int, ...] = ()

    def used(self) -> float:
        """CPU seconds of server and database so far."""
        return cpu_seconds((self.instance.group, *self.database))


@dataclass
class Busy:
    """What the machine was busy with for some seconds."""

    seconds: float = 0.0
    server: float = 0.0
    load: float = 0.0

    def line(self) -> str:
        """Shares of all cores. What is missing to 100 % was idle, or taken by something else."""
        whole = max(self.seconds, 0.001) * CORES
        return (
            f"of {CORES} cores for {self.seconds:.1f} s    server and database {self.server / whole:.0%}, "
            f"this load {self.load / whole:.0%}"
        )


@contextmanager
def busy(place: Place, found: Busy) -> Iterator[None]:
    """Measures what is used meanwhile."""
    began, server, load = time.perf_counter(), place.used(), time.process_time()
    yield
    found.load = time.process_time() - load
    found.seconds, found.server = time.perf_counter() - began, place.used() - server


@contextmanager
def fresh(engine: str) -> Iterator[Place]:
    """A fresh instance with the workers, threads and rhythm of the sweeper that it is shipped with."""
    with tempfile.TemporaryDirectory(prefix="crowd-") as name:
        folder = Path(name)
        if engine == "sqlite":
            yield from _stopped(Place(_as_shipped(Instance(folder))))
            return
        with Server(folder, DURABLE) as server:
            owner = server.create("crowd", owner=True)
            made = Instance(folder, server.url("crowd"), owner=owner)
            yield from _stopped(Place(_as_shipped(made), (server.pid(),)))


def _stopped(place: Place) -> Iterator[Place]:
    try:
        yield place
    finally:
        place.instance.stop()


def _as_shipped(made: Instance) -> Instance:
    made.environment["LEARNAPP_ENV"] = "production"
    made.environment["LEARNAPP_HTTPS"] = "0"
    for name in ("LEARNAPP_WORKERS", "LEARNAPP_THREADS", "LEARNAPP_SWEEP_SECONDS"):
        made.environment.pop(name, None)
    return made


def crowd(made: Instance, members: int, log: Log, seed: int) -> list[Phone]:
    """So many members of four branches, for whom a plan makes the quiz due and a period pays, each with a phone
    that is signed in."""
    with made.inside() as app:
        ids = world.fill(config.load(made.environment), members, all_courses=False)
        return [
            Phone(made.port, member, cookie_of(app, member), log, seed * 1_000_000 + number)
            for number, member in enumerate(ids)
        ]
