"""Timed quizzes: the server draws, freezes, keeps the clock and loses nothing.

Promises: however often and at once an attempt is started, one comes of it; every act that was acknowledged
is stored; submitting twice is submitting once; an attempt that the clock ends has one result, whoever finds
it. No key, no explanation and no undrawn question leaves this room for an attempt that is open.
"""

from learnapp.quiz import faults, regrade
from learnapp.quiz.analysis import Analysed, Report, Run, doubtful, option_texts, report, runs
from learnapp.quiz.choices import LEAST, Choices, Count, Finding
from learnapp.quiz.journal import NewAct, form_fields, page_fields, read_batch
from learnapp.quiz.marks import Marks
from learnapp.quiz.marks_file import MarksFile, decode, read_marks
from learnapp.quiz.mistakes import Mistake, mistakes
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
from learnapp.quiz.statistics import REASONS, SOURCE, Item, Whole, items, whole

__all__ = [
    "GRACE",
    "LEAST",
    "REASONS",
    "SOURCE",
    "Act",
    "Analysed",
    "Attempt",
    "AttemptInfo",
    "Choices",
    "Count",
    "Ended",
    "Finding",
    "Frozen",
    "Item",
    "Marks",
    "MarksFile",
    "Mistake",
    "NewAct",
    "Outcome",
    "Report",
    "Result",
    "Run",
    "Saved",
    "Sheet",
    "Started",
    "Tap",
    "Whole",
    "attempt",
    "attempts",
    "attempts_left",
    "bank",
    "close",
    "decode",
    "doubtful",
    "expired",
    "faults",
    "form_fields",
    "items",
    "latest",
    "mistakes",
    "needed",
    "option_texts",
    "overdue",
    "page_fields",
    "read_batch",
    "read_marks",
    "regrade",
    "remaining_ms",
    "report",
    "result",
    "runs",
    "save",
    "save_form",
    "scores",
    "start",
    "submit",
    "taps",
    "whole",
    "winners",
]
