"""Study hours: how one's own are counted, and the rules that a committee adopts."""

from learnapp.web.hours import own, settings
from learnapp.web.hours.blueprint import bp

__all__ = ["bp", "own", "settings"]
