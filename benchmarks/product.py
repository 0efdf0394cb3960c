"""The product, started as `learnapp serve` starts it, under fifty members at once."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import visits
from benchmarks.client import Browser, Script
from benchmarks.first_visit import Visit, first_visit
from benchmarks.measure import Bench, Phase
from benchmarks.processes import busiest_share, memory_mb
from benchmarks.served import PYTHON, ROOT, Shape, free_port, serve
from benchmarks.visits import Member

ATTEMPTS = "attempts, freely mixed"
# The first answer comes from the first worker; who connects before the others are there is served by it alone.
_SETTLING = 2.0


@dataclass
class Product:
    """What a run showed. `first_answer` in seconds, `memory` in MB of all server processes when warm, `busiest`
    the share of the busiest worker."""

    phases: dict[str, Phase] = field(default_factory=dict)
    first_answer: float = 0.0
    memory: float = 0.0
    busiest: float = 0.0
    visit: Visit | None = None

    @property
    def attempts(self) -> float:
        """Attempts made while they were mixed freely, by the requests that one takes."""
        return self.phases[ATTEMPTS].requests / visits.REQUESTS

    @property
    def errors(self) -> list[str]:
        """Everything that went wrong, in words."""
        return [error for phase in self.phases.values() for error in phase.errors]


def environment(folder: Path, shape: Shape, database: Mapping[str, str]) -> dict[str, str]:
    """The settings of an instance in production with its data in the folder."""
    return {
        "LEARNAPP_ENV": "production",
        "LEARNAPP_SECRET_KEY": "only for measuring, thrown away with the folder",
        "LEARNAPP_DATA_DIR": str(folder),
        "LEARNAPP_HTTPS": "0",
        "LEARNAPP_WORKERS": str(shape.workers),
        "LEARNAPP_THREADS": str(shape.threads),
        **database,
    }


def fill(env: Mapping[str, str], members: int) -> None:
    """Makes the world in a process of its own. Raises CalledProcessError."""
    subprocess.run(
        [PYTHON, "-m", "benchmarks.world", str(members)], check=True, env={**os.environ, **env}, cwd=ROOT
    )


def command_for(shape: Shape, port: int) -> list[str]:
    """The product's own command; another server is given the application that it serves."""
    if shape.server == "granian":
        return [PYTHON, "-m", "learnapp", "serve"]
    return shape.command("learnapp.app:create_served_app", port)


def measure(
    env: dict[str, str],
    shape: Shape,
    members: int,
    seconds: float,
    rounds: int,
    log: Path,
    extra: tuple[int, ...] = (),
    browser: bool = False,
) -> Product:
    """Serves the instance and lets the members loose on it. `extra`: processes of the database."""
    port = free_port()
    command = command_for(shape, port)
    found = Product()
    with serve(command, port, {**env, "PORT": str(port)}, log, "/accounts/sign-in") as served:
        found.first_answer = served.first_answer
        if browser:
            found.visit = first_visit(port)
        time.sleep(_SETTLING)
        bench = Bench([Browser(port) for _ in range(members)], (served.pid, *extra))
        _run(bench, found.phases, seconds, rounds)
        found.memory, found.busiest = memory_mb([served.pid]), busiest_share(served.pid)
        bench.close()
    return found


def _run(bench: Bench, phases: dict[str, Phase], seconds: float, rounds: int) -> None:
    people = [Member() for _ in bench.browsers]

    def timed(name: str, script: Callable[[int, float], Script], length: float) -> None:
        until = time.perf_counter() + length
        phases[name] = bench.phase(Phase(name), lambda number: script(number, until))

    phases["sign in"] = bench.phase(Phase("sign in"), visits.sign_in)
    for length in (seconds / 4, seconds):  # the first time warms up
        timed(visits.MODULE_PAGE, lambda _number, until: visits.read_module(until), length)
    phases["quiz page"] = bench.phase(Phase("quiz page"), lambda number: people[number].open_quiz())
    # Until every question was rendered in most of its orders; the next round ends what this leaves open.
    timed(ATTEMPTS, lambda number, until: people[number].attempts(until), seconds)
    for turn in range(rounds + 1):
        for place, name in enumerate(visits.STEPS):
            phase = Phase(name) if turn == 0 else phases.setdefault(name, Phase(name))
            bench.phase(phase, lambda number, place=place: people[number].steps()[place]())  # type: ignore[misc]
            if name == visits.PAPER and turn > 0:
                polls = phases.setdefault(visits.CLOCK, Phase(visits.CLOCK))
                bench.phase(polls, lambda number: people[number].polls())
    timed(ATTEMPTS, lambda number, until: people[number].attempts(until), seconds * 2)
