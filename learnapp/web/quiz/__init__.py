"""The pages of timed quizzes, and the one address that a running page's script talks to."""

from learnapp.web.quiz import acts, appeals, marking, pages, running, statistics
from learnapp.web.quiz.blueprint import bp

__all__ = ["acts", "appeals", "bp", "marking", "pages", "running", "statistics"]
