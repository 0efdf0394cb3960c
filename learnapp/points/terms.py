"""Where somebody was at home during a period, in which class, and when nothing was expected. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from learnapp.points.rules import RuleSet, Span


@dataclass(frozen=True)
class Home:
    """Days at home in a unit of the period's tree, in a class. `valid_to` is the first day after, or None."""

    branch_id: str
    member_class: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Terms:
    """What besides the entries decides about a member's lines in one period: the days on which they belonged to
    it, in order, and the exemptions as (first day, first day after)."""

    homes: tuple[Home, ...]
    exemptions: tuple[tuple[date, date], ...] = ()

    def home_on(self, day: date) -> Home | None:
        """Where the member was at home on a day; None on days that are not of this period's tree."""
        return next((home for home in self.homes if home.holds_on(day)), None)

    def exempt_on(self, day: date) -> bool:
        """Whether nothing was expected on that day."""
        return any(first <= day < after for first, after in self.exemptions)

    def within(self, span: Span) -> tuple[Home, ...]:
        """The homes that share a day with a period."""
        return tuple(
            home
            for home in self.homes
            if home.valid_from <= span.ends_on and (home.valid_to is None or home.valid_to > span.starts_on)
        )


ALWAYS = Terms((Home("", "", date.min, None),))


def base_under(rules: RuleSet, terms: Terms, span: Span) -> int:
    """The base of a member in a period: that of the last class they had in it that is scored; of the last class
    where none was."""
    homes = terms.within(span)
    scored = [home for home in homes if rules.scored(home.member_class)]
    last = (scored or homes)[-1:]
    return rules.base_of(last[0].member_class) if last else rules.base


def overlaid(homes: Iterable[Home], settled: Iterable[Home]) -> tuple[Home, ...]:
    """The homes of a person, with those days replaced that `settled` already says where they were spent: what a
    closing has counted in one unit is not counted again in another one that was entered later."""
    found = list(homes)
    for fixed in settled:
        found = [*(part for home in found for part in _without(home, fixed)), fixed]
    return tuple(sorted(found, key=lambda home: home.valid_from))


def _without(home: Home, taken: Home) -> Iterable[Home]:
    """The parts of a home that lie before and behind the days taken."""
    if home.valid_from < taken.valid_from:
        ends = taken.valid_from if home.valid_to is None else min(home.valid_to, taken.valid_from)
        yield Home(home.branch_id, home.member_class, home.valid_from, ends)
    if taken.valid_to is not None and (home.valid_to is None or home.valid_to > taken.valid_to):
        begins = max(home.valid_from, taken.valid_to)
        yield Home(home.branch_id, home.member_class, begins, home.valid_to)
