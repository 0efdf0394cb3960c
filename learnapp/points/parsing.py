"""From a TOML text to a rule set, or to all that is wrong with it. Pure."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from learnapp.errors import N_, Problem
from learnapp.points.refusals import refusal_of
from learnapp.points.rules import WINDOWS, Category, Rule, RuleSet

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_SET_KEYS = {"id", "title", "title_en", "base", "floor", "bonus_cap", "category", "rule"}
_CATEGORY_KEYS = {"id", "title", "title_en", "cap"}
_RULE_KEYS = {"id", "category", "source", "on", "when", "worth", "window", "cap", "once", "text", "text_en"}


@dataclass(frozen=True)
class Payable:
    """A kind of ledger entry that a rule may speak of.

    `conditions` may stand under `when`; `needs` must. `confirmed` says that somebody recorded the entry
    and a second person confirmed it: nothing else may deduct.
    """

    source: str
    conditions: frozenset[str]
    needs: frozenset[str] = frozenset()
    confirmed: bool = False


PAYABLE: Mapping[str, Payable] = {
    "module-completed": Payable("system", frozenset({"hours_at_least", "course"})),
    "course-completed": Payable("system", frozenset({"course"})),
    "quiz-ended": Payable("system", frozenset({"passed", "quiz"}), needs=frozenset({"passed"})),
}


@dataclass(frozen=True)
class Parsed:
    """The rule set if it can be used, and what is wrong with it."""

    rules: RuleSet | None
    problems: tuple[Problem, ...]


@dataclass
class _Reading:
    """What the parser carries along: the file's name and lines, the vocabulary, the problems so far."""

    file: str
    text: str
    payable: Mapping[str, Payable]
    problems: list[Problem] = field(default_factory=list)
    place: tuple[str, int] = ("", 0)

    def line(self, key: str) -> int:
        """The line of a key in the table being read; of the table's head when the key is not there."""
        head, number = self.place
        lines = self.text.splitlines()
        at = 0
        if head:
            heads = [i for i, line in enumerate(lines, 1) if line.strip().startswith(f"[[{head}]]")]
            at = heads[number] if number < len(heads) else 0
        for index, line in enumerate(lines[at:], at + 1):
            if line.lstrip().startswith("[["):
                break
            if re.match(rf"\s*{re.escape(key)}\s*=", line):
                return index
        return at

    def wrong(self, key: str, code: str, message: str, remedy: str, **params: object) -> None:
        self.problems.append(
            Problem(code, self.file, self.line(key), message, remedy, {"key": key, **params})
        )


def parse(text: str, file: str = "", payable: Mapping[str, Payable] = PAYABLE) -> Parsed:
    """Reads a rule set; every problem is collected with its line, none is thrown."""
    reading = _Reading(file, text, payable)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else 0
        message, remedy = N_("This is not valid TOML: %(error)s."), N_("Correct the line.")
        return Parsed(None, (Problem("toml", file, line, message, remedy, {"error": str(error)}),))
    _known(reading, data, _SET_KEYS)
    rules = RuleSet(
        id=_slug(reading, data),
        title=_words(reading, data, "title"),
        title_en=_words(reading, data, "title_en"),
        base=_amount(reading, data, "base") or 0,
        floor=_amount(reading, data, "floor", default=0) or 0,
        bonus_cap=_amount(reading, data, "bonus_cap", default=None),
        categories=_categories(reading, data),
        rules=(),
        hash=hashlib.sha256(text.encode()).hexdigest(),
    )
    if rules.floor > rules.base:
        reading.wrong("floor", "floor", N_("The floor lies above the base."), N_("Lower the floor."))
    found_rules = _rules(reading, data, rules.categories)
    if reading.problems:
        return Parsed(None, tuple(reading.problems))
    return Parsed(RuleSet(**{**rules.__dict__, "rules": found_rules}), ())


def _categories(reading: _Reading, data: Mapping[str, Any]) -> dict[str, Category]:
    found: dict[str, Category] = {}
    for number, entry in enumerate(_tables(reading, data, "category")):
        reading.place = ("category", number)
        _known(reading, entry, _CATEGORY_KEYS)
        category = Category(
            id=_slug(reading, entry),
            title=_words(reading, entry, "title"),
            title_en=_words(reading, entry, "title_en"),
            cap=_amount(reading, entry, "cap", default=None),
        )
        if category.id in found:
            _twice(reading, category.id)
        found[category.id] = category
    reading.place = ("", 0)
    return found


def _rules(
    reading: _Reading, data: Mapping[str, Any], categories: Mapping[str, Category]
) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for number, entry in enumerate(_tables(reading, data, "rule")):
        reading.place = ("rule", number)
        rule = _rule(reading, entry, categories)
        if rule.id in found:
            _twice(reading, rule.id)
        found[rule.id] = rule
    reading.place = ("", 0)
    if not found:
        reading.wrong("rule", "no-rules", N_("There is no rule."), N_("Add at least one [[rule]]."))
    return tuple(found.values())


