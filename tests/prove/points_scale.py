"""What points cost when there is much of everything: folding one new entry, and rebuilding a period.

    python -m tests.prove.points_scale [--members 20000] [--each 50] [--people 100000] [--studied 10]

* Folding one new entry, as the product does it after an act, in a ledger of 1,000 entries and in one of
  members × each, in turns: seconds of the processor, the two compared block by block.
* Rebuilding a period of `people` members with `studied` entries each, each in a transaction of their own as
  `learnapp points rebuild --period` does it: how many a second, and how the memory of the process grows between
  the first tenth and the end.

Prints its figures; ends with 1 when folding is more than 1.2 times as dear in the large ledger, when the memory
grows by more than 10 %, or when a rebuild finds anything else than what was folded.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click

from learnapp import branches, ledger, points
from learnapp.db import db, new_id, transaction
from tests.conftest import AT, ZONE
from tests.prove.ledger_scale import Place, event, place

RATIO, GROWTH = 1.2, 1.1
ROUNDS, BLOCK = 12, 60
BRANCH = 40
_BOSS = "0" * 32


@dataclass
class Assessed:
    """A ledger whose members are at home in branches of forty, in one open period."""

    ledger: Place
    period: points.PeriodInfo

    def fold(self, member_id: str) -> float:
        """One new entry and its fold; the processor's seconds for the fold alone."""
        draw = self.ledger.draw
        with transaction():
            seq = ledger.record(
                event(draw, draw.randrange(100)),
                member_id=member_id,
                uid=f"module/{new_id()}",
                occurred_at=AT + timedelta(days=20),
                at=AT + timedelta(days=20),
                recorder=member_id,
                source="study",
            )
        began = time.process_time()
        with transaction():
            ledger.lock(member_id)
            here = branches.place(member_id, AT.date())
            points.fold(member_id, ledger.stream(member_id, seq - 1), here, ZONE)
        return time.process_time() - began


@contextmanager
def assessed(folder: Path, members: int, each: int, seed: int) -> Iterator[Assessed]:
    """That many members with as many entries each, at home since long, in a period that holds all of them."""
    with place(folder, members, each, 0, seed) as found:
        with transaction():
            root = branches.found("committee", "党委", parent_id=None, at=AT)
            units = [
                branches.found("branch", f"支部{n}", parent_id=root, at=AT)
                for n in range(members // BRANCH + 1)
            ]
            period_id = points.open_period(
                root,
                "2026年度",
                title_en="2026",
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 12, 31),
                rule_set=points.adopt(points.shipped()["municipal-2026"], actor_id=_BOSS, at=AT),
            )
        _settle(found, units)
        yield Assessed(found, points.period(period_id))


def _settle(found: Place, units: list[str]) -> None:
    rows = (
        (
            member,
            new_id(),
            units[n // BRANCH],
            "home",
            "full",
            "2020-01-01",
            "2020-01-01 00:00:00.000000",
            _BOSS,
        )
        for n, member in enumerate(found.members)
    )
    columns = "member_id, id, branch_id, kind, member_class, valid_from, recorded_at, recorded_by"
    with closing(sqlite3.connect(found.file)) as link:
        link.execute("PRAGMA synchronous=OFF")
        link.executemany(f"INSERT INTO membership ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        link.commit()


@dataclass(frozen=True)
class Folding:
    """Microseconds of the processor per fold in both ledgers, and the median of the ratios of the blocks."""

    small: float
    large: float
    ratio: float

    def text(self, size: int) -> str:
        """One line."""
        return (
            f"fold of one new entry, of the processor: {self.small:.0f} µs at 1,000 entries, {self.large:.0f} µs at "
            f"{size:,} (in turns): ratio {self.ratio:.2f}"
        )


def folding(folder: Path, members: int, each: int, *, rounds: int, block: int) -> Folding:
    """Blocks of folds in turns, so that what else the machine does falls on both alike."""
    times: dict[str, list[float]] = {"small": [], "large": []}
    with (
        assessed(folder / "small", max(1, 1000 // each), each, 1) as small,
        assessed(folder / "large", members, each, 2) as large,
    ):
        both = {"small": small, "large": large}
        for here in both.values():
            _warm(here)
        for turn in range(rounds + 1):
            for name, here in both.items():
                seconds = _block(here, block)
                if turn:  # the first turn warms up
                    times[name].append(seconds)
    ratios = [many / few for few, many in zip(times["small"], times["large"], strict=True)]
    few, many = (statistics.median(times[name]) * 1e6 for name in both)
    return Folding(few, many, statistics.median(ratios))


def _chosen(here: Assessed) -> list[str]:
    """Twenty members, who have been folded once before."""
    return here.ledger.members[:: max(1, len(here.ledger.members) // 20)][:20]


def _warm(here: Assessed) -> None:
    with here.ledger.app.app_context():
        for member_id in _chosen(here):
            with transaction():
                points.rebuild(member_id, here.period, at=AT, zone=ZONE)


def _block(here: Assessed, block: int) -> float:
    """Seconds of the processor per fold."""
    people = _chosen(here)
    with here.ledger.app.app_context():
        taken = [here.fold(here.ledger.draw.choice(people)) for _ in range(block)]
        db.session.remove()
    return statistics.median(taken)


@dataclass(frozen=True)
class Rebuilding:
    """How many members were rebuilt, how many a second, and how much memory (bytes) the process had at a tenth of
    the way and at the end."""

    members: int
    rate: float
    early: int
    late: int
    outcomes: Counter[str]

    @property
    def ok(self) -> bool:
        """Whether the second rebuild found what the first had folded, and memory stayed as it was."""
        return self.outcomes == Counter(same=self.members) and self.late <= self.early * GROWTH

    def text(self) -> str:
        """One line."""
        return (
            f"rebuild of a period of {self.members:,} members: {self.rate:.0f} a second, memory "
            f"{self.early / 2**20:.0f} MB at a tenth, {self.late / 2**20:.0f} MB at the end; {dict(self.outcomes)}"
        )


def rebuilding(folder: Path, people: int, studied: int) -> Rebuilding:
    """Folds everybody for the first time, and then rebuilds the period and looks at the clock."""
    with assessed(folder / "period", people, studied, 3) as here:
        _through(here, "first fold")
        early = 0
        outcomes, began, number = Counter[str](), time.perf_counter(), points.people_number(here.period)
        for outcome in _rebuilt(here, number, "rebuild"):
            outcomes[outcome] += 1
            if outcomes.total() == max(1, number // 10):
                gc.collect()
                early = _memory()
        rate = number / (time.perf_counter() - began)
        gc.collect()
        return Rebuilding(number, rate, early, _memory(), outcomes)


def _through(here: Assessed, words: str) -> None:
    for _ in _rebuilt(here, points.people_number(here.period), words):
        pass


def _rebuilt(here: Assessed, number: int, words: str) -> Iterator[points.rebuilding.Outcome]:
    with click.progressbar(length=number, file=sys.stderr, label=words) as bar:
        for member_id in points.people_in(here.period):
            with transaction():
                yield points.rebuild(member_id, here.period, at=AT, zone=ZONE)
            bar.update(1)


def _memory() -> int:
    """What the process holds in memory now, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--studied", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folds = folding(Path(name), given.members, given.each, rounds=ROUNDS, block=BLOCK)
    print(folds.text(given.members * given.each), flush=True)
    with tempfile.TemporaryDirectory() as name:
        rebuilt = rebuilding(Path(name), given.people, given.studied)
    print(rebuilt.text())
    return 0 if folds.ratio <= RATIO and rebuilt.ok else 1


if __name__ == "__main__":
    sys.exit(main())
