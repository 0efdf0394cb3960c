"""Kills server processes at random moments while members answer, time is moved, and a key is corrected.

    python -m tests.prove.kill_quiz --rounds 500 --seed 1 [--database-url URL]

Each round kills the whole process group as a power cut would, or one worker, or the worker that sweeps. Outside
clients remember what was acknowledged: starts, acts and what was said of them (in time, late and accepted, late
and waiting), hand-ins, extensions and pauses; meanwhile the sweeper ends attempts and corrects results. After every
kill the database is compared with their memory and the ledger is verified. In the end all results are graded
anew and compared, and so are the points after rebuilding. Ends with 1 if anything is missing.

A kill cannot show a missing fsync, since the system still holds what was written: see `fsync_trace`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import family
from learnapp import ledger
from learnapp.db import db
from tests.processes import Instance
from tests.prove.kill_clients import COUNTING, Client, Conductor, Member
from tests.prove.kill_judge import compare, compare_all, settle
from tests.prove.kill_place import Town

LONGEST_SECONDS = 0.6
# The sweeper looks after its first second; every so many rounds it is left to work for a while.
SWEEPING_EVERY, SWEEPING_SECONDS = 3, 1.0
REGRADE_EVERY = 12


@dataclass
class Figures:
    """What a run showed."""

    rounds: int
    kills: dict[str, int] = field(default_factory=dict)
    starts: int = 0
    acts: int = 0
    late: int = 0
    waiting: int = 0
    handed_in: int = 0
    measures: int = 0
    regrades: int = 0
    by_clock: int = 0
    again: int = 0
    entries: int = 0
    lines: int = 0
    lost: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing acknowledged is missing and no request failed in another way than by the kill."""
        return not self.lost and not self.errors

    def text(self) -> str:
        """The figures in lines."""
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        rows = {
            "kills": f"{self.rounds} ({kills})",
            "starts acknowledged": self.starts,
            "acts acknowledged as counting": self.acts,
            "  of these late and accepted": self.late,
            "acts acknowledged, not counting": self.waiting,
            "hand-ins acknowledged": self.handed_in,
            "extensions and pauses": self.measures,
            "corrected keys carried out": self.regrades,
            "attempts ended by the clock": self.by_clock,
            "requests sent again after a kill": self.again,
            "ledger entries verified": self.entries,
            "lines of points, equal rebuilt": self.lines,
            "acknowledged and lost": f"{len(self.lost)} {self.lost[:3] or ''}",
            "requests failed in another way": f"{len(self.errors)} {self.errors[:3] or ''}",
            "seconds": f"{self.seconds:.0f}",
        }
        return "\n".join(f"{name:<34} {value}" for name, value in rows.items())


def _sweeping(instance: Instance) -> int | None:
    """The process that holds the sweeper's lock."""
    inode = str((instance.folder / "sweeper.lock").stat().st_ino)
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == inode:
            return int(fields[4])
    return None


def _kill(instance: Instance, how: str, chance: random.Random) -> None:
    workers = sorted(family([instance.group]) - {instance.group})
    if how == "everything" or not workers:
        instance.kill()
        return
    victim = _sweeping(instance) if how == "the sweeper" else None
    with suppress(ProcessLookupError):
        os.kill(victim or chance.choice(workers), signal.SIGKILL)


def _round(
    town: Town, clients: Sequence[Client], chance: random.Random, number: int, figures: Figures
) -> None:
    """Lets everybody work for a moment, kills, and compares."""
    for client in clients:
        client.up.set()
        if number == 0:
            client.start()
    swept = SWEEPING_SECONDS if number % SWEEPING_EVERY == SWEEPING_EVERY - 1 else 0
    time.sleep(chance.uniform(0.02, LONGEST_SECONDS) + (2 if number == 0 else swept))
    how = chance.choice(["everything", "everything", "a worker", "the sweeper"])
    figures.kills[how] = figures.kills.get(how, 0) + 1
    if how == "everything":
        for client in clients:
            client.up.clear()
    _kill(town.instance, how, chance)
    if how != "everything":
        return
    db.session.rollback()
    for client in clients:
        figures.lost += compare(client)
    report = ledger.verify()
    figures.entries = report.entries
    figures.lost += [] if report.ok else [str(report.fault)]


def prove(instance: Instance, rounds: int, seed: int, members: int = 8, crowd: int = 80) -> Figures:
    """Runs the rounds on a fresh instance. The same seed kills in the same way after the same waits."""
    began, chance = time.monotonic(), random.Random(seed)
    figures = Figures(rounds)
    town = instance.fill(lambda: Town(instance, members, crowd))
    answering = [Member(instance, member, name, seed + n) for n, (member, name) in enumerate(town.people)]
    clients: list[Client] = [*answering, Conductor(instance, *town.conductor, seed)]
    try:
        with instance.inside():
            for number in range(rounds):
                # A worker that dies twice within seconds takes the server along; whoever supervises it starts it.
                if not instance.running:
                    instance.kill()
                    instance.start()
                if number % REGRADE_EVERY == 1:
                    figures.regrades += town.correct_key()
                for one in answering:
                    one.soon.extend(town.begin_short(one.member, chance))
                db.session.rollback()
                _round(town, clients, chance, number, figures)
            for client in clients:
                client.done.set()
            for client in clients:
                client.join(15)
            instance.kill()
            _finish(town, clients, figures)
    finally:
        for client in clients:
            client.done.set()
    figures.seconds = time.monotonic() - began
    return figures


def _finish(town: Town, clients: Sequence[Client], figures: Figures) -> None:
    """What the sweeper would do in the end; then everything is compared, and all results graded anew."""
    db.session.rollback()
    settle(town)
    for client in clients:
        client.memory.touched.update(client.memory.acts)
        figures.lost += compare(client)
    found = compare_all(town)
    figures.lost += found.faults
    figures.lines, figures.by_clock = found.lines, found.by_clock
    report = ledger.verify()
    figures.entries = report.entries
    memories = [client.memory for client in clients]
    figures.lost = sorted({*figures.lost, *([] if report.ok else [str(report.fault)])})
    figures.starts = sum(len(memory.acts) for memory in memories)
    figures.acts = sum(memory.count(*COUNTING) for memory in memories)
    figures.late = sum(memory.count("late-accepted") for memory in memories)
    figures.waiting = sum(memory.count("late", "late-waiting", "ended", "locked") for memory in memories)
    figures.handed_in = sum(len(memory.handed_in) for memory in memories)
    figures.measures = sum(len(memory.measures) for memory in memories)
    figures.again = sum(memory.again for memory in memories)
    figures.errors = [error for memory in memories for error in memory.errors]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", default=None, help="an empty database; SQLite without it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-quiz-") as folder:
        instance = Instance(Path(folder), given.database_url)
        try:
            figures = prove(instance, given.rounds, given.seed)
            verified = instance.run("ledger", "verify", "--json")
        finally:
            instance.stop()
    print(figures.text())
    print(f"{'ledger verify':<34} {json.dumps(json.loads(verified.stdout))}")
    return 0 if figures.ok and verified.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
