"""An assessment period from planned to closed: posting, objections, grades, and the closing that stays closed.

What entries are worth is said by `points`; here it is posted to the own branch, objected to, decided by people,
and frozen. What comes after closing is an adjustment in the next period. There is no ranking.
"""

from __future__ import annotations

from learnapp.assessment import amending, closing, grades, objections, planning, recognition
from learnapp.assessment.days import working_calendar
from learnapp.assessment.grades import Decided, Meeting
from learnapp.assessment.models import (
    Amendment,
    ClosedMember,
    Grade,
    Objection,
    PostedLine,
    PostedTotal,
    RecognisedMember,
    RecognitionList,
)
from learnapp.assessment.objections import ObjectionInfo
from learnapp.assessment.posting import (
    PostedAct,
    PostedMember,
    hanging,
    hangs,
    hangs_for,
    post,
    posted_branch,
    posting,
)
from learnapp.assessment.rules import (
    NOT_GRADED,
    OUTCOMES,
    POSTING_DAYS,
    REPLY_DAYS,
    Calendar,
    over_share,
    period_digest,
)

__all__ = [
    "NOT_GRADED",
    "OUTCOMES",
    "POSTING_DAYS",
    "REPLY_DAYS",
    "Amendment",
    "Calendar",
    "ClosedMember",
    "Decided",
    "Grade",
    "Meeting",
    "Objection",
    "ObjectionInfo",
    "PostedAct",
    "PostedLine",
    "PostedMember",
    "PostedTotal",
    "RecognisedMember",
    "RecognitionList",
    "amending",
    "closing",
    "grades",
    "hanging",
    "hangs",
    "hangs_for",
    "objections",
    "over_share",
    "period_digest",
    "planning",
    "post",
    "posted_branch",
    "posting",
    "recognition",
    "working_calendar",
]
