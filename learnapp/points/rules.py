"""What entries are worth under a rule set. Pure: the same entries give the same lines in any order.

Every amount is an integer in hundredths of a point. Days are calendar days in the instance's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from learnapp.clock import local_date
from learnapp.errors import N_

Window = Literal["once", "day", "month", "quarter", "cycle"]
WINDOWS: tuple[Window, ...] = ("once", "day", "month", "quarter", "cycle")

# Why a line counts for less than it is worth; the page fills in the amount at which it was full.
REASONS: Mapping[str, str] = {
    "voided": N_("the entry was voided"),
    "once": N_("counted once already in this period"),
    "full-day": N_("this day is full at %(cap)s"),
    "full-month": N_("this month is full at %(cap)s"),
    "full-quarter": N_("this quarter is full at %(cap)s"),
    "full-cycle": N_("this period is full at %(cap)s"),
    "full-category": N_("“%(category)s” is full at %(cap)s"),
    "full-bonus": N_("all bonus together is full at %(cap)s"),
}


class Recorded(Protocol):
    """What the engine needs of a ledger entry."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True)
class Rule:
    """One sentence of a rule set: what an entry of kind `on` is worth; a negative worth is a deduction.

    `cap` holds within the window; `once` (implied by the window of that name) lets each thing pay a single
    time in the period. `hours_at_least` is hundredths of a study hour; `only` are slugs, empty = all.
    """

    id: str
    category: str
    source: str
    on: str
    worth: int
    window: Window
    cap: int | None
    once: bool
    hours_at_least: int
    passed: bool
    only: frozenset[str]
    text: str
    text_en: str

    def meets(self, entry: Recorded) -> bool:
        """Whether the entry is one that this rule speaks of."""
        if entry.kind != self.on:
            return False
        data = entry.data
        if self.passed and not (data.get("passed") is True and data.get("counts", True)):
            return False
        if self.hours_at_least and data.get("hours", 0) < self.hours_at_least:
            return False
        return not self.only or data.get("course", data.get("quiz")) in self.only


@dataclass(frozen=True)
class Category:
    """A group of rules, with what it may add at most in the period."""

    id: str
    title: str
    title_en: str
    cap: int | None


@dataclass(frozen=True)
class RuleSet:
    """A frozen set of rules; `hash` is the SHA-256 of its source."""

    id: str
    title: str
    title_en: str
    base: int
    floor: int
    bonus_cap: int | None
    categories: Mapping[str, Category]
    rules: tuple[Rule, ...]
    hash: str

    def rule(self, rule_id: str) -> Rule:
        """One rule. Raises KeyError."""
        return next(rule for rule in self.rules if rule.id == rule_id)


