"""Asking how far a unit has come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from sqlalchemy import bindparam, select

from learnapp.coverage.models import CoverageClock, CoverageRollup, CoverageStatus
from learnapp.coverage.rules import Counts, hidden, small, total
from learnapp.db import db, table_of

_status, _rollup, _clock = table_of(CoverageStatus), table_of(CoverageRollup), table_of(CoverageClock)

_STATES = select(_status.c.item_id, _status.c.state).where(_status.c.member_id == bindparam("member_id"))
_PEOPLE = select(_status.c.member_id, _status.c.item_id, _status.c.state).where(
    _status.c.branch_id == bindparam("branch_id")
)
_BELOW = select(
    _rollup.c.parent_id,
    _rollup.c.branch_id,
    _rollup.c.item_id,
    _rollup.c.open,
    _rollup.c.under,
    _rollup.c.done,
    _rollup.c.out,
).where(_rollup.c.parent_id.in_(bindparam("parents", expanding=True)))


@dataclass(frozen=True)
class Table:
    """The counts of one unit: by child and item; its own members stand under the unit's own id."""

    unit_id: str
    cells: Mapping[tuple[str, str], Counts] = field(default_factory=dict)

    def cell(self, child_id: str, item_id: str) -> Counts:
        """The counts of one child in one item."""
        return self.cells.get((child_id, item_id), Counts())

    def of(self, items: Collection[str], child_id: str | None = None) -> Counts:
        """The counts in these items together, of one child or (None) of the whole unit."""
        return total(
            counts
            for (child, item), counts in self.cells.items()
            if item in items and child_id in (None, child)
        )

    def items(self) -> frozenset[str]:
        """The items in which the unit has counted anybody."""
        return frozenset(item for _, item in self.cells)

    def hidden(self, item_id: str) -> frozenset[str]:
        """The children (the unit's own members among them) whose figures in an item only a branch may see."""
        return hidden({child: counts.due for (child, item), counts in self.cells.items() if item == item_id})


def concealed(path: Sequence[str], found: Mapping[str, Table], item_id: str) -> bool:
    """Whether a unit's figures in an item are hidden from whoever is not of that branch: because it, or a unit
    above it, is hidden in the table of its parent. `path` goes from the unit up to the root, `found` has the
    tables of all of them."""
    if small(found[path[-1]].of([item_id]).due):
        return True
    return any(child in found[parent].hidden(item_id) for child, parent in pairwise(path))


def states(member_id: str) -> dict[str, str]:
    """The member's state in each item that concerns them, by item id."""
    return {row[0]: row[1] for row in db.session.execute(_STATES, {"member_id": member_id})}


def people(branch_id: str) -> dict[str, dict[str, str]]:
    """The states of everybody at home in this very unit: by member id, then by item id."""
    found: dict[str, dict[str, str]] = {}
    for row in db.session.execute(_PEOPLE, {"branch_id": branch_id}):
        found.setdefault(row[0], {})[row[1]] = row[2]
    return found


def tables(unit_ids: Collection[str]) -> dict[str, Table]:
    """The counts of these units, in one query."""
    cells: dict[str, dict[tuple[str, str], Counts]] = {unit_id: {} for unit_id in unit_ids}
    for row in db.session.execute(_BELOW, {"parents": sorted(unit_ids)}):
        cells[row[0]][row[1], row[2]] = Counts(*row[3:])
    return {unit_id: Table(unit_id, found) for unit_id, found in cells.items()}


def count(unit_id: str) -> Table:
    """The counts of one unit as of the roll-up's last start (`as_of`)."""
    return tables([unit_id])[unit_id]


def as_of() -> datetime | None:
    """When the roll-up last started; None before its first time."""
    return db.session.execute(select(_clock.c.as_of)).scalar_one_or_none()
