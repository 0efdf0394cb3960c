"""The rules engine, version 1, as it was when periods began to be closed. Pure, and never edited again.

A period keeps the version under which it was opened, and is evaluated by it for ever: what a closed period's
digest was made of must come out the same after every upgrade. So this file stands beside its successors, with
all that decides about a line in it. Days and homes are the one thing that came from outside: `terms` says
which days are of the period's tree, since where somebody belongs is not a matter of the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from learnapp.clock import local_date
from learnapp.points.earlier import Earlier
from learnapp.points.rules import Evaluation, Line, Recorded, Rule, RuleSet, Span, Window
from learnapp.points.terms import ALWAYS, Terms


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
    entries: Iterable[Recorded],
    rules: RuleSet,
    span: Span,
    zone: str,
    earlier: Sequence[Earlier] = (),
    terms: Terms = ALWAYS,
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
        for entry, on in _in_order(stream, span, zone, terms)
        for rule in rules.rules
        if _meets(rule, entry)
    )
    counted = [line.counted for line in (*(one.line for one in earlier), *lines)]
    bonus = sum(amount for amount in counted if amount > 0)
    deduction = -sum(amount for amount in counted if amount < 0)
    total = max(rules.floor, rules.base + bonus - deduction)
    return Evaluation(lines, rules.base, bonus, deduction, total)


def concerned(
    entries: Iterable[Recorded], rules: RuleSet, span: Span, zone: str, terms: Terms = ALWAYS
) -> list[Recorded]:
    """The entries of the period of which some rule speaks, in the order in which they count."""
    return [
        entry
        for entry, _ in _in_order(entries, span, zone, terms)
        if any(_meets(rule, entry) for rule in rules.rules)
    ]


def goes_on(new: Sequence[Recorded], earlier: Iterable[Earlier], zone: str) -> bool:
    """Whether these entries (of those `concerned`) count behind all that have lines."""
    first = (new[0].occurred_at, new[0].seq)
    return all((one.occurred_at, one.line.seq) < first for one in earlier)


def _in_order(
    entries: Iterable[Recorded], span: Span, zone: str, terms: Terms
) -> list[tuple[Recorded, date]]:
    dated = [(entry, local_date(entry.occurred_at, zone)) for entry in entries]
    inside = [pair for pair in dated if span.starts_on <= pair[1] <= span.ends_on and terms.home_on(pair[1])]
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


def _meets(rule: Rule, entry: Recorded) -> bool:
    if entry.kind != rule.on:
        return False
    data = entry.data
    if rule.passed and not (data.get("passed") is True and data.get("counts", True)):
        return False
    if rule.hours_at_least and data.get("hours", 0) < rule.hours_at_least:
        return False
    return not rule.only or data.get("course", data.get("quiz")) in rule.only
