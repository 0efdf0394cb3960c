"""What is true of study hours and of who is concerned by a plan. Pure.

Hours are integers in hundredths: 0.25 学时 is 25.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from learnapp.errors import N_, Invalid

# How somebody studied. Organised study is what the yearly duty means.
MODES = {
    "concentrated": N_("Concentrated training"),
    "group": N_("Group study"),
    "online": N_("Online self-study"),
    "brought-home": N_("Study brought home"),
    "private": N_("Private study"),
}
ORGANISED = ("concentrated", "group", "brought-home")

# What a target counts: organised study with the share of online study, online study, or everything.
MEASURES = {
    "organised": N_("Organised study"),
    "online": N_("Online self-study"),
    "total": N_("All study"),
}

ITEM_KINDS = ("course", "quiz")


@dataclass(frozen=True)
class Bracket:
    """A lesson of at most so many minutes is worth these hundredths of an hour."""

    up_to_minutes: int
    hours: int


@dataclass(frozen=True)
class HourRule:
    """How minutes become study hours. `step`, `daily_ceiling` and `test_credit`, what a passed test is worth once
    a test and calendar year, are hundredths of an hour. The first of `brackets` that holds a lesson says its
    worth; a lesson longer than all of them goes by `minutes_per_hour` and `step`."""

    version: str
    minutes_per_hour: int
    step: int
    daily_ceiling: int
    test_credit: int = 0
    brackets: tuple[Bracket, ...] = ()


@dataclass(frozen=True)
class Target:
    """Hours expected by one of `MEASURES`, in hundredths, in a calendar year or in `years` of them, the first such
    span beginning with `since`. `days` and `months` say what the source names beside the hours; `at_least_once`
    are modes of which something must be there; not `required` is a source that demands nothing."""

    measure: str
    hours: int
    source: str
    source_en: str
    posts: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    years: int = 1
    since: int = 0
    days: int = 0
    months: int = 0
    at_least_once: tuple[str, ...] = ()
    required: bool = True

    def fits(self, post: str | None, member_class: str) -> bool:
        """Whether the target is meant for somebody with this post and class."""
        return (not self.posts or post in self.posts) and (not self.classes or member_class in self.classes)

    def span(self, year: int) -> tuple[int, int]:
        """The first and the last calendar year of the span that a year belongs to."""
        first = self.since + (year - self.since) // self.years * self.years if self.years > 1 else year
        return first, first + self.years - 1


@dataclass(frozen=True)
class StudyRules:
    """One text of study rules: the hour, the targets, and what online study counts toward them (percent)."""

    hour: HourRule
    targets: tuple[Target, ...]
    online_counts_percent: int


@dataclass(frozen=True)
class Use:
    """A unit's decision: from `valid_from` on the rules with this hash, or with None those of the unit above.
    `number` is its place in the unit's own row of decisions."""

    branch_id: str
    number: int
    valid_from: date
    hash: str | None


def credit(minutes: int, already_today: int, rule: HourRule) -> int:
    """Hundredths of a study hour for planned minutes of study: by the bracket that holds them, else rounded to
    the nearest step (half way goes up); cut so that the day stays within the ceiling. `already_today` is what
    the day has, in hundredths.
    """
    return within_day(worth(minutes, rule), already_today, rule)


def worth(minutes: int, rule: HourRule) -> int:
    """What minutes of study are worth before the daily ceiling."""
    if minutes > 0:
        for bracket in rule.brackets:
            if minutes <= bracket.up_to_minutes:
                return bracket.hours
    unit = rule.minutes_per_hour * rule.step
    steps = (2 * 100 * minutes + unit) // (2 * unit)
    return steps * rule.step


def within_day(hours: int, already_today: int, rule: HourRule) -> int:
    """What is left of these hours on a day that has `already_today`."""
    return max(0, min(hours, rule.daily_ceiling - already_today))


def targets_for(targets: Collection[Target], post: str | None, member_class: str) -> tuple[Target, ...]:
    """For each measure the first target that fits."""
    found: dict[str, Target] = {}
    for target in targets:
        if target.fits(post, member_class):
            found.setdefault(target.measure, target)
    return tuple(found.values())


def in_force(uses: Iterable[Use], on: date) -> Use | None:
    """Of the decisions of one unit the one that holds on a day: the latest first day, then the latest decision."""
    begun = [use for use in uses if use.valid_from <= on]
    return max(begun, key=lambda use: (use.valid_from, use.number), default=None)


def check_dates(starts_on: date, due_on: date) -> None:
    """Raises Invalid when something is due before it begins."""
    if due_on < starts_on:
        raise Invalid("plan-dates", N_("The due date lies before the start."))


def check_start(on: date, today: date) -> None:
    """Raises Invalid for rules that would begin in the past: what was credited stays as it is."""
    if on < today:
        raise Invalid(
            "rules-past", N_("Rules begin today at the earliest: what was credited stays as it is.")
        )
