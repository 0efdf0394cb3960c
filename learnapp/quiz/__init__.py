"""Timed quizzes: the server draws, freezes, keeps the clock and loses nothing."""

from learnapp.quiz.models import Act, Attempt

__all__ = ["Act", "Attempt"]
