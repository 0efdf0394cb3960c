"""Crediting study hours (学时), and recomputing them.

Whoever records that something was studied asks here what it credits, under the member's lock, and keeps the
answer with the version of the rule in the entry. `hours_of` finds the same from the entries alone.
"""

from learnapp.hours.rules import (
    CREDITED,
    TEST_MODE,
    Difference,
    Tally,
    by_mode,
    counts,
    day_of,
    differences,
    hours_of,
    mode_of,
    on_day,
)
from learnapp.hours.service import NOTHING, Credit, check, for_module, for_test, of_year, on

__all__ = [
    "CREDITED",
    "NOTHING",
    "TEST_MODE",
    "Credit",
    "Difference",
    "Tally",
    "by_mode",
    "check",
    "counts",
    "day_of",
    "differences",
    "for_module",
    "for_test",
    "hours_of",
    "mode_of",
    "of_year",
    "on",
    "on_day",
]
