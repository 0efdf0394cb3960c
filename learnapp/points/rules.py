"""What a rule set says, as values. Pure; what entries are worth under it is said by the engines.

Every amount is an integer in hundredths of a point. Days are calendar days in the instance's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal, Protocol

from learnapp.errors import N_

Window = Literal["once", "day", "month", "quarter", "cycle"]
WINDOWS: tuple[Window, ...] = ("once", "day", "month", "quarter", "cycle")
# Whom a rule set assesses, and where what a rule speaks of comes from.
PEOPLE = ("members", "workers")
SOURCES = ("system", "declared", "organised")
# What a declaration may come with. Whatever demands a photo, a screenshot or notes is refused.
EVIDENCE = ("none", "file-optional")
# What the days of an exemption mean: nothing is taken off, or nothing counts at all, or they are like others.
EXEMPT = ("no-deduction", "not-scored", "scored")
# What party workers are paid for, as `work-done` entries name it.
WORKS = ("lesson-approved", "session-held", "question-answered", "need-met")
# The kind of entry in which a declared or recorded act was confirmed, and how it says where it came from.
ACT = "act-confirmed"
ORIGINS: Mapping[str, str] = {"declared": "declared", "organised": "recorded"}

# Why a line counts for less than it is worth; the page fills in the amount at which it was full.
REASONS: Mapping[str, str] = {
    "voided": N_("the entry was voided"),
    "once": N_("counted once already in this period"),
    "class": N_("this class was not scored on that day"),
    "exempt": N_("on that day nothing was expected"),
    "full-times": N_("counted %(times)s times already in this period"),
    "full-day": N_("this day is full at %(cap)s"),
    "full-month": N_("this month is full at %(cap)s"),
    "full-quarter": N_("this quarter is full at %(cap)s"),
    "full-cycle": N_("this period is full at %(cap)s"),
    "full-category": N_("“%(category)s” is full at %(cap)s"),
    "full-bonus": N_("all bonus together is full at %(cap)s"),
}


class Recorded(Protocol):
    """What the engines need of a ledger entry."""

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
    `act` is the code of what members declare or the organisation records, `work` that of a worker's work;
    `limit` says how many times the rule pays in the period at most. A `veto` is worth nothing and stands.
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
    act: str = ""
    work: str = ""
    limit: int | None = None
    veto: bool = False
    evidence: str = "none"

    @property
    def second(self) -> bool:
        """Whether a second person has confirmed what pays under this rule: always so for acts."""
        return self.on == ACT

    def meets(self, entry: Recorded) -> bool:
        """Whether the entry is one that this rule speaks of."""
        if entry.kind != self.on:
            return False
        data = entry.data
        if self.act and not (data["act"] == self.act and data["origin"] == ORIGINS[self.source]):
            return False
        if self.work and data["work"] != self.work:
            return False
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
class MemberClass:
    """What holds for the members of a class (its id is the class of their membership): another base than the
    set's, or that the days in this class are not scored."""

    id: str
    title: str
    title_en: str
    base: int | None
    scored: bool


@dataclass(frozen=True)
class Grade:
    """A grade that points suggest from `at_least` on. `share_at_most` is the part of a branch that normally gets
    it; more of them is a warning to those who decide, and nothing else."""

    id: str
    title: str
    title_en: str
    at_least: int
    share_at_most: Fraction | None


@dataclass(frozen=True)
class RuleSet:
    """A frozen set of rules; `hash` is the SHA-256 of its source. `classes` are by id, `grades` best first."""

    id: str
    title: str
    title_en: str
    base: int
    floor: int
    bonus_cap: int | None
    categories: Mapping[str, Category]
    rules: tuple[Rule, ...]
    hash: str
    people: str = "members"
    exempt: str = "no-deduction"
    classes: Mapping[str, MemberClass] = field(default_factory=dict)
    grades: tuple[Grade, ...] = ()

    def rule(self, rule_id: str) -> Rule:
        """One rule. Raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def scored(self, member_class: str) -> bool:
        """Whether days in this class count."""
        found = self.classes.get(member_class)
        return found is None or found.scored

    def base_of(self, member_class: str) -> int:
        """With how many points somebody of this class begins."""
        found = self.classes.get(member_class)
        return self.base if found is None or found.base is None else found.base


@dataclass(frozen=True)
class Act:
    """What may be declared by members, or recorded by the organisation, under a rule: `worth` is without its
    sign, `deducts` says which; `limit` is how many times it pays in the period."""

    code: str
    source: str
    text: str
    text_en: str
    worth: int
    deducts: bool
    veto: bool
    evidence: str
    limit: int | None


def acts_in(rules: RuleSet, source: str) -> tuple[Act, ...]:
    """The acts of a rule set with that source, "declared" or "organised", in the order of its rules."""
    return tuple(
        Act(
            code=rule.act,
            source=rule.source,
            text=rule.text,
            text_en=rule.text_en,
            worth=abs(rule.worth),
            deducts=rule.worth < 0,
            veto=rule.veto,
            evidence=rule.evidence,
            limit=rule.limit,
        )
        for rule in rules.rules
        if rule.act and rule.source == source
    )


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
    """The lines of a period in order of time, and the sum they give. `veto` says that a veto item stands."""

    lines: tuple[Line, ...]
    base: int
    bonus: int
    deduction: int
    total: int
    veto: bool = False


def cap_of(line: Line, rules: RuleSet) -> int | None:
    """The amount at which the line was cut, for the sentence of its reason; None when no cap cut it."""
    rule = rules.rule(line.rule)
    if line.reason == "full-category":
        return rules.categories[rule.category].cap
    if line.reason == "full-bonus":
        return rules.bonus_cap
    return rule.cap if line.reason.startswith("full-") and line.reason != "full-times" else None


def suggested(rules: RuleSet, total: int, veto: bool) -> Grade | None:
    """The grade that a sum suggests to those who decide; the last one where a veto item stands. None where the
    rule set knows no grades, or none that low."""
    if not rules.grades:
        return None
    if veto:
        return rules.grades[-1]
    return next((grade for grade in rules.grades if total >= grade.at_least), None)
