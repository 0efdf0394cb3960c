"""Working days, grades and digests: what is true about an assessment, whoever asks. Pure."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from learnapp.errors import N_, Invalid

POSTING_DAYS = (3, 5, 7)
"""For how many working days a posting may hang."""

REPLY_DAYS = 5
"""An objection is answered within as many working days."""

NOT_GRADED = "not-graded"
"""What a meeting decides for whoever is given no grade this time, without saying why."""

OUTCOMES: Mapping[str, str] = {
    "upheld": N_("Upheld"),
    "partly": N_("Upheld in part"),
    "rejected": N_("Not upheld"),
}

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holiday:
    """A holiday with its first and last day."""

    title: str
    title_en: str
    first: date
    last: date


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. In a year that is not among `years` only weekends are off."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]

    def works_on(self, day: date) -> bool:
        """Whether the day is a working day: make-up days are, holidays and weekends are not."""
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def last_day(self, start: date, days: int) -> date:
        """The last of `days` working days that follow `start`; the day of the start itself does not count."""
        if days < 1:
            raise ValueError("at least one working day")
        day, left = start, days
        while left:
            day += _DAY
            left -= self.works_on(day)
        return day

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie behind `after`, up to `until` and that day included."""
        found, day = 0, after
        while day < until:
            day += _DAY
            found += self.works_on(day)
        return found

    def unknown(self, first: date, last: date) -> tuple[int, ...]:
        """The years between these days about which nothing is known beyond weekends."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.years)


def calendar(texts: Iterable[str]) -> Calendar:
    """A calendar of the TOML files of its years. Raises Invalid with what is wrong in one of them."""
    off: set[date] = set()
    work: set[date] = set()
    years: set[int] = set()
    for text in texts:
        year, holidays, worked = _year(text)
        years.add(year)
        work |= set(worked)
        for one in holidays:
            off |= {one.first + _DAY * step for step in range((one.last - one.first).days + 1)}
    return Calendar(frozenset(off - work), frozenset(work), frozenset(years))


def _year(text: str) -> tuple[int, list[Holiday], list[date]]:
    try:
        data = tomllib.loads(text)
        year, worked = int(data["year"]), list(data.get("work", []))
        holidays = [
            Holiday(str(one["title"]), str(one.get("title_en", "")), one["first"], one["last"])
            for one in data.get("holiday", [])
        ]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("calendar", N_("This calendar cannot be read: %(error)s"), error=str(error)) from None
    days = [*worked, *(day for one in holidays for day in (one.first, one.last))]
    if any(type(day) is not date or day.year != year for day in days):
        raise Invalid("calendar-days", N_("The calendar of %(year)s holds days of another year."), year=year)
    if any(one.last < one.first for one in holidays):
        raise Invalid("calendar-holiday", N_("A holiday in %(year)s ends before it begins."), year=year)
    return year, holidays, worked


def over_share(grades: Collection[str], grade: str, share_at_most: Fraction | None) -> tuple[int, int] | None:
    """How many hold the grade and how many at most should, where that is passed; None where it is not.

    `share_at_most` is a part of all that are graded; whoever is not graded does not count among them. It is a
    warning; nothing is refused because of it.
    """
    if share_at_most is None:
        return None
    graded = [one for one in grades if one and one != NOT_GRADED]
    most = int(len(graded) * share_at_most)
    held = sum(one == grade for one in graded)
    return (held, most) if held > most else None


def period_digest(members: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over one line `<member> <digest>` a member, in the order of the ids: what a closed period holds."""
    digest = hashlib.sha256()
    for member_id, of_lines in sorted(members):
        digest.update(f"{member_id} {of_lines}\n".encode())
    return digest.hexdigest()
