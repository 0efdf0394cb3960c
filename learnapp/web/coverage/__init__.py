"""Coverage: how far a unit has come, in a sentence, a bar, and the units or names behind it."""

from learnapp.web.coverage.pages import bp

__all__ = ["bp"]
