"""Reading modules: sections completed by an explicit act, a check at the end, credit in study hours.

What is completed stays completed, under the version it was completed in; a newer version never reopens it.
No seconds are kept. Every completion becomes an entry of the ledger in the same transaction.
"""

from learnapp.study.check import Graded, present, read_form, right_answers, seed
from learnapp.study.handover import Completion, completed, give_back, take_over
from learnapp.study.models import StudyProgress
from learnapp.study.queries import Standing, standing, standings
from learnapp.study.reopening import reopen
from learnapp.study.rules import NOTHING, Progress, check_open, missing_sections
from learnapp.study.service import Outcome, answer_check, complete_section

__all__ = [
    "NOTHING",
    "Completion",
    "Graded",
    "Outcome",
    "Progress",
    "Standing",
    "StudyProgress",
    "answer_check",
    "check_open",
    "complete_section",
    "completed",
    "give_back",
    "missing_sections",
    "present",
    "read_form",
    "reopen",
    "right_answers",
    "seed",
    "standing",
    "standings",
    "take_over",
]
