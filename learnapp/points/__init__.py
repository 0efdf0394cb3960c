"""What the ledger is worth in a period, line by line."""

from learnapp.points.models import Period, PointsLine, PointsMark, RuleSet, Standing

__all__ = ["Period", "PointsLine", "PointsMark", "RuleSet", "Standing"]
