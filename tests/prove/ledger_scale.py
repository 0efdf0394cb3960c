"""What the ledger costs when it is large: appending, verifying, sealing, and how many bytes an entry takes.

    python -m tests.prove.ledger_scale [--members 20000] [--each 50] [--streams 1000000]

* Appending one entry, as the product does it with its own commit, to a ledger of 1,000 entries and to one of
  members × each, in turns: by the clock, and the processor's share alone.
* Verifying the large one, sealed on ten days: on one core, from the database, from an export by its own
  verify.py, and from memory; beside bare SHA-256 of the very same bytes in the same run. Seconds are those of
  the processor, so that others at work on the machine count less.
* One seal over a ledger in which every one of `streams` streams grew, and checking it.

Prints its figures; ends with 1 when appending is more than 1.2 times as dear in the large ledger, or when
fewer than 200,000 entries a second are verified from memory.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import rfc8785
from flask import Flask

from learnapp import ledger
from learnapp.app import create_app
from learnapp.clock import iso
from learnapp.config import load
from learnapp.db import db, new_id, snapshot, transaction
from learnapp.ledger.sources import ENTRY_COLUMNS, stored
from learnapp.ledger.verify import GENESIS, HASHED_COLUMNS, Ledger, check, entry_hash
from tests import databases
from tests.conftest import AT

RATIO, RATE = 1.2, 200_000
ROUNDS, BLOCK = 12, 150
SEALS = 10


def event(draw: random.Random, course: int) -> ledger.Event:
    """A completed module, which is what most entries are."""
    return ledger.ModuleCompleted(
        course=f"course-{course}",
        module=f"module-{draw.randrange(40)}",
        version=f"{draw.getrandbits(256):064x}",
        source=f"{draw.getrandbits(256):064x}",
        minutes=20,
        hours=50,
        hour_rule="45-25-800",
        mode="online",
    )


@dataclass
class Place:
    """A ledger of some size: its application and its members."""

    app: Flask
    folder: Path
    members: list[str]
    draw: random.Random

    @property
    def file(self) -> Path:
        """The database file."""
        return self.folder / "learnapp.sqlite3"

    def append(self, count: int) -> list[tuple[float, float]]:
        """Appends entries of any members, each in a transaction of its own; for each the seconds by the clock
        and those of the processor."""
        taken = []
        for _ in range(count):
            began, busy = time.perf_counter(), time.process_time()
            with transaction():
                self._record()
            taken.append((time.perf_counter() - began, time.process_time() - busy))
        return taken

    def _record(self) -> None:
        member = self.draw.choice(self.members)
        at = AT + timedelta(days=30)
        ledger.record(
            event(self.draw, self.draw.randrange(100)),
            member_id=member,
            uid=f"module/{new_id()}",
            occurred_at=at,
            at=at,
            recorder=member,
            source="study",
        )


@contextmanager
def place(folder: Path, members: int, each: int, seals: int, seed: int) -> Iterator[Place]:
    """A ledger of that many members with as many entries each, sealed on that many days."""
    folder.mkdir()
    databases.migrate(f"sqlite:///{folder / 'learnapp.sqlite3'}")
    app = create_app(load({"LEARNAPP_ENV": "test", "LEARNAPP_DATA_DIR": str(folder)}))
    draw = random.Random(seed)
    made = Place(app, folder, [f"{draw.getrandbits(128):032x}" for _ in range(members)], draw)
    with app.app_context():
        with transaction():
            ledger.new_key(folder=folder / "keys", at=AT)
        for day in range(max(seals, 1)):
            _fill(made, day * each // max(seals, 1), (day + 1) * each // max(seals, 1))
            if seals:
                with transaction():
                    ledger.seal(folder=folder / "keys", at=AT + timedelta(days=day))
        yield made
        databases.close(app)


def _fill(made: Place, first: int, last: int) -> None:
    """Entries `first` to `last` of every member, straight into the tables; the triggers look at each."""
    with closing(sqlite3.connect(made.file)) as link:
        link.execute("PRAGMA synchronous=OFF")
        heads = {
            row[0]: (row[1], row[2]) for row in link.execute("SELECT member_id, seq, hash FROM ledger_head")
        }
        marks = ", ".join("?" * len(ENTRY_COLUMNS))
        rows = _rows(made, heads, first, last)
        link.executemany(f"INSERT INTO ledger_entry ({', '.join(ENTRY_COLUMNS)}) VALUES ({marks})", rows)
        link.executemany(
            "INSERT OR REPLACE INTO ledger_head (member_id, seq, hash) VALUES (?, ?, ?)",
            [(member, *head) for member, head in heads.items()],
        )
        link.commit()


def _rows(made: Place, heads: dict[str, tuple[int, str]], first: int, last: int) -> Iterator[tuple[Any, ...]]:
    facts = [(e, rfc8785.dumps(e.data()).decode()) for e in (event(made.draw, n) for n in range(997))]
    times = [iso(AT + timedelta(minutes=minute)) for minute in range(last - first)]
    for member in sorted(made.members):
        seq, digest = heads.get(member, (0, GENESIS))
        for at in times:
            fact, data = facts[made.draw.randrange(997)]
            seq += 1
            uid = f"module/{made.draw.getrandbits(128):032x}"
            version = fact.subject_version
            row = (member, seq, uid, fact.kind, fact.subject, version, data, at, at, member, "study", digest)
            digest = entry_hash(row)
            yield (*row, digest)
        heads[member] = (seq, digest)


def appending(folder: Path, large: Place, size: int) -> tuple[list[str], float]:
    """The cost of an append in a small and in the large ledger, in turns; and how many times dearer."""
    taken: dict[str, list[tuple[float, float]]] = {"small": [], "large": []}
    with place(folder / "small", 20, 50, 0, seed=2) as small:
        places = {"small": small, "large": large}
        for turn in range(ROUNDS + 1):
            for name, here in places.items():
                with here.app.app_context():
                    times = here.append(BLOCK)
                    db.session.remove()
                if turn:  # the first turn warms up
                    taken[name] += times
    lines, ratios = [], []
    for which, words in enumerate(("by the clock", "of the processor")):
        few, many = (statistics.median(times[which] for times in taken[name]) * 1e6 for name in places)
        ratios.append(many / few)
        lines.append(
            f"append with its commit, {words}: {few:.0f} µs at 1,000 entries, {many:.0f} µs at {size:,} "
            f"(median of {ROUNDS * BLOCK}, in turns): ratio {many / few:.2f}"
        )
    return lines, ratios[0]


def verifying(large: Place) -> tuple[list[str], float]:
    """How fast the large ledger is verified in each way, and bare SHA-256 over the same bytes."""
    with large.app.app_context(), snapshot():
        began = time.process_time()
        report = ledger.verify()
        database = report.entries / (time.process_time() - began)
        assert report.ok, report.fault
        (large.folder / "export").mkdir()
        began = time.process_time()
        ledger.export(large.folder / "export", AT)
        exporting = report.entries / (time.process_time() - began)
        found = stored(db.session.connection())
        memory, bare = _in_memory(found)
    began = _children()
    done = subprocess.run(
        [sys.executable, large.folder / "export" / "verify.py"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    export = report.entries / (_children() - began)
    return [
        f"verify, {report.entries:,} entries, {report.seals} seals with {report.members * report.seals:,} leaves, "
        "one core, entries/s:",
        f"  from rows in memory   {memory:>9,.0f}   (chain, hashes, seals, leaves)",
        f"  from the database     {database:>9,.0f}   (all of it, reading included)",
        f"  export, verify.py     {export:>9,.0f}   (a process of its own, start and JSON included)",
        f"  bare SHA-256          {bare:>9,.0f}   (the same bytes, nothing else)",
        f"export: {exporting:,.0f} entries/s",
    ], memory


def _children() -> float:
    """The processor's seconds of processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _in_memory(found: Ledger) -> tuple[float, float]:
    """Entries a second of the check alone over parts of the rows, and of bare SHA-256 over their bytes."""
    leaves, rows = list(found.leaves()), list(found.entries())
    messages = list(map(_message, rows))
    gc.collect()
    gc.freeze()  # what lies there for the measurement only is not looked through again and again
    began = time.process_time()
    for message in messages:
        hashlib.sha256(message).hexdigest()
    bare = time.process_time() - began
    began = time.process_time()
    report = check(Ledger(found.keys, found.seals, lambda: leaves, lambda: rows, found.heads))
    spent = time.process_time() - began
    gc.unfreeze()
    assert report.ok and report.entries == len(rows)
    return len(rows) / spent, len(rows) / bare


