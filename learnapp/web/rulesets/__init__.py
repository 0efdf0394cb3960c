"""Rule sets of points: written as rows of a form, tried over a past period, adopted, and their history."""

from learnapp.web.rulesets import drafts, rows, runs, units, versions
from learnapp.web.rulesets.blueprint import bp

__all__ = ["bp", "drafts", "rows", "runs", "units", "versions"]
