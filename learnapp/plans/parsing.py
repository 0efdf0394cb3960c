"""Study rules as text: read from TOML with everything that cannot be used named, and written back. Pure."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.plans.rules import MEASURES, MODES, Bracket, HourRule, StudyRules, Target

MAX_HOURS = 100_000  # 1,000 hours, in hundredths
MAX_MINUTES = 600


def digest_of(text: str) -> str:
    """The SHA-256 of a text of rules, by which it is named."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse_study_rules(text: str) -> StudyRules:
    """The rules in a TOML text; the version is its name and the beginning of its SHA-256.

    Raises Invalid naming the field that cannot be used, tomllib.TOMLDecodeError for broken TOML.
    """
    data = tomllib.loads(text)
    step = amount(data.get("step"), "step", low=1)
    ceiling = amount(data.get("daily_ceiling"), "daily_ceiling", low=1, high=2400)
    hour = HourRule(
        version=f"{data['name']}@{digest_of(text)[:16]}",
        minutes_per_hour=whole(data, "minutes_per_hour", 1, MAX_MINUTES),
        step=step,
        daily_ceiling=ceiling,
        test_credit=amount(data.get("test_credit", 0), "test_credit", high=ceiling),
        brackets=_brackets(data.get("bracket", ())),
    )
    targets = tuple(_target(entry) for entry in data.get("target", ()))
    return StudyRules(hour, targets, whole(data, "online_counts_percent", 0, 100))


def hundredths(text: object, field: str) -> int:
    """`"0.25"` or `2` as 25 or 200. Raises Invalid for anything that is not a plain amount ≥ 0."""
    try:
        value = Decimal(str(text)) * 100
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0 or value != value.to_integral_value():
        raise Invalid("amount", N_("%(field)s is not an amount with at most two decimals."), field=field)
    return int(value)


def amount(text: object, field: str, *, low: int = 0, high: int = MAX_HOURS) -> int:
    """The same within bounds, which are hundredths. Raises Invalid."""
    value = hundredths(text, field)
    if not low <= value <= high:
        raise Invalid(
            "amount-bounds",
            N_("%(field)s must be from %(low)s to %(high)s hours."),
            field=field,
            low=plain(low),
            high=plain(high),
        )
    return value


def whole(data: Mapping[str, Any], field: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number within bounds. Raises Invalid."""
    value = data.get(field, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Invalid(
            "whole",
            N_("%(field)s must be a whole number from %(low)s to %(high)s."),
            field=field,
            low=low,
            high=high,
        )
    return value


def plain(value: int) -> str:
    """Hundredths as they are written: 25 is "0.25", 800 is "8"."""
    return f"{Decimal(value) / 100:f}"


def _brackets(entries: Iterable[Mapping[str, Any]]) -> tuple[Bracket, ...]:
    found = tuple(
        Bracket(whole(entry, "up_to_minutes", 1, MAX_MINUTES), amount(entry.get("hours"), "hours"))
        for entry in entries
    )
    check_brackets(found)
    return found


def check_brackets(brackets: Iterable[Bracket]) -> None:
    """Raises Invalid unless longer lessons come later and are not worth less."""
    for before, after in pairwise(brackets):
        if after.up_to_minutes <= before.up_to_minutes or after.hours < before.hours:
            raise Invalid(
                "brackets", N_("Each bracket must reach further than the one before and not be worth less.")
            )


def _target(entry: Mapping[str, Any]) -> Target:
    years = whole(entry, "years", 1, 10, 1)
    target = Target(
        measure=_of(entry.get("measure"), MEASURES, "measure"),
        hours=amount(entry.get("hours"), "hours"),
        source=entry["source"],
        source_en=entry["source_en"],
        posts=tuple(entry.get("posts", ())),
        classes=tuple(entry.get("classes", ())),
        years=years,
        since=whole(entry, "since", 1949, 2200) if years > 1 else 0,
        days=whole(entry, "days", 0, 366, 0),
        months=whole(entry, "months", 0, 120, 0),
        at_least_once=tuple(_of(mode, MODES, "at_least_once") for mode in entry.get("at_least_once", ())),
        required=bool(entry.get("required", True)),
    )
    if target.required and not target.hours:
        raise Invalid("target-nothing", N_("A target needs hours, unless it says that nothing is demanded."))
    return target


def _of(value: object, known: Collection[str], field: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise Invalid(
            "unknown-word", N_("“%(value)s” is nothing that %(field)s can be."), value=value, field=field
        )
    return value


def write_study_rules(name: str, rules: StudyRules) -> str:
    """The text that reads as these rules, under a name; their version follows from it."""
    hour = rules.hour
    lines = [
        f"name = {_text(name)}",
        f"minutes_per_hour = {hour.minutes_per_hour}",
        f'step = "{plain(hour.step)}"',
        f'daily_ceiling = "{plain(hour.daily_ceiling)}"',
        f'test_credit = "{plain(hour.test_credit)}"',
        f"online_counts_percent = {rules.online_counts_percent}",
    ]
    for bracket in hour.brackets:
        lines += [
            "",
            "[[bracket]]",
            f"up_to_minutes = {bracket.up_to_minutes}",
            f'hours = "{plain(bracket.hours)}"',
        ]
    for target in rules.targets:
        lines += ["", "[[target]]", *_target_lines(target)]
    return "\n".join(lines) + "\n"


def _target_lines(target: Target) -> Iterable[str]:
    yield f"measure = {_text(target.measure)}"
    yield f'hours = "{plain(target.hours)}"'
    for field in ("posts", "classes", "at_least_once"):
        if values := getattr(target, field):
            yield f"{field} = [{', '.join(_text(value) for value in values)}]"
    if target.years > 1:
        yield f"years = {target.years}"
        yield f"since = {target.since}"
    for field in ("days", "months"):
        if number := getattr(target, field):
            yield f"{field} = {number}"
    if not target.required:
        yield "required = false"
    yield f"source = {_text(target.source)}"
    yield f"source_en = {_text(target.source_en)}"


def _text(value: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON; only DEL it wants escaped as well."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
