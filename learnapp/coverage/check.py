"""Comparing what is stored with a recount from ledger, memberships and plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from learnapp import branches, ledger
from learnapp.coverage.models import CoverageDelta, CoverageMark, CoverageRollup, CoverageStatus
from learnapp.coverage.rules import STATES
from learnapp.coverage.service import known_rows, recount, spread
from learnapp.db import db, table_of

_status, _rollup, _delta = table_of(CoverageStatus), table_of(CoverageRollup), table_of(CoverageDelta)
_BATCH = 500


@dataclass(frozen=True)
class Difference:
    """Something stored that a recount finds otherwise. `place` is a member or `parent/unit`, with the item."""

    kind: str
    place: str
    item_id: str
    stored: str
    recounted: str

    def text(self) -> str:
        """One English line for the command line."""
        return (
            f"{self.kind} {self.place}, item {self.item_id}: stored {self.stored}, recounted {self.recounted}"
        )


def check(today: date) -> Iterator[Difference]:
    """Every difference between the status rows and a recount from ledger, memberships, exemptions and plans,
    then between the counts (with the deltas still waiting) and a recount of the status rows."""
    yield from _rows_against_facts(today)
    yield from _counts_against_rows()


def _rows_against_facts(today: date) -> Iterator[Difference]:
    for member_id in _members(today):
        stored = known_rows(member_id)
        place = branches.place(member_id, today)
        wanted = recount(ledger.entries_after(member_id, 0), place)
        for item_id in sorted({*stored, *wanted}):
            if stored.get(item_id) != wanted.get(item_id):
                yield Difference(
                    "status", member_id, item_id, str(stored.get(item_id)), str(wanted.get(item_id))
                )


def _members(today: date) -> Iterator[str]:
    """Everybody at home somewhere, and everybody who has status rows or was folded."""
    seen = set()
    after = ""
    while batch := branches.homes(today, after, _BATCH):
        seen.update(batch)
        yield from batch
        after = batch[-1]
    for table in (_status, table_of(CoverageMark)):
        for row in db.session.execute(select(table.c.member_id).distinct()).all():
            if row[0] not in seen:
                seen.add(row[0])
                yield row[0]


def _counts_against_rows() -> Iterator[Difference]:
    sums: dict[tuple[str, str], list[int]] = {}
    order = list(STATES)
    grouped = select(_status.c.branch_id, _status.c.item_id, _status.c.state, func.count()).group_by(
        _status.c.branch_id, _status.c.item_id, _status.c.state
    )
    for branch_id, item_id, state, number in db.session.execute(grouped):
        sums.setdefault((branch_id, item_id), [0] * len(order))[order.index(state)] = number
    wanted = spread(sums, branches.paths({branch for branch, _ in sums}))
    stored = _stored(order)
    for key in sorted({*wanted, *stored}):
        mine, theirs = stored.get(key, [0] * len(order)), wanted.get(key, [0] * len(order))
        if mine != theirs:
            yield Difference(
                "count", f"{key[0]}/{key[1]}", key[2], _words(order, mine), _words(order, theirs)
            )


def _stored(order: list[str]) -> dict[tuple[str, str, str], list[int]]:
    """The roll-ups, with what still waits in deltas added as the job would add it."""
    counted = [_rollup.c[name] for name in order]
    found: dict[tuple[str, str, str], list[int]] = {
        (row[0], row[1], row[2]): list(row[3:])
        for row in db.session.execute(
            select(_rollup.c.parent_id, _rollup.c.branch_id, _rollup.c.item_id, *counted)
        )
    }
    waiting: dict[tuple[str, str], list[int]] = {}
    totals = [func.sum(_delta.c[name]) for name in order]
    grouped = select(_delta.c.branch_id, _delta.c.item_id, *totals).group_by(
        _delta.c.branch_id, _delta.c.item_id
    )
    for row in db.session.execute(grouped):
        waiting[row[0], row[1]] = [int(number) for number in row[2:]]
    for key, counts in spread(waiting, branches.paths({branch for branch, _ in waiting})).items():
        old = found.get(key, [0] * len(order))
        found[key] = [a + b for a, b in zip(old, counts, strict=True)]
    return found


def _words(order: list[str], counts: list[int]) -> str:
    return " ".join(f"{name}={number}" for name, number in zip(order, counts, strict=True))
