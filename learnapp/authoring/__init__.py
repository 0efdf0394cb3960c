"""From draft to published version."""

from learnapp.authoring.models import Draft

__all__ = ["Draft"]
