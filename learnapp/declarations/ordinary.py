"""Which acts that wait are ordinary, and why the others deserve a look. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from learnapp.declarations.rules import Standing
from learnapp.errors import N_

LATE_DAYS = 31
OLD_DAYS = 92
WORRIES = {
    "twice": N_("the same act twice on one day"),
    "limit": N_("more often than the rule allows"),
    "old": N_("the day is far back"),
    "earlier-period": N_("the day lies in an earlier period"),
    "late": N_("entered more than a month after the day"),
    "deduction": N_("takes points away"),
    "veto": N_("rules a grade out"),
    "official": N_("about somebody who confirms here themselves"),
    "file": N_("a file is attached"),
    "no-words": N_("says nothing in words"),
    "same-words": N_("somebody else used the same words"),
    "no-rule": N_("no rule in force knows this act"),
}


@dataclass(frozen=True)
class Terms:
    """What the rules in force say about an act: how often it counts in their period, whether it takes away."""

    limit: int | None
    deducts: bool
    veto: bool
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Seen:
    """An act as somebody sees it who has to decide, or who compares it with others."""

    member_id: str
    standing: Standing
    text: str
    has_file: bool
    official: bool = False


def worries(
    waiting: Sequence[Seen], others: Sequence[Seen], terms: Mapping[str, Terms], today: date
) -> dict[tuple[str, str], tuple[str, ...]]:
    """For each act that waits, by member and id, why it deserves a look, as codes of `WORRIES`; none makes it an
    ordinary one. `others` are acts of the same people or branch that stand or wait, with or without these;
    `terms` are the rules in force today, by act."""
    known = {(one.member_id, one.standing.id): one for one in (*others, *waiting)}
    days = Counter((one.member_id, one.standing.act, one.standing.done_on) for one in known.values())
    words: dict[str, set[str]] = defaultdict(set)
    for one in known.values():
        words[_plain(one.text)].add(one.member_id)
    return {
        (one.member_id, one.standing.id): tuple(
            code
            for code, holds in (
                ("twice", days[one.member_id, one.standing.act, one.standing.done_on] > 1),
                ("official", one.official),
                ("file", one.has_file),
                ("no-words", not _plain(one.text)),
                ("same-words", bool(_plain(one.text)) and len(words[_plain(one.text)]) > 1),
                *_by_days(one.standing, today),
                *_by_rule(one, known.values(), terms.get(one.standing.act)),
            )
            if holds
        )
        for one in waiting
    }


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _by_days(standing: Standing, today: date) -> tuple[tuple[str, bool], ...]:
    # The day of entering is taken in UTC: where a day more or less decides, it deserves a look either way.
    entered = standing.entered_at.date()
    return (
        ("late", entered - standing.done_on > timedelta(days=LATE_DAYS)),
        ("old", today - standing.done_on > timedelta(days=OLD_DAYS)),
    )


def _by_rule(one: Seen, known: Iterable[Seen], terms: Terms | None) -> tuple[tuple[str, bool], ...]:
    if terms is None:
        return (("no-rule", True),)
    return (
        ("earlier-period", one.standing.done_on < terms.starts_on),
        ("deduction", terms.deducts),
        ("veto", terms.veto),
        ("limit", terms.limit is not None and _times(one, known, terms) > terms.limit),
    )


def _times(one: Seen, known: Iterable[Seen], terms: Terms) -> int:
    """How many times the act would count with this one: those before it, by entry, and itself."""
    return sum(
        other.member_id == one.member_id
        and other.standing.act == one.standing.act
        and terms.starts_on <= other.standing.done_on <= terms.ends_on
        and other.standing.seq <= one.standing.seq
        for other in known
    )
