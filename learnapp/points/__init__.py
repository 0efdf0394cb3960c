"""What the ledger is worth in a period, line by line.

A rule set is data: it is parsed with all its problems collected, refused when it pays for anything but proof,
and frozen by hash in a period. `evaluate` is pure: the same entries give the same lines in any order. `fold`
writes them for one member and is called by `follow` only; what can be asked is the total, its lines, and the
totals of a branch in name order. There is no ranking.
"""

from learnapp.points.models import Period, PointsLine, PointsMark, RuleSet, Standing
from learnapp.points.parsing import PAYABLE, Parsed, Payable, parse
from learnapp.points.periods import (
    PeriodInfo,
    adopt,
    assessed_from,
    current,
    open_period,
    periods_for,
    shipped,
)
from learnapp.points.queries import Total, branch_totals, lines, stored, total, untouched, with_bonus
from learnapp.points.refusals import REFUSALS
from learnapp.points.rules import (
    REASONS,
    Category,
    Evaluation,
    Line,
    Rule,
    Span,
    cap_of,
    evaluate,
)
from learnapp.points.service import fold, forget

__all__ = [
    "PAYABLE",
    "REASONS",
    "REFUSALS",
    "Category",
    "Evaluation",
    "Line",
    "Parsed",
    "Payable",
    "Period",
    "PeriodInfo",
    "PointsLine",
    "PointsMark",
    "Rule",
    "RuleSet",
    "Span",
    "Standing",
    "Total",
    "adopt",
    "assessed_from",
    "branch_totals",
    "cap_of",
    "current",
    "evaluate",
    "fold",
    "forget",
    "lines",
    "open_period",
    "parse",
    "periods_for",
    "shipped",
    "stored",
    "total",
    "untouched",
    "with_bonus",
]
