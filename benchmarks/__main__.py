"""`python -m benchmarks`: both databases, one table each. About two minutes."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import product, report, yardsticks
from benchmarks.measure import fsyncs_per_second
from benchmarks.served import Shape
from learnapp import config
from tests.postgres import DURABLE, Server


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    defaults = config.load(
        {"LEARNAPP_ENV": "test", "LEARNAPP_SECRET_KEY": "unused", "LEARNAPP_DATA_DIR": "/"}
    )
    parser.add_argument("--members", type=int, default=50, help="members at once (50)")
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds of a timed phase (4)")
    parser.add_argument("--rounds", type=int, default=4, help="attempts per member step by step (4)")
    parser.add_argument("--workers", type=int, default=defaults.workers)
    parser.add_argument("--threads", type=int, default=defaults.threads)
    parser.add_argument("--server", choices=("granian", "gunicorn"), default="granian")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    return parser.parse_args()


@contextmanager
def _place(engine: str, folder: Path) -> Iterator[tuple[str, dict[str, str], tuple[int, ...]]]:
    """Where the bare app and the product keep their data, and the processes of the database."""
    if engine == "sqlite":
        yield str(folder / "bare.sqlite3"), {}, ()
        return
    with Server(folder, DURABLE) as server:
        server.create("bare", owner=True)
        owner = server.create("product", owner=True)
        settings = {"LEARNAPP_DATABASE_URL": server.url("product"), "LEARNAPP_DATABASE_OWNER_URL": owner}
        yield f"host={server.folder} user=owner dbname=bare", settings, (server.pid(),)


def _run(engine: str, folder: Path, options: argparse.Namespace, browser: bool) -> report.Run:
    shape = Shape(options.server, options.workers, options.threads)
    fsyncs = fsyncs_per_second(folder)
    with _place(engine, folder) as (bare, database, extra):
        page, row = yardsticks.measure(
            bare, shape, options.members, options.seconds / 2, folder / "bare.log", extra
        )
        env = product.environment(folder / "data", shape, database)
        product.fill(env, options.members)
        found = product.measure(
            env, shape, options.members, options.seconds, options.rounds, folder / "log", extra, browser
        )
    return report.Run(
        {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine],
        shape,
        options.members,
        page,
        row,
        found,
        fsyncs,
    )


def main() -> int:
    """Runs what was asked for and prints it; 1 when a request was answered wrongly."""
    options = _arguments()
    engines = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    started = time.monotonic()
    runs = []
    for engine in engines:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            runs.append(_run(engine, Path(folder), options, browser=engine == engines[0]))
        print(report.table(runs[-1]), end="\n\n", flush=True)
    print(report.summary(runs))
    errors = [
        error for run in runs for error in (*run.bare_page.errors, *run.bare_row.errors, *run.product.errors)
    ]
    for error in errors[:5]:
        print(f"ERROR {error}", file=sys.stderr)
    print(f"{len(errors)} errors; {time.monotonic() - started:.0f} s")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
