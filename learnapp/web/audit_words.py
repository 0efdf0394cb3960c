"""Rows of the security log in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from flask_babel import gettext, ngettext

from learnapp import accounts, audit, branches, guard
from learnapp.errors import N_

_CODES = {"invite": N_("an invitation"), "reset": N_("for a lost password")}


@dataclass(frozen=True)
class Line:
    """One row: when, what, about whom, by whom (empty where nobody knows), and what else is known."""

    at: datetime
    action: str
    person: str
    by_self: bool
    who: str
    detail: str
    address: str


def lines(events: Sequence[audit.Event]) -> list[Line]:
    """The rows in the language of the request, with the names of people and units looked up together."""
    people = accounts.names({event.member_id for event in events} | {event.actor_id for event in events})
    ids = {event.subject.removeprefix("branch/") for event in events if event.subject.startswith("branch/")}
    units = {unit.id: unit.name for unit in branches.units(ids)} if ids else {}
    return [
        Line(
            at=event.at,
            action=gettext(audit.ACTIONS[event.action]),
            person=people.get(event.member_id, ""),
            by_self=event.actor_id == event.member_id,
            who=_who(event, people),
            detail=_detail(event, units),
            address=event.address,
        )
        for event in events
    ]


def _who(event: audit.Event, people: dict[str, str]) -> str:
    if not event.actor_id:
        return ""
    if event.actor_id == event.member_id:
        return str(gettext("by the same person"))
    if event.actor_id == audit.INSTALLATION:
        return str(gettext("by the system"))
    return str(gettext("by %(name)s", name=people.get(event.actor_id, gettext("unknown"))))


def _detail(event: audit.Event, units: dict[str, str]) -> str:
    parts = []
    if "role" in event.detail:
        role = str(event.detail["role"])
        parts.append(gettext(guard.ROLE_WORDS.get(role, role)))
    if event.subject:
        parts.append(units.get(event.subject.removeprefix("branch/"), event.subject))
    if "on" in event.detail:
        day = current_app.jinja_env.filters["day"](date.fromisoformat(str(event.detail["on"])), year=True)
        parts.append(gettext("from %(day)s on", day=day))
    if "kind" in event.detail:
        kind = str(event.detail["kind"])
        parts.append(gettext(_CODES.get(kind, kind)))
    if "minutes" in event.detail:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", int(event.detail["minutes"])))
    return " · ".join(parts)