@dataclass(frozen=True)
class Span:
    """A period: its first and its last day."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Line:
    """What one entry is worth under one rule, and what of it counts, with a code of `REASONS` if less."""

    seq: int
    rule: str
    worth: int
    counted: int
    reason: str
    on: date


@dataclass(frozen=True)
class Evaluation:
    """The lines of a period in order of time, and the sum they give."""

    lines: tuple[Line, ...]
    base: int
    bonus: int
    deduction: int
    total: int


@dataclass(frozen=True)
class Earlier:
    """A line that stands already, with what of its entry decides about later ones."""

    line: Line
    subject: str
    occurred_at: datetime


@dataclass
class _Purse:
    """What has been counted so far: per rule and window, per category, in all; and which things paid."""

    windows: dict[tuple[str, object], int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    bonus: int = 0
    paid: set[tuple[str, str]] = field(default_factory=set)

    def take(self, rule: Rule, subject: str, on: date, amount: int) -> None:
        """Counts an amount for a thing under a rule."""
        if amount:
            self.paid.add((rule.id, subject))
        key = (rule.id, _window(rule.window, on))
        self.windows[key] = self.windows.get(key, 0) + amount
        if rule.worth > 0:
            self.categories[rule.category] = self.categories.get(rule.category, 0) + amount
            self.bonus += amount


def evaluate(
    entries: Iterable[Recorded], rules: RuleSet, span: Span, zone: str, earlier: Sequence[Earlier] = ()
) -> Evaluation:
    """The lines of one member's entries in a period.

    Expects the whole stream, since a voiding may stand anywhere behind the entry it voids. What happened
    earlier is counted first, whatever the order in which it was recorded; so a late entry may take the
    place of a later one under a cap, and the total is the same as if all had been recorded in time.

    Where the new entries void nothing and happened behind all that count so far (`goes_on`), they alone will
    do, with the lines that stand `earlier`: the lines are then the new ones, the sums those of all.
    """
    stream = list(entries)
    void = {entry.data["seq"] for entry in stream if entry.kind == "voided"}
    purse = _Purse()
    for one in earlier:
        purse.take(rules.rule(one.line.rule), one.subject, one.line.on, abs(one.line.counted))
    lines = tuple(
        _line(entry, on, rule, rules, purse, voided=entry.seq in void)
        for entry, on in _in_order(stream, span, zone)
        for rule in rules.rules
        if rule.meets(entry)
    )
    counted = [line.counted for line in (*(one.line for one in earlier), *lines)]
    bonus = sum(amount for amount in counted if amount > 0)
    deduction = -sum(amount for amount in counted if amount < 0)
    total = max(rules.floor, rules.base + bonus - deduction)
    return Evaluation(lines, rules.base, bonus, deduction, total)


def concerned(entries: Iterable[Recorded], rules: RuleSet, span: Span, zone: str) -> list[Recorded]:
    """The entries of the period of which some rule speaks, in the order in which they count."""
    return [
        entry for entry, _ in _in_order(entries, span, zone) if any(rule.meets(entry) for rule in rules.rules)
    ]


def goes_on(new: Sequence[Recorded], earlier: Iterable[Earlier]) -> bool:
    """Whether these entries (of those `concerned`) count behind all that have lines."""
    first = (new[0].occurred_at, new[0].seq)
    return all((one.occurred_at, one.line.seq) < first for one in earlier)


def _in_order(entries: Iterable[Recorded], span: Span, zone: str) -> list[tuple[Recorded, date]]:
    dated = [(entry, local_date(entry.occurred_at, zone)) for entry in entries]
    inside = [pair for pair in dated if span.starts_on <= pair[1] <= span.ends_on]
    return sorted(inside, key=lambda pair: (pair[0].occurred_at, pair[0].seq))


def _line(entry: Recorded, on: date, rule: Rule, rules: RuleSet, purse: _Purse, *, voided: bool) -> Line:
    if voided:
        return Line(entry.seq, rule.id, rule.worth, 0, "voided", on)
    if rule.once and (rule.id, entry.subject) in purse.paid:
        return Line(entry.seq, rule.id, rule.worth, 0, "once", on)
    amount, reason = abs(rule.worth), ""
    for room, code in _rooms(rule, on, rules, purse):
        if room < amount:
            amount, reason = room, code
    purse.take(rule, entry.subject, on, amount)
    return Line(entry.seq, rule.id, rule.worth, amount if rule.worth > 0 else -amount, reason, on)


def _rooms(rule: Rule, on: date, rules: RuleSet, purse: _Purse) -> Iterable[tuple[int, str]]:
    """What each cap still leaves, with the code to give when it is the one that cuts."""
    if rule.cap is not None:
        code = "full-cycle" if rule.window == "once" else f"full-{rule.window}"
        yield rule.cap - purse.windows.get((rule.id, _window(rule.window, on)), 0), code
    if rule.worth > 0:
        category = rules.categories[rule.category]
        if category.cap is not None:
            yield category.cap - purse.categories.get(category.id, 0), "full-category"
        if rules.bonus_cap is not None:
            yield rules.bonus_cap - purse.bonus, "full-bonus"


def _window(window: Window, on: date) -> object:
    if window == "day":
        return on
    if window == "month":
        return (on.year, on.month)
    if window == "quarter":
        return (on.year, (on.month - 1) // 3)
    return None


def cap_of(line: Line, rules: RuleSet) -> int | None:
    """The amount at which the line was cut, for the sentence of its reason; None when no cap cut it."""
    rule = rules.rule(line.rule)
    if line.reason == "full-category":
        return rules.categories[rule.category].cap
    if line.reason == "full-bonus":
        return rules.bonus_cap
    return rule.cap if line.reason.startswith("full-") else None
