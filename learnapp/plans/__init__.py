"""What is due from whom by when, and the study-hour rules.

A plan assigns courses and quizzes to a unit and everything below it, for some member classes, with a first
and a last day. Study rules are data: a file named by its hash says how minutes become hours and how many
are expected in a year.
"""

from learnapp.plans.models import Plan, PlanItem
from learnapp.plans.queries import DueItem, assigned, due_for, everything
from learnapp.plans.rules import (
    ITEM_KINDS,
    MODES,
    ORGANISED,
    HourRule,
    StudyRules,
    Target,
    credit,
)
from learnapp.plans.service import assign
from learnapp.plans.shipped import hour_rule, study_rules, targets

__all__ = [
    "ITEM_KINDS",
    "MODES",
    "ORGANISED",
    "DueItem",
    "HourRule",
    "Plan",
    "PlanItem",
    "StudyRules",
    "Target",
    "assign",
    "assigned",
    "credit",
    "due_for",
    "everything",
    "hour_rule",
    "study_rules",
    "targets",
]
