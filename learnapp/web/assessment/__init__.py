"""Pages of assessment periods: the committee's way from planned to closed, a branch's posting and grades, what is
posted for a member and their objection, and deciding about objections."""

from learnapp.web.assessment import (
    amending,
    branch,
    closing,
    export,
    grades,
    mine,
    periods,
    recognition,
    review,
    summary,
)
from learnapp.web.assessment.blueprint import bp

__all__ = [
    "amending",
    "bp",
    "branch",
    "closing",
    "export",
    "grades",
    "mine",
    "periods",
    "recognition",
    "review",
    "summary",
]
