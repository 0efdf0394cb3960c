"""What is wrong with a row, in the words of the form instead of those of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from learnapp.errors import N_
from learnapp.points import drafting
from learnapp.web.doors import language
from learnapp.web.rulesets.fields import FIELDS

# What to do about a fault, where the parser speaks of the file.
_REMEDIES: Mapping[str, str] = {
    "amount": N_("Write a number with at most two decimals, such as 3 or 0.5."),
    "share": N_("Write a part such as 1/3 or 0.3."),
    "no-rules": N_("Add at least one rule."),
    "category": N_("Choose a category, or add one first."),
    "veto": N_("Choose that the organisation records it."),
    "deduction": N_("Choose that the organisation records it, or that it adds points."),
    "key": N_("Saving this row leaves it out."),
    "condition": N_("Saving this row leaves it out."),
    "kind": N_("Choose what the rule pays for."),
    "source": N_("Choose what the rule pays for."),
    "people": N_("Choose something else, or change for whom the rule set is."),
    "words": N_("Write a sentence, or a title."),
}


@dataclass(frozen=True)
class Remark:
    """A fault in words: the field it is about, what it is and what to do."""

    field: str
    text: str
    line: int


def remarks(faults: Iterable[drafting.Fault]) -> list[Remark]:
    """Faults in the language of the request."""
    return [Remark(fault.field, _text(fault), fault.problem.line) for fault in faults]


def _text(fault: drafting.Fault) -> str:
    problem = fault.problem
    params = dict(problem.params)
    labels = {field.name: field.label for field in FIELDS[fault.kind]}
    if fault.field in labels and "key" in params:
        params["key"] = gettext(labels[fault.field])
    remedy = _REMEDIES.get(problem.code, problem.remedy)
    if problem.code.startswith("refused-"):
        remedy = N_("It cannot be part of a rule set.")
    between = " " if language() == "en" else ""
    return f"{gettext(problem.message, **params)}{between}{gettext(remedy, **params)}"
