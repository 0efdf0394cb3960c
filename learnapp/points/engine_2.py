"""The rules engine, version 2: acts, limits, vetoes, classes and exemptions. Pure.

The same entries give the same lines in any order of arrival. Once a period has closed under it, this file is
not edited any more: a change is the next version (see `engines`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from learnapp.clock import local_date
from learnapp.points.earlier import Earlier
from learnapp.points.rules import ACT, Evaluation, Line, Recorded, Rule, RuleSet, Span, Window
from learnapp.points.terms import ALWAYS, Terms, base_under

# Kinds of entries that say themselves on which day it was.
_DATED = (ACT, "work-done")


@dataclass
class _Purse:
    """What has been counted so far: per rule and window, per rule in times, per category, in all; and which
    things paid."""

    windows: dict[tuple[str, object], int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    bonus: int = 0
    paid: set[tuple[str, str]] = field(default_factory=set)

    def take(self, rule: Rule, subject: str, on: date, amount: int) -> None:
        """Counts an amount for a thing under a rule."""
        if not amount:
            return
        self.paid.update((rule.id, thing) for thing in _things(rule, subject))
        self.times[rule.id] = self.times.get(rule.id, 0) + 1
        key = (rule.id, _window(rule.window, on))
        self.windows[key] = self.windows.get(key, 0) + amount
        if rule.worth > 0:
            self.categories[rule.category] = self.categories.get(rule.category, 0) + amount
            self.bonus += amount


def _things(rule: Rule, subject: str) -> tuple[str, ...]:
    """What may pay a single time: the thing of the entry under a rule that pays once; of acts and of work each
    single one in any case, and its kind too under a rule that pays once."""
    if rule.act:
        return (subject, f"kind of act/{rule.act}") if rule.once else (subject,)
    return (subject,) if rule.once or rule.work else ()


def evaluate(
    entries: Iterable[Recorded],
    rules: RuleSet,
    span: Span,
    zone: str,
    earlier: Sequence[Earlier] = (),
    terms: Terms = ALWAYS,
) -> Evaluation:
    """The lines of one member's entries in a period, on the days on which they belonged to it.

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
        _line(entry, on, rule, rules, purse, terms, voided=entry.seq in void)
        for entry, on in _in_order(stream, span, zone, terms)
        for rule in rules.rules
        if rule.meets(entry)
    )
    every = [*(one.line for one in earlier), *lines]
    base = base_under(rules, terms, span)
    bonus = sum(line.counted for line in every if line.counted > 0)
    deduction = -sum(line.counted for line in every if line.counted < 0)
    total = max(rules.floor, base + bonus - deduction)
    veto = any(rules.rule(line.rule).veto and not line.reason for line in every)
    return Evaluation(lines, base, bonus, deduction, total, veto)


def concerned(
    entries: Iterable[Recorded], rules: RuleSet, span: Span, zone: str, terms: Terms = ALWAYS
) -> list[Recorded]:
    """The entries of the period of which some rule speaks, in the order in which they count."""
    return [
        entry
        for entry, _ in _in_order(entries, span, zone, terms)
        if any(rule.meets(entry) for rule in rules.rules)
    ]


def goes_on(new: Sequence[Recorded], earlier: Iterable[Earlier], zone: str) -> bool:
    """Whether these entries (of those `concerned`) count behind all that have lines."""
    first = _place(new[0], day_of(new[0], zone))
    return all((one.line.on, one.occurred_at, one.line.seq) < first for one in earlier)


def day_of(entry: Recorded, zone: str) -> date:
    """The day on which it was: what an act or a work says of itself, else the day of the instant."""
    if entry.kind in _DATED:
        return date.fromisoformat(entry.data["on"])
    return local_date(entry.occurred_at, zone)


def _place(entry: Recorded, on: date) -> tuple[date, datetime, int]:
    return on, entry.occurred_at, entry.seq


def _in_order(
    entries: Iterable[Recorded], span: Span, zone: str, terms: Terms
) -> list[tuple[Recorded, date]]:
    dated = [(entry, day_of(entry, zone)) for entry in entries]
    inside = [pair for pair in dated if span.starts_on <= pair[1] <= span.ends_on and terms.home_on(pair[1])]
    return sorted(inside, key=lambda pair: _place(*pair))


def _line(
    entry: Recorded, on: date, rule: Rule, rules: RuleSet, purse: _Purse, terms: Terms, *, voided: bool
) -> Line:
    if reason := "voided" if voided else _outside(rule, rules, on, terms):
        return Line(entry.seq, rule.id, rule.worth, 0, reason, on)
    if any((rule.id, thing) in purse.paid for thing in _things(rule, entry.subject)):
        return Line(entry.seq, rule.id, rule.worth, 0, "once", on)
    if rule.limit is not None and purse.times.get(rule.id, 0) >= rule.limit:
        return Line(entry.seq, rule.id, rule.worth, 0, "full-times", on)
    amount, reason = abs(rule.worth), ""
    for room, code in _rooms(rule, on, rules, purse):
        if room < amount:
            amount, reason = room, code
    purse.take(rule, entry.subject, on, amount)
    return Line(entry.seq, rule.id, rule.worth, amount if rule.worth > 0 else -amount, reason, on)


def _outside(rule: Rule, rules: RuleSet, on: date, terms: Terms) -> str:
    """Why nothing counts on that day for this person, or an empty text."""
    home = terms.home_on(on)
    if home is not None and not rules.scored(home.member_class):
        return "class"
    if terms.exempt_on(on):
        against = rule.worth < 0 or rule.veto
        if rules.exempt == "not-scored" or (rules.exempt == "no-deduction" and against):
            return "exempt"
    return ""


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
