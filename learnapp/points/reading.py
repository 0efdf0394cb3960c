"""Reading single values of a rule set, with every problem collected where it stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Problem
from learnapp.points.refusals import refusal_of

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


@dataclass(frozen=True)
class Payable:
    """A kind of ledger entry that a rule may speak of, and the sources from which it may come.

    `conditions` may stand under `when`; `needs` must. `confirmed` says that somebody recorded the entry
    and a second person confirmed it: nothing else may deduct. `people` are those whose rule sets may pay for it.
    """

    sources: tuple[str, ...]
    conditions: frozenset[str]
    needs: frozenset[str] = frozenset()
    confirmed: bool = False
    people: tuple[str, ...] = ("members",)


@dataclass
class Reading:
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


def tables(reading: Reading, data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        message, remedy = N_("“%(key)s” must be a list of tables."), N_("Begin each with [[%(key)s]].")
        reading.wrong(key, "tables", message, remedy)
        return []
    return value


def amount(
    reading: Reading, entry: Mapping[str, Any], key: str, *, default: object = ..., negative: bool = False
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


def words(reading: Reading, entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        message = N_("“%(key)s” is missing: people must be able to read what counts.")
        reading.wrong(key, "words", message, N_("Write a sentence."))
        return ""
    return value.strip()


def slug(reading: Reading, entry: Mapping[str, Any]) -> str:
    value = entry.get("id")
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        message = N_("“id” must be a short name of small letters, digits and hyphens.")
        reading.wrong("id", "id", message, N_("Choose another id."))
        return ""
    return value


def truth(reading: Reading, entry: Mapping[str, Any], key: str) -> bool:
    """A key that is true or false, and false when it is not there."""
    value = entry.get(key, False)
    if not isinstance(value, bool):
        reading.wrong(key, key, N_("“%(key)s” is true or false."), N_("Write true or false."))
    return value is True


def count(reading: Reading, entry: Mapping[str, Any], key: str) -> int | None:
    """A number of times, at least once; None when it is not there."""
    value = entry.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        message, remedy = N_("“%(key)s” is a number of times."), N_("Write a whole number, at least 1.")
        reading.wrong(key, "times", message, remedy)
        return None
    return value


def one_of(reading: Reading, entry: Mapping[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
    """One word of a vocabulary."""
    value = entry.get(key, default)
    if value not in known:
        message = N_("“%(value)s” is not known as “%(key)s”.")
        remedy = N_("Use one of: %(known)s.")
        reading.wrong(key, key, message, remedy, value=value, known=", ".join(known))
        return default
    return str(value)


def share(reading: Reading, entry: Mapping[str, Any], key: str) -> Fraction | None:
    """A part of all such as "1/3" or "0.3", above 0 and not above 1; None when it is not there."""
    value = entry.get(key)
    if value is None:
        return None
    try:
        found = Fraction(value) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        found = None
    if found is None or not 0 < found <= 1:
        message = N_("“%(key)s” is not a part of all.")
        reading.wrong(key, "share", message, N_('Write a fraction in quotes: "1/3".'))
        return None
    return found


def known(reading: Reading, entry: Mapping[str, Any], keys: set[str]) -> None:
    """Says which keys mean nothing here, and which are refused."""
    for key in sorted(set(entry) - keys):
        if refusal := refusal_of(key):
            reading.wrong(key, f"refused-{refusal.code}", refusal.reason, N_("Remove it."))
        else:
            reading.wrong(key, "key", N_("“%(key)s” is not known here."), N_("Remove it."))


def twice(reading: Reading, key: str, name: str) -> None:
    """Says that a name stands twice where it must be one of a kind."""
    message, remedy = N_("The id “%(value)s” is used twice."), N_("Choose another id.")
    reading.wrong(key, "twice", message, remedy, value=name)
