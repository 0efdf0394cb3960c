"""Timed quizzes: the server draws, freezes, keeps the clock and loses nothing.

Promises: however often and at once an attempt is started, one comes of it; every act that was acknowledged
is stored; submitting twice is submitting once; an attempt that the clock ends has one result, whoever finds
it. No key, no explanation and no undrawn question leaves this room for an attempt that is open.
"""

from learnapp.quiz import (
    appeals,
    clocks,
    conducting,
    faults,
    lateness,
    leaves,
    marking,
    measures,
    phases,
    regrade,
    rehearsal,
    reviewing,
)
from learnapp.quiz.analysis import Analysed, Report, Run, doubtful, option_texts, report, runs
from learnapp.quiz.choices import LEAST, Choices, Count, Finding
from learnapp.quiz.facility import due as facilities_due
from learnapp.quiz.facility import keep as keep_facility
from learnapp.quiz.facility import measure as measure_facility
from learnapp.quiz.facility_models import QuizFacility
from learnapp.quiz.inventory import Entry, Inventory, Taken, Use, inventory
from learnapp.quiz.journal import NewAct, form_fields, page_fields, read_batch
from learnapp.quiz.keys import held_keys
from learnapp.quiz.marks import Marks
from learnapp.quiz.marks_file import MarksFile, decode, read_marks
from learnapp.quiz.mistakes import Mistake, mistakes
from learnapp.quiz.models import Act, Attempt
from learnapp.quiz.queries import AttemptInfo, Frozen, attempt, attempts, bank, expired, glance, taps
from learnapp.quiz.retiring import check_kept
from learnapp.quiz.rules import (
    SECTION,
    Result,
    Sheet,
    Tap,
    entered,
    latest,
    needed,
    result,
    scores,
    sections,
    winners,
)
from learnapp.quiz.service import Ended, Outcome, Saved, close, save, save_form, submit
from learnapp.quiz.starting import Standing, Started, may_practise, refusal, standing, start
from learnapp.quiz.statistics import REASONS, SOURCE, Item, Whole, items, whole
from learnapp.quiz.timing import GRACE, Clock, Move, Terms, Verdict, Window, attempts_left

__all__ = [
    "GRACE",
    "LEAST",
    "REASONS",
    "SECTION",
    "SOURCE",
    "Act",
    "Analysed",
    "Attempt",
    "AttemptInfo",
    "Choices",
    "Clock",
    "Count",
    "Ended",
    "Entry",
    "Finding",
    "Frozen",
    "Inventory",
    "Item",
    "Marks",
    "MarksFile",
    "Mistake",
    "Move",
    "NewAct",
    "Outcome",
    "QuizFacility",
    "Report",
    "Result",
    "Run",
    "Saved",
    "Sheet",
    "Standing",
    "Started",
    "Taken",
    "Tap",
    "Terms",
    "Use",
    "Verdict",
    "Whole",
    "Window",
    "appeals",
    "attempt",
    "attempts",
    "attempts_left",
    "bank",
    "check_kept",
    "clocks",
    "close",
    "conducting",
    "decode",
    "doubtful",
    "entered",
    "expired",
    "facilities_due",
    "faults",
    "form_fields",
    "glance",
    "held_keys",
    "inventory",
    "items",
    "keep_facility",
    "lateness",
    "latest",
    "leaves",
    "marking",
    "may_practise",
    "measure_facility",
    "measures",
    "mistakes",
    "needed",
    "option_texts",
    "page_fields",
    "phases",
    "read_batch",
    "read_marks",
    "refusal",
    "regrade",
    "rehearsal",
    "report",
    "result",
    "reviewing",
    "runs",
    "save",
    "save_form",
    "scores",
    "sections",
    "standing",
    "start",
    "submit",
    "taps",
    "whole",
    "winners",
]
