"""What is due from whom by when, and the study-hour rules.

A plan assigns courses and quizzes to a unit and everything below it, for some member classes, with a first
and a last day. Study rules are data: a text named by its hash says how minutes become hours and how many
are expected of whom. A committee adopts a text from a day on; the nearest unit above a member decides.
"""

from learnapp.plans.adopted import (
    Decision,
    Duty,
    adopt,
    decisions,
    duty_of,
    hash_of_member,
    known_rules,
    rules_for,
    rules_of,
    rules_of_hash,
    rules_of_version,
)
from learnapp.plans.models import Plan, PlanItem
from learnapp.plans.parsing import amount, parse_study_rules, write_study_rules
from learnapp.plans.queries import DueItem, assigned, due_for, everything
from learnapp.plans.rules import (
    ITEM_KINDS,
    MEASURES,
    MODES,
    ORGANISED,
    Bracket,
    HourRule,
    StudyRules,
    Target,
    Use,
    credit,
    in_force,
    targets_for,
    within_day,
    worth,
)
from learnapp.plans.service import assign
from learnapp.plans.shipped import EXAMPLES, hour_rule, shipped, study_rules

__all__ = [
    "EXAMPLES",
    "ITEM_KINDS",
    "MEASURES",
    "MODES",
    "ORGANISED",
    "Bracket",
    "Decision",
    "DueItem",
    "Duty",
    "HourRule",
    "Plan",
    "PlanItem",
    "StudyRules",
    "Target",
    "Use",
    "adopt",
    "amount",
    "assign",
    "assigned",
    "credit",
    "decisions",
    "due_for",
    "duty_of",
    "everything",
    "hash_of_member",
    "hour_rule",
    "in_force",
    "known_rules",
    "parse_study_rules",
    "rules_for",
    "rules_of",
    "rules_of_hash",
    "rules_of_version",
    "shipped",
    "study_rules",
    "targets_for",
    "within_day",
    "worth",
    "write_study_rules",
]