def _rule(reading: _Reading, entry: Mapping[str, Any], categories: Mapping[str, Category]) -> Rule:
    _known(reading, entry, _RULE_KEYS)
    when = entry.get("when", {})
    kind = _kind(reading, entry, when if isinstance(when, dict) else {})
    window = entry.get("window", "cycle")
    if window not in WINDOWS:
        message, remedy = N_("“%(value)s” is not a window."), N_("Use once, day, month, quarter or cycle.")
        reading.wrong("window", "window", message, remedy, value=window)
    if str(entry.get("category")) not in categories:
        message, remedy = N_("The category “%(value)s” is not defined."), N_("Define it under [[category]].")
        reading.wrong("category", "category", message, remedy, value=entry.get("category"))
    once = entry.get("once", False)
    if not isinstance(once, bool):
        reading.wrong("once", "once", N_("“once” is true or false."), N_("Write true or false."))
    return Rule(
        id=_slug(reading, entry),
        category=str(entry.get("category")),
        source=str(entry.get("source")),
        on=str(entry.get("on")),
        worth=_worth(reading, entry, kind),
        window=window,
        cap=_amount(reading, entry, "cap", default=None),
        once=once is True or window == "once",
        hours_at_least=_hours(reading, when),
        passed=isinstance(when, dict) and when.get("passed") is True,
        only=_only(reading, when),
        text=_words(reading, entry, "text"),
        text_en=_words(reading, entry, "text_en"),
    )


def _kind(reading: _Reading, entry: Mapping[str, Any], when: Mapping[str, Any]) -> Payable | None:
    """The kind of entry a rule speaks of, with its source and conditions checked; refused kinds first."""
    on = str(entry.get("on", ""))
    kind = reading.payable.get(on)
    if kind is None:
        if refusal := refusal_of(on):
            reading.wrong("on", f"refused-{refusal.code}", refusal.reason, N_("Remove the rule."))
        else:
            message = N_("“%(value)s” is no kind of entry that can pay.")
            reading.wrong("on", "kind", message, N_("Use one of: %(known)s."), value=on, known=_list(reading))
        return None
    if entry.get("source") != kind.source:
        message, remedy = N_("Entries of this kind come from “%(source)s”."), N_("Correct the source.")
        reading.wrong("source", "source", message, remedy, source=kind.source)
    for name in sorted(set(when) - kind.conditions):
        if refusal := refusal_of(name):
            reading.wrong("when", f"refused-{refusal.code}", refusal.reason, N_("Remove the condition."))
        else:
            message = N_("“%(value)s” is no condition for this kind of entry.")
            reading.wrong("when", "condition", message, N_("Remove the condition."), value=name)
    for name in sorted(kind.needs):
        if when.get(name) is not True:
            message = N_("A quiz that was not passed may not pay.")
            reading.wrong("when", "passed", message, N_("Add when = { passed = true }."))
    return kind


def _list(reading: _Reading) -> str:
    return ", ".join(sorted(reading.payable))


def _worth(reading: _Reading, entry: Mapping[str, Any], kind: Payable | None) -> int:
    worth = _amount(reading, entry, "worth", negative=True) or 0
    if worth < 0 and kind is not None and not kind.confirmed:
        message = N_("Only what somebody recorded and a second person confirmed may deduct.")
        reading.wrong("worth", "deduction", message, N_("Make the worth positive, or remove the rule."))
    return worth


def _hours(reading: _Reading, when: object) -> int:
    if not isinstance(when, dict):
        reading.wrong("when", "when", N_("“when” is a table of conditions."), N_("Write when = { … }."))
        return 0
    return _amount(reading, when, "hours_at_least", default=0) or 0


def _only(reading: _Reading, when: object) -> frozenset[str]:
    """The slugs to which the rule is limited: one, or a list of them."""
    if not isinstance(when, dict):
        return frozenset()
    value = when.get("course", when.get("quiz", []))
    slugs = [value] if isinstance(value, str) else value
    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        message, remedy = N_("This names no course or quiz."), N_("Write one id, or a list of ids.")
        reading.wrong("when", "only", message, remedy)
        return frozenset()
    return frozenset(slugs)


def _tables(reading: _Reading, data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        message, remedy = N_("“%(key)s” must be a list of tables."), N_("Begin each with [[%(key)s]].")
        reading.wrong(key, "tables", message, remedy)
        return []
    return value


def _amount(
    reading: _Reading, entry: Mapping[str, Any], key: str, *, default: object = ..., negative: bool = False
) -> int | None:
    """`"0.5"` or 3 as 50 or 300; floats are not taken, since 0.1 cannot be written exactly in one."""
    value = entry.get(key, default)
    if value is None or (key not in entry and default is not ...):
        return default if isinstance(default, int) else None
    amount = Decimal("NaN")
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            amount = Decimal(value) * 100
        except InvalidOperation:
            amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.to_integral_value() or (amount < 0 and not negative):
        message = N_("“%(key)s” is not an amount with at most two decimals.")
        reading.wrong(key, "amount", message, N_('Write a whole number, or a decimal in quotes: "0.5".'))
        return None
    return int(amount)


def _words(reading: _Reading, entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        message = N_("“%(key)s” is missing: people must be able to read what counts.")
        reading.wrong(key, "words", message, N_("Write a sentence."))
        return ""
    return value.strip()


def _slug(reading: _Reading, entry: Mapping[str, Any]) -> str:
    value = entry.get("id")
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        message = N_("“id” must be a short name of small letters, digits and hyphens.")
        reading.wrong("id", "id", message, N_("Choose another id."))
        return ""
    return value


def _known(reading: _Reading, entry: Mapping[str, Any], keys: set[str]) -> None:
    for key in sorted(set(entry) - keys):
        if refusal := refusal_of(f"{key} {entry[key]}" if key == "evidence" else key):
            reading.wrong(key, f"refused-{refusal.code}", refusal.reason, N_("Remove it."))
        else:
            reading.wrong(key, "key", N_("“%(key)s” is not known here."), N_("Remove it."))


def _twice(reading: _Reading, name: str) -> None:
    message, remedy = N_("The id “%(value)s” is used twice."), N_("Choose another id.")
    reading.wrong("id", "twice", message, remedy, value=name)
