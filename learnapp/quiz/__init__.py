"""Timed quizzes: the server draws, freezes, keeps the clock and loses nothing.

Promises: however often and at once an attempt is started, one comes of it; every act that was acknowledged
is stored; submitting twice is submitting once; an attempt that the clock ends has one result, whoever finds
it. No key, no explanation and no undrawn question leaves this room for an attempt that is open.
"""

from learnapp.quiz.journal import NewAct, form_fields, page_fields, read_batch
from learnapp.quiz.models import Act, Attempt
from learnapp.quiz.queries import AttemptInfo, Frozen, attempt, attempts, bank, expired, taps
from learnapp.quiz.rules import (
    GRACE,
    Result,
    Sheet,
    Tap,
    attempts_left,
    latest,
    needed,
    overdue,
    remaining_ms,
    result,
    scores,
    winners,
)
from learnapp.quiz.service import Ended, Outcome, Saved, Started, close, save, save_form, start, submit

__all__ = [
    "GRACE",
    "Act",
    "Attempt",
    "AttemptInfo",
    "Ended",
    "Frozen",
    "NewAct",
    "Outcome",
    "Result",
    "Saved",
    "Sheet",
    "Started",
    "Tap",
    "attempt",
    "attempts",
    "attempts_left",
    "bank",
    "close",
    "expired",
    "form_fields",
    "latest",
    "needed",
    "overdue",
    "page_fields",
    "read_batch",
    "remaining_ms",
    "result",
    "save",
    "save_form",
    "scores",
    "start",
    "submit",
    "taps",
    "winners",
]
