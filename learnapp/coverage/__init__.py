"""How far a branch has come with what is due.

Truth is one status row per member and plan item, made from ledger, membership and plans alone. Each change
of a row leaves a delta in the same transaction; one job takes the deltas into counts for every ancestor, so
that a parent is the sum of its children and a page reads one unit's rows. "Overdue" is computed when read.
Small units are hidden above the branch, and enough others with them that nothing can be had by subtraction.
"""

from learnapp.coverage.check import Difference, check
from learnapp.coverage.models import (
    CoverageClock,
    CoverageDelta,
    CoverageMark,
    CoverageRollup,
    CoverageStatus,
)
from learnapp.coverage.queries import Table, as_of, concealed, count, people, states, tables
from learnapp.coverage.rules import SMALL, STATES, Counts, hidden, person_state, small, tally, total
from learnapp.coverage.service import fold, forget, known_rows, roll_up, waiting

__all__ = [
    "SMALL",
    "STATES",
    "Counts",
    "CoverageClock",
    "CoverageDelta",
    "CoverageMark",
    "CoverageRollup",
    "CoverageStatus",
    "Difference",
    "Table",
    "as_of",
    "check",
    "concealed",
    "count",
    "fold",
    "forget",
    "hidden",
    "known_rows",
    "people",
    "person_state",
    "roll_up",
    "small",
    "states",
    "tables",
    "tally",
    "total",
    "waiting",
]
