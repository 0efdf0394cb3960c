"""The pages of timed quizzes, and the one address that a running page's script talks to."""

from learnapp.web.quiz import (
    acts,
    appeals,
    bank,
    clock,
    conduct,
    conduct_one,
    faults,
    late,
    leaves,
    marking,
    pages,
    receipts,
    regrade,
    rehearsal,
    review,
    running,
    statistics,
)
from learnapp.web.quiz.blueprint import bp

__all__ = [
    "acts",
    "appeals",
    "bank",
    "bp",
    "clock",
    "conduct",
    "conduct_one",
    "faults",
    "late",
    "leaves",
    "marking",
    "pages",
    "receipts",
    "regrade",
    "rehearsal",
    "review",
    "running",
    "statistics",
]
