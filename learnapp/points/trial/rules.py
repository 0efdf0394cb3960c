"""What a rule set would have made of one member's period, and the sums over many. Pure.

Amounts are hundredths. What belongs to no rule stands under a name that no rule can have (ids have no colon).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from learnapp.points.rules import Evaluation, RuleSet, suggested

# Besides the rules: another base, and what the floor cuts off.
BASE, FLOOR = ":base", ":floor"
NO_GRADE = ""


@dataclass(frozen=True)
class Sums:
    """A member's sum with what makes it up: by rule, and under `BASE` and `FLOOR`; `grade` is the id of the one it
    suggests, empty for none."""

    total: int
    grade: str
    parts: Mapping[str, int]


def sums(
    rules: RuleSet,
    base: int,
    by_rule: Mapping[str, int],
    adjustment: int,
    veto: bool,
    total: int | None = None,
) -> Sums:
    """The sum of a base and what each rule brought; `adjustment` is what earlier periods brought. A `total` that
    is known already is kept, so that what was posted is what is compared."""
    whole = base + sum(by_rule.values()) + adjustment
    total = max(rules.floor, whole) if total is None else total
    grade = suggested(rules, total, veto)
    parts = {BASE: base, **by_rule, FLOOR: total - whole}
    return Sums(total, grade.id if grade else NO_GRADE, parts)


def by_rule(found: Evaluation) -> dict[str, int]:
    """What each rule brought in an evaluation; rules that brought nothing are left out."""
    counted: Counter[str] = Counter()
    for line in found.lines:
        counted[line.rule] += line.counted
    return {rule: amount for rule, amount in counted.items() if amount}


@dataclass(frozen=True)
class Move:
    """A member whose sum or grade would change. `rules` are the changes by rule; they add up to the whole."""

    member_id: str
    branch_id: str
    was: int
    would: int
    was_grade: str
    would_grade: str
    rules: Mapping[str, int]


def compare(member_id: str, branch_id: str, was: Sums, would: Sums) -> Move | None:
    """What changes for a member, or None when nothing does that anybody could see: sums and grade are the same."""
    if was.total == would.total and was.grade == would.grade:
        return None
    names = {*was.parts, *would.parts}
    changes = {name: would.parts.get(name, 0) - was.parts.get(name, 0) for name in sorted(names)}
    changed = {name: amount for name, amount in changes.items() if amount}
    return Move(member_id, branch_id, was.total, would.total, was.grade, would.grade, changed)


@dataclass
class Figures:
    """The sums over many members; adding up in any order, and in parts, gives the same.

    `amounts` says how many members change by how much (0: unchanged); `grades` how many go from one suggested
    grade to another; `rules` for each rule what it brought and would bring, and for how many it would be more and
    less; `units` for each unit how many members it has and for how many it would be more and less.
    """

    amounts: Counter[int] = field(default_factory=Counter)
    grades: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: dict[str, list[int]] = field(default_factory=dict)
    units: dict[str, list[int]] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """How many members were computed."""
        return sum(self.amounts.values())

    @property
    def moved(self) -> int:
        """How many of them would have another sum."""
        return self.members - self.amounts[0]

    def add(self, branch_id: str, was: Sums, would: Sums) -> None:
        """Counts one member."""
        change = would.total - was.total
        self.amounts[change] += 1
        self.grades[was.grade, would.grade] += 1
        unit = self.units.setdefault(branch_id, [0, 0, 0])
        for place, counts in enumerate((True, change > 0, change < 0)):
            unit[place] += counts
        for name in {*was.parts, *would.parts}:
            before, after = was.parts.get(name, 0), would.parts.get(name, 0)
            if before or after:
                found = self.rules.setdefault(name, [0, 0, 0, 0])
                for place, amount in enumerate((before, after, after > before, after < before)):
                    found[place] += amount

    def merge(self, other: Figures) -> None:
        """Adds the sums over other members."""
        self.amounts.update(other.amounts)
        self.grades.update(other.grades)
        for mine, theirs in ((self.rules, other.rules), (self.units, other.units)):
            for name, values in theirs.items():
                found = mine.setdefault(name, [0] * len(values))
                mine[name] = [one + more for one, more in zip(found, values, strict=True)]

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "amounts": {str(amount): number for amount, number in sorted(self.amounts.items())},
            "grades": [[*pair, number] for pair, number in sorted(self.grades.items())],
            "rules": dict(sorted(self.rules.items())),
            "units": dict(sorted(self.units.items())),
        }


def figures_of(document: Mapping[str, Any]) -> Figures:
    """Of their JSON; of an empty object there are none."""
    return Figures(
        Counter({int(amount): number for amount, number in document.get("amounts", {}).items()}),
        Counter({(was, would): number for was, would, number in document.get("grades", ())}),
        {name: list(values) for name, values in document.get("rules", {}).items()},
        {name: list(values) for name, values in document.get("units", {}).items()},
    )


def rolled_up(figures: Figures, below: Mapping[str, Iterable[str]]) -> dict[str, tuple[int, int, int]]:
    """For each unit, given with all units at or below it: members, how many would have more, how many less."""
    found = {}
    for unit, inside in below.items():
        rows = [figures.units[one] for one in inside if one in figures.units]
        found[unit] = (sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows))
    return found
