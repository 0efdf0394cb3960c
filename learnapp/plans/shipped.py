"""The study rules that come with the product: those in force where no committee adopted others, examples of
other lengths of the hour, and those of earlier versions, under which hours were credited."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from learnapp.plans.parsing import parse_study_rules
from learnapp.plans.rules import HourRule, StudyRules

_FOLDER = Path(__file__).parent / "data"
_IN_FORCE = "hours-45"
# In the order in which they are offered.
EXAMPLES = ("hours-45", "hours-30", "hours-60")


@cache
def shipped() -> dict[str, StudyRules]:
    """Every text that was ever shipped, by name."""
    return {
        path.stem: parse_study_rules(path.read_text(encoding="utf-8"))
        for path in sorted(_FOLDER.glob("*.toml"))
    }


def study_rules() -> StudyRules:
    """The rules in force where no committee has adopted others."""
    return shipped()[_IN_FORCE]


def hour_rule() -> HourRule:
    """How minutes become study hours there."""
    return study_rules().hour
