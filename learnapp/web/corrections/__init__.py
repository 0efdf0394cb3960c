"""Correcting a member's record: waiving, accepting something else, voiding an entry and replacing it."""

from learnapp.web.corrections import entries, grants, pages
from learnapp.web.corrections.blueprint import bp

__all__ = ["bp", "entries", "grants", "pages"]
