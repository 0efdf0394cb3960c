"""What is true of study hours and of who is concerned by a plan. Pure.

Hours are integers in hundredths: 0.25 学时 is 25.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

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

ITEM_KINDS = ("course", "quiz")


@dataclass(frozen=True)
class HourRule:
    """How minutes become study hours. `step` and `daily_ceiling` are hundredths of an hour."""

    version: str
    minutes_per_hour: int
    step: int
    daily_ceiling: int


@dataclass(frozen=True)
class Target:
    """Hours expected in a calendar year by one measure (`organised` or `online`), in hundredths."""

    measure: str
    hours: int
    source: str
    source_en: str
    posts: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def fits(self, post: str | None, member_class: str) -> bool:
        """Whether the target is meant for somebody with this post and class."""
        return (not self.posts or post in self.posts) and (not self.classes or member_class in self.classes)


@dataclass(frozen=True)
class StudyRules:
    """One file of study rules: the hour, the targets, and what online study counts toward them (percent)."""

    hour: HourRule
    targets: tuple[Target, ...]
    online_counts_percent: int


def credit(minutes: int, already_today: int, rule: HourRule) -> int:
    """Hundredths of a study hour for planned minutes of study, rounded to the nearest step (half way goes
    up), and cut so that the day stays within the ceiling. `already_today` is what the day has, in hundredths.
    """
    unit = rule.minutes_per_hour * rule.step
    steps = (2 * 100 * minutes + unit) // (2 * unit)
    return max(0, min(steps * rule.step, rule.daily_ceiling - already_today))


def targets_for(targets: Collection[Target], post: str | None, member_class: str) -> tuple[Target, ...]:
    """For each measure the first target that fits."""
    found: dict[str, Target] = {}
    for target in targets:
        if target.fits(post, member_class):
            found.setdefault(target.measure, target)
    return tuple(found.values())


def hundredths(text: object, field: str) -> int:
    """`"0.25"` or `2` as 25 or 200. Raises Invalid for anything that is not a plain amount ≥ 0."""
    try:
        value = Decimal(str(text)) * 100
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0 or value != value.to_integral_value():
        raise Invalid("amount", N_("%(field)s is not an amount with at most two decimals."), field=field)
    return int(value)


def parse_study_rules(text: str) -> StudyRules:
    """The rules in a TOML text; the version is its name and the beginning of its SHA-256.

    Raises Invalid naming the field that cannot be used, tomllib.TOMLDecodeError for broken TOML.
    """
    data = tomllib.loads(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return StudyRules(
        hour=HourRule(
            version=f"{data['name']}@{digest[:16]}",
            minutes_per_hour=_whole(data, "minutes_per_hour", 1, 600),
            step=hundredths(data.get("step"), "step"),
            daily_ceiling=hundredths(data.get("daily_ceiling"), "daily_ceiling"),
        ),
        targets=tuple(_target(entry) for entry in data.get("target", ())),
        online_counts_percent=_whole(data, "online_counts_percent", 0, 100),
    )


def _target(entry: Mapping[str, Any]) -> Target:
    return Target(
        measure=entry["measure"],
        hours=hundredths(entry["hours"], "hours"),
        source=entry["source"],
        source_en=entry["source_en"],
        posts=tuple(entry.get("posts", ())),
        classes=tuple(entry.get("classes", ())),
    )


def _whole(data: Mapping[str, Any], field: str, low: int, high: int) -> int:
    value = data.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Invalid(
            "whole",
            N_("%(field)s must be a whole number from %(low)s to %(high)s."),
            field=field,
            low=low,
            high=high,
        )
    return value


def check_dates(starts_on: date, due_on: date) -> None:
    """Raises Invalid when something is due before it begins."""
    if due_on < starts_on:
        raise Invalid("plan-dates", N_("The due date lies before the start."))
