"""`make prove`: every slow proof, one after the other, seeded; ends with 1 when one of them does not hold.

    python -m tests.prove [--only kills clock …] [--list]

On an idle machine with two cores all of it takes about an hour, most of it the kills.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import databases
from tests.examples import FACTOR
from tests.postgres import Server

SEED = ("--seed", "1")
_PROPERTIES = ("tests/quiz/test_clock_properties.py", "tests/quiz/test_finders.py")


@dataclass(frozen=True)
class Proof:
    """A command that prints its figures and ends with 0 when it holds. With `database` it gets the address of an
    empty PostgreSQL; `module` is one of this folder, or empty for property tests with more examples."""

    name: str
    title: str
    module: str
    arguments: tuple[str, ...] = ()
    database: bool = False


PROOFS = (
    Proof("clock", "every rule of the clock: a request, the sweeper or a late journal finds it", ""),
    Proof("fsync", "the WAL is synced before each acknowledgement", "fsync_trace"),
    Proof("kills", "500 kills on SQLite", "kill_quiz", ("--rounds", "500", *SEED)),
    Proof("kills-postgresql", "500 kills on PostgreSQL", "kill_quiz", ("--rounds", "500", *SEED), True),
    Proof("last", "1,000 hand in within the last ten seconds on SQLite", "last_ten_seconds", SEED),
    Proof(
        "last-postgresql",
        "1,000 hand in within the last ten seconds on PostgreSQL",
        "last_ten_seconds",
        ("--engine", "postgresql", *SEED),
    ),
    Proof("starting", "1,000 start within a minute on SQLite", "starting", SEED),
    Proof(
        "starting-postgresql",
        "1,000 start within a minute on PostgreSQL",
        "starting",
        ("--engine", "postgresql", *SEED),
    ),
    Proof(
        "traffic", "nothing hidden in the traffic of 200 attempts", "traffic", ("--attempts", "200", *SEED)
    ),
    Proof("regrade", "10,000 attempts under a corrected key on SQLite", "regrade", SEED),
    Proof("regrade-postgresql", "10,000 attempts under a corrected key on PostgreSQL", "regrade", SEED, True),
    Proof("dry-run", "a dry run for 20,000 members on SQLite", "dry_run", SEED),
    Proof("dry-run-postgresql", "a dry run for 20,000 members on PostgreSQL", "dry_run", SEED, True),
    Proof("tamper", "1,000 edits of the ledger, each found", "tamper", ("--trials", "1000", *SEED)),
    Proof("scale", "a ledger of a million entries", "ledger_scale"),
    Proof("points", "points of a million entries, and a period of 100,000 members", "points_scale"),
)


@contextmanager
def _database() -> Iterator[tuple[str, ...]]:
    """The argument that names an empty PostgreSQL, made by the migrations."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        databases.migrate(server.create("proving", owner=True))
        yield ("--database-url", server.url("proving"))


def run(proof: Proof) -> bool:
    """One proof in a process of its own; says whether it holds."""
    if not proof.module:
        pytest = ("-m", "pytest", "-n", "0", "-p", "no:randomly", "--hypothesis-seed=1", *_PROPERTIES)
        return _ran(pytest, {FACTOR: "10"})
    command = ("-m", f"tests.prove.{proof.module}", *proof.arguments)
    if not proof.database:
        return _ran(command)
    with _database() as address:
        return _ran((*command, *address))


def _ran(command: Sequence[str], environment: dict[str, str] | None = None) -> bool:
    env = {**os.environ, **(environment or {})}
    return subprocess.run([sys.executable, *command], env=env, check=False).returncode == 0


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description="Every slow proof.")
    names = [proof.name for proof in PROOFS]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names)
    )
    parser.add_argument("--list", action="store_true", help="say what there is")
    given = parser.parse_args()
    held: list[str] = []
    chosen = [proof for proof in PROOFS if proof.name in given.only]
    for proof in chosen:
        if given.list:
            print(f"{proof.name:<22}{proof.title}")
            continue
        print(f"\n== {proof.title}", flush=True)
        began = time.monotonic()
        holds = run(proof)
        word = "holds" if holds else "DOES NOT HOLD"
        held.append(f"{word:<15}{time.monotonic() - began:>6.0f} s   {proof.title}")
        print(held[-1], flush=True)
    if given.list:
        return 0
    kept = sum(line.startswith("holds") for line in held)
    print("\n" + "\n".join(held) + f"\n{kept} of {len(chosen)} proofs hold.")
    return 0 if kept == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
