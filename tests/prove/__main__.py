"""`make prove`: every slow proof, one after the other, seeded; ends with 1 when one of them does not hold."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests import databases
from tests.postgres import Server

SEED = "1"
ROUNDS = "200"
ATTEMPTS = "10000"


def run(title: str, module: str, *arguments: str) -> bool:
    """One proof in a process of its own; says whether it holds."""
    print(f"\n== {title}", flush=True)
    return (
        subprocess.run([sys.executable, "-m", f"tests.prove.{module}", *arguments], check=False).returncode
        == 0
    )


def main() -> int:
    """The command."""
    held = [
        run(f"{ROUNDS} kills on SQLite", "kill_quiz", "--rounds", ROUNDS, "--seed", SEED),
        run("nothing is sent before its phase", "traffic", "--attempts", "200", "--seed", SEED),
        run("the WAL is synced before each acknowledgement", "fsync_trace"),
        run(f"a key of {ATTEMPTS} attempts corrected", "regrade", "--attempts", ATTEMPTS, "--seed", SEED),
        run("1,000 edits of the ledger", "tamper", "--trials", "1000", "--seed", SEED),
        run("a ledger of a million entries", "ledger_scale"),
    ]
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        databases.migrate(server.create("killing", owner=True))
        url = server.url("killing")
        held.append(
            run(
                f"{ROUNDS} kills on PostgreSQL",
                "kill_quiz",
                "--rounds",
                ROUNDS,
                "--seed",
                SEED,
                "--database-url",
                url,
            )
        )
    print(f"\n{sum(held)} of {len(held)} proofs hold.")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
