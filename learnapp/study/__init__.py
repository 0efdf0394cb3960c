"""Reading modules: sections completed by an explicit act, a check at the end, credit in study hours."""

from learnapp.study.models import StudyProgress

__all__ = ["StudyProgress"]
