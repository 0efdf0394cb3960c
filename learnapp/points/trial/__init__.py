"""Dry runs: who would move, and by how much, if a rule set had been in force in a past period.

`ask` orders one, `work` does it in batches that may be broken off and gone on with, `run` and `moves` say what
came of it. Names are for the doors to join, and only for those who may read them; nothing here is ordered by
amount.
"""

from learnapp.points.trial.batches import BATCH, Batch, Trial, batches, begin, compute, number
from learnapp.points.trial.models import DryRun, DryRunMove
from learnapp.points.trial.rules import BASE, FLOOR, Figures, Move, Sums, compare, rolled_up
from learnapp.points.trial.service import (
    ENDED,
    SILENT,
    Run,
    ask,
    below,
    cancel,
    claim,
    forget,
    keep,
    moves,
    run,
    runs,
    waiting,
    work,
)

__all__ = [
    "BASE",
    "BATCH",
    "ENDED",
    "FLOOR",
    "SILENT",
    "Batch",
    "DryRun",
    "DryRunMove",
    "Figures",
    "Move",
    "Run",
    "Sums",
    "Trial",
    "ask",
    "batches",
    "begin",
    "below",
    "cancel",
    "claim",
    "compare",
    "compute",
    "forget",
    "keep",
    "moves",
    "number",
    "rolled_up",
    "run",
    "runs",
    "waiting",
    "work",
]
