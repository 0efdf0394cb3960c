"""What the ledger is worth in a period, line by line.

A rule set is data: it is parsed with all its problems collected, refused when it pays for anything but proof,
and frozen by hash in a period. `evaluate` is pure: the same entries give the same lines in any order. `fold`
writes them for one member and is called by `follow` only; what can be asked is the total, its lines, and the
totals of a branch in name order. There is no ranking.
"""

from learnapp.points.adjusting import CAUSES
from learnapp.points.closing import digest_of, freeze, frozen, lines_digest, recheck
from learnapp.points.engine_2 import evaluate
from learnapp.points.engines import ENGINE, ENGINES
from learnapp.points.lifecycle import (
    PEOPLE,
    STATES,
    amend_period,
    begin_closing,
    change_plan,
    finish_closing,
    open_period,
    open_planned,
    plan_period,
    post_period,
)
from learnapp.points.models import (
    Period,
    PointsAdjustment,
    PointsFrozen,
    PointsLine,
    PointsMark,
    RuleSet,
    Standing,
)
from learnapp.points.parsing import PAYABLE, Parsed, parse
from learnapp.points.periods import (
    PeriodInfo,
    adopt,
    assessed_from,
    current,
    every_period,
    next_period,
    period,
    periods_for,
    rules_of,
    shipped,
    source_of,
)
from learnapp.points.queries import (
    Adjusted,
    Total,
    acts,
    adjustments,
    branch_totals,
    lines,
    stored,
    total,
    untouched,
    with_bonus,
)
from learnapp.points.reading import Payable
from learnapp.points.refusals import REFUSALS
from learnapp.points.rules import (
    REASONS,
    Act,
    Category,
    Evaluation,
    Grade,
    Line,
    MemberClass,
    Rule,
    Span,
    acts_in,
    cap_of,
    suggested,
)
from learnapp.points.service import fold, forget
from learnapp.points.situation import Frozen

__all__ = [
    "CAUSES",
    "ENGINE",
    "ENGINES",
    "PAYABLE",
    "PEOPLE",
    "REASONS",
    "REFUSALS",
    "STATES",
    "Act",
    "Adjusted",
    "Category",
    "Evaluation",
    "Frozen",
    "Grade",
    "Line",
    "MemberClass",
    "Parsed",
    "Payable",
    "Period",
    "PeriodInfo",
    "PointsAdjustment",
    "PointsFrozen",
    "PointsLine",
    "PointsMark",
    "Rule",
    "RuleSet",
    "Span",
    "Standing",
    "Total",
    "acts",
    "acts_in",
    "adjustments",
    "adopt",
    "amend_period",
    "assessed_from",
    "begin_closing",
    "branch_totals",
    "cap_of",
    "change_plan",
    "current",
    "digest_of",
    "evaluate",
    "every_period",
    "finish_closing",
    "fold",
    "forget",
    "freeze",
    "frozen",
    "lines",
    "lines_digest",
    "next_period",
    "open_period",
    "open_planned",
    "parse",
    "period",
    "periods_for",
    "plan_period",
    "post_period",
    "recheck",
    "rules_of",
    "shipped",
    "source_of",
    "stored",
    "suggested",
    "total",
    "untouched",
    "with_bonus",
]
