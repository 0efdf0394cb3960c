"""What is due from whom by when, and the study-hour rules."""

from learnapp.plans.models import Plan, PlanItem

__all__ = ["Plan", "PlanItem"]
