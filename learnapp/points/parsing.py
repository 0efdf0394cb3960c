"""From a TOML text to a rule set, or to all that is wrong with it. Pure."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeVar

from learnapp.errors import N_, Problem
from learnapp.points.reading import (
    Payable,
    Reading,
    amount,
    known,
    one_of,
    share,
    slug,
    tables,
    truth,
    twice,
    words,
)
from learnapp.points.refusals import BOTTOM, bottom_share
from learnapp.points.rule_parsing import rules_of
from learnapp.points.rules import ACT, EXEMPT, PEOPLE, Category, Grade, MemberClass, RuleSet

_T = TypeVar("_T", Category, MemberClass, Grade)
_SET_KEYS = {
    *("id", "title", "title_en", "people", "base", "floor", "bonus_cap", "exempt"),
    *("category", "class", "grade", "rule"),
}
_CATEGORY_KEYS = {"id", "title", "title_en", "cap"}
_CLASS_KEYS = {"id", "title", "title_en", "base", "scored"}
_GRADE_KEYS = {"id", "title", "title_en", "at_least", "share_at_most"}

PAYABLE: Mapping[str, Payable] = {
    "module-completed": Payable(("system",), frozenset({"hours_at_least", "course"})),
    "course-completed": Payable(("system",), frozenset({"course"})),
    "quiz-ended": Payable(("system",), frozenset({"passed", "quiz"}), needs=frozenset({"passed"})),
    ACT: Payable(("declared", "organised"), frozenset(), confirmed=True, people=PEOPLE),
    "work-done": Payable(("system",), frozenset({"work"}), needs=frozenset({"work"}), people=("workers",)),
}


@dataclass(frozen=True)
class Parsed:
    """The rule set if it can be used, and what is wrong with it."""

    rules: RuleSet | None
    problems: tuple[Problem, ...]


def parse(text: str, file: str = "", payable: Mapping[str, Payable] = PAYABLE) -> Parsed:
    """Reads a rule set; every problem is collected with its line, none is thrown."""
    reading = Reading(file, text, payable)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else 0
        message, remedy = N_("This is not valid TOML: %(error)s."), N_("Correct the line.")
        return Parsed(None, (Problem("toml", file, line, message, remedy, {"error": str(error)}),))
    known(reading, data, _SET_KEYS)
    rules = RuleSet(
        id=slug(reading, data),
        title=words(reading, data, "title"),
        title_en=words(reading, data, "title_en"),
        base=amount(reading, data, "base") or 0,
        floor=amount(reading, data, "floor", default=0) or 0,
        bonus_cap=amount(reading, data, "bonus_cap", default=None),
        categories=_by_id(reading, data, "category", _category),
        rules=(),
        hash=hashlib.sha256(text.encode()).hexdigest(),
        people=one_of(reading, data, "people", PEOPLE, "members"),
        exempt=one_of(reading, data, "exempt", EXEMPT, "no-deduction"),
        classes=_by_id(reading, data, "class", _class),
        grades=_grades(reading, data),
    )
    _floor(reading, rules)
    found_rules = rules_of(reading, data, rules)
    if reading.problems:
        return Parsed(None, tuple(reading.problems))
    return Parsed(replace(rules, rules=found_rules), ())


def _floor(reading: Reading, rules: RuleSet) -> None:
    if rules.floor > rules.base:
        reading.wrong("floor", "floor", N_("The floor lies above the base."), N_("Lower the floor."))


def _by_id(
    reading: Reading, data: Mapping[str, Any], key: str, read: Callable[[Reading, Mapping[str, Any]], _T]
) -> dict[str, _T]:
    """The tables under a key, each with an id of its own, in their order."""
    found: dict[str, _T] = {}
    for number, entry in enumerate(tables(reading, data, key)):
        reading.place = (key, number)
        one = read(reading, entry)
        if one.id in found:
            twice(reading, "id", one.id)
        found[one.id] = one
    reading.place = ("", 0)
    return found


def _category(reading: Reading, entry: Mapping[str, Any]) -> Category:
    known(reading, entry, _CATEGORY_KEYS)
    return Category(
        id=slug(reading, entry),
        title=words(reading, entry, "title"),
        title_en=words(reading, entry, "title_en"),
        cap=amount(reading, entry, "cap", default=None),
    )


def _class(reading: Reading, entry: Mapping[str, Any]) -> MemberClass:
    known(reading, entry, _CLASS_KEYS)
    return MemberClass(
        id=slug(reading, entry),
        title=words(reading, entry, "title"),
        title_en=words(reading, entry, "title_en"),
        base=amount(reading, entry, "base", default=None),
        scored=truth(reading, {"scored": True, **entry}, "scored"),
    )


def _grades(reading: Reading, data: Mapping[str, Any]) -> tuple[Grade, ...]:
    """The grades, best first. Only the best one may have a share, and only one that is not to be passed."""
    grades = tuple(_by_id(reading, data, "grade", _grade).values())
    for number, (better, worse) in enumerate(pairwise(grades), 1):
        reading.place = ("grade", number)
        if worse.at_least >= better.at_least:
            message, remedy = N_("The grades do not go down."), N_("Order them from the best to the last.")
            reading.wrong("at_least", "grades", message, remedy)
        if worse.share_at_most is not None:
            message = N_("Only the best grade may have a share, and only as a warning.")
            reading.wrong("share_at_most", "grade-share", message, N_("Remove it."))
    reading.place = ("", 0)
    return grades


def _grade(reading: Reading, entry: Mapping[str, Any]) -> Grade:
    for key in sorted(set(entry) - _GRADE_KEYS):
        if bottom_share(key):
            reading.wrong(key, f"refused-{BOTTOM.code}", BOTTOM.reason, N_("Remove it."))
    known(reading, {key: entry[key] for key in entry if not bottom_share(key)}, _GRADE_KEYS)
    return Grade(
        id=slug(reading, entry),
        title=words(reading, entry, "title"),
        title_en=words(reading, entry, "title_en"),
        at_least=amount(reading, entry, "at_least") or 0,
        share_at_most=share(reading, entry, "share_at_most"),
    )