def _message(row: Iterable[Any]) -> bytes:
    columns = [str(column).encode() for _, column in zip(HASHED_COLUMNS, row, strict=False)]
    return b"".join(len(column).to_bytes(4, "big") + column for column in columns)


def sizes(large: Place) -> list[str]:
    """Bytes an entry and a leaf take on the disk, by table and index."""
    with closing(sqlite3.connect(large.file)) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        used = dict(link.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
        entries = link.execute("SELECT count(*) FROM ledger_entry").fetchone()[0]
        leaves = link.execute("SELECT count(*) FROM ledger_seal_leaf").fetchone()[0]
        data = link.execute("SELECT avg(length(data)) FROM ledger_entry").fetchone()[0]
    entry, uids = used["ledger_entry"], used["sqlite_autoindex_ledger_entry_2"]
    leaf, index = used["ledger_seal_leaf"], used["ix_ledger_seal_leaf_number"]
    return [
        f"bytes per entry: {(entry + uids) / entries:.0f} (table {entry / entries:.0f}, uid index "
        f"{uids / entries:.0f}; {data:.0f} of them the fact); per leaf {(leaf + index) / leaves:.0f}",
    ]


def sealing(folder: Path, streams: int) -> list[str]:
    """One seal over that many grown streams, how long others waited for it, and checking it."""
    with place(folder / "wide", streams, 1, 0, seed=3) as wide, wide.app.app_context():
        watch = [_now()]
        with transaction():
            made = ledger.seal(folder=wide.folder / "keys", at=AT + timedelta(days=1))
        assert made is not None and made.streams == made.entries == streams
        watch.append(_now())
        assert not ledger.grown()
        watch.append(_now())
        assert ledger.verify().ok
        watch.append(_now())
        with snapshot():
            ledger.prove(wide.members[0], 1)
        watch.append(_now())
    spent = [
        f"{after[0] - before[0]:.1f} s ({after[1] - before[1]:.1f})" for before, after in pairwise(watch)
    ]
    return [
        f"{streams:,} grown streams, seconds by the clock (of the processor): one seal over all {spent[0]}, in which "
        f"other writers wait on SQLite; seeing that nothing grew since {spent[1]}; verifying all {spent[2]}; "
        f"proving one entry {spent[3]}",
    ]


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--streams", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with place(folder / "large", given.members, given.each, SEALS, seed=1) as large:
            lines, rate = verifying(large)
            more, ratio = appending(folder, large, given.members * given.each)
            lines += [*more, *sizes(large)]
        lines += sealing(folder, given.streams)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n".join([*lines, f"most memory of this process: {peak:.0f} MB (rows in memory included)"]))
    return 0 if ratio <= RATIO and rate >= RATE else 1


if __name__ == "__main__":
    sys.exit(main())
