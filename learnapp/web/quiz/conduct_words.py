"""What was set for a clock, in words, for those who run a quiz."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext, ngettext

from learnapp import accounts, branches
from learnapp.errors import N_
from learnapp.quiz.conducting import Setting

_KINDS: Mapping[str, str] = {
    "pause": N_("Paused"),
    "resume": N_("Goes on"),
    "reopen": N_("Opened again"),
    "override": N_("Own times"),
}
_TIMES = (N_("Opens"), N_("Due"), N_("Closes"))


@dataclass(frozen=True)
class Said:
    """One thing that was set: what, why, by whom and when, for which unit (empty: for one person)."""

    what: str
    reason: str
    who: str
    at: datetime
    unit: str


@dataclass(frozen=True)
class Row:
    """A person or a unit below, with how they stand to the quiz in words."""

    href: str
    name: str
    note: str
    side: str


def said(settings: Iterable[Setting]) -> list[Said]:
    """The settings in words. Two statements, however many there are."""
    found = list(settings)
    names = accounts.names({one.set_by for one in found})
    units = {one.id: one.name for one in branches.units({one.branch_id for one in found})}
    return [
        Said(what(one), one.reason, names.get(one.set_by, ""), one.set_at, units.get(one.branch_id, ""))
        for one in found
    ]


def what(one: Setting) -> str:
    """What was set, in a few words."""
    if one.kind == "extend":
        return str(ngettext("%(num)s minute more", "%(num)s minutes more", one.minutes or 0))
    parts = [str(gettext(_KINDS[one.kind]))]
    if one.minutes:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", one.minutes))
    if one.attempts:
        parts.append(ngettext("%(num)s attempt more", "%(num)s attempts more", one.attempts))
    moment = current_app.jinja_env.filters["moment"]
    for name, at in zip(_TIMES, (one.opens_at, one.due_at, one.closes_at), strict=True):
        if at is not None:
            parts.append(f"{gettext(name)} {moment(at)}")
    return " · ".join(parts)


def paused(settings: Iterable[Setting], branch_id: str) -> bool:
    """Whether a pause for exactly this unit (or this person, with an empty id) is in force."""
    found = [one.kind for one in settings if one.branch_id == branch_id and one.kind in ("pause", "resume")]
    return bool(found) and found[0] == "pause"
