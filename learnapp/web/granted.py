"""Waivers, equivalences and who decided about an entry, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import gettext

from learnapp import accounts, audit, catalogue, declarations, ledger, plans
from learnapp.errors import NotFound
from learnapp.web.doors import in_language
from learnapp.web.filters import hundredths

BASES = {**declarations.WAIVER, **declarations.EQUIVALENCE}


@dataclass(frozen=True)
class Decided:
    """Who decided, and in which words of their own; both may be empty."""

    who: str
    words: str


def day_words(day: date) -> str:
    """A day in words with its year."""
    written: str = current_app.jinja_env.filters["day"](day, year=True)
    return written


def thing_title(thing: str) -> str:
    """The title that a course or quiz has now, in the language of the request."""
    kind, _, slug = thing.partition("/")
    try:
        found: catalogue.Course | catalogue.Quiz = (
            catalogue.course(slug) if kind == "course" else catalogue.quiz(slug)
        )
    except NotFound:
        return slug
    return in_language(found.title, found.title_en)


def basis_words(code: str) -> str:
    """On what a decision rests."""
    return str(gettext(BASES[code].words)) if code in BASES else code


def until_words(until: str) -> str:
    """How long a waiver holds."""
    if not until:
        return str(gettext("for good"))
    return str(gettext("for what falls due up to %(day)s", day=day_words(date.fromisoformat(until))))


def done_words(on: str, days: int) -> str:
    """When something was done elsewhere."""
    day = day_words(date.fromisoformat(on))
    if days == 1:
        return str(gettext("done on %(day)s", day=day))
    return str(gettext("%(num)s days up to %(day)s", num=days, day=day))


def told(event: ledger.Event) -> tuple[str, str]:
    """A sentence and a note about a waiver or an equivalence; empty about anything else."""
    if isinstance(event, ledger.Waived):
        parts = [basis_words(event.basis), until_words(event.until)]
        return gettext("“%(title)s” was waived", title=thing_title(event.thing)), " · ".join(parts)
    if not isinstance(event, ledger.EquivalenceGranted):
        return "", ""
    parts = [basis_words(event.basis), done_words(event.on, event.days)]
    if event.hours:
        hours = gettext("%(hours)s study hours", hours=hundredths(event.hours))
        parts += [hours, gettext(plans.MODES[event.mode])]
    text = gettext("Something else was accepted in place of “%(title)s”", title=thing_title(event.thing))
    return text, " · ".join(parts)


def decided(entries: Iterable[ledger.Entry], member_id: str) -> dict[int, Decided]:
    """By seq, who decided and why in their own words, for entries of a member that another person made: waivers,
    equivalences and voidings. Asks nothing where there are none."""
    kinds = (ledger.Waived.kind, ledger.EquivalenceGranted.kind, ledger.Voided.kind)
    found = [entry for entry in entries if entry.kind in kinds and entry.recorder != member_id]
    if not found:
        return {}
    names = accounts.names({entry.recorder for entry in found})
    return {
        entry.seq: Decided(
            gettext("the system")
            if entry.recorder == audit.INSTALLATION
            else names.get(entry.recorder, gettext("unknown")),
            ledger.note_text(member_id, held) if (held := entry.data.get("note", "")) else "",
        )
        for entry in found
    }
