"""The study rules that come with the product."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from learnapp.plans.rules import HourRule, StudyRules, Target, parse_study_rules, targets_for

_FILE = Path(__file__).parent / "data" / "study-hours-2026.toml"


@cache
def study_rules() -> StudyRules:
    """The rules in force, read once."""
    return parse_study_rules(_FILE.read_text(encoding="utf-8"))


def hour_rule() -> HourRule:
    """How minutes become study hours."""
    return study_rules().hour


def targets(post: str | None, member_class: str) -> tuple[Target, ...]:
    """The yearly targets of somebody with this post and class, at most one a measure; none for applicants."""
    return targets_for(study_rules().targets, post, member_class)
