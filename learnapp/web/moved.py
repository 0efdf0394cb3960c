"""A move from one unit to another in plain words."""

from __future__ import annotations

from datetime import date

from flask import current_app
from flask_babel import gettext

from learnapp import branches, ledger


def moved_words(event: ledger.Moved) -> tuple[str, str]:
    """The sentence, and the note in smaller type."""
    names = {unit.id: unit.name for unit in branches.units({event.from_unit, event.to_unit})}
    here, there = names.get(event.from_unit, "–"), names.get(event.to_unit, "–")
    on: str = current_app.jinja_env.filters["day"](date.fromisoformat(event.on), year=True)
    return (
        str(gettext("Moved from “%(here)s” to “%(there)s”", here=here, there=there)),
        str(gettext("at home there since %(day)s; this ledger goes on as one", day=on)),
    )
