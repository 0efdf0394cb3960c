"""Which hours the entries of one member credit, and to what they add up: computed from nothing but the entries
and the rules whose versions they name. Pure.

Hours are hundredths. A day and a year are those of the instance's zone, and what was done belongs to the day on
which it was done, however late it was recorded. Entries are looked at in the order in which they were recorded,
since each was credited within what its day had then; a voiding gives its day back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from learnapp.clock import local_date
from learnapp.plans.rules import HourRule, credit, within_day

MODULE, TEST, EQUIVALENCE = "module-completed", "quiz-ended", "equivalence-granted"
CREDITED = (MODULE, TEST, EQUIVALENCE)
# A test is taken by oneself here; its entry names no mode.
TEST_MODE = "online"


class Recorded(Protocol):
    """What is read of a ledger entry."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True)
class Difference:
    """An entry whose hours are not those that its rule gives; `computed` is None where nobody knows the rule."""

    seq: int
    stored: int
    computed: int | None
    rule: str


def day_of(entry: Recorded, zone: str) -> date:
    """The day, and with it the year, to which an entry's hours belong."""
    if entry.kind == EQUIVALENCE:
        return date.fromisoformat(entry.data["on"])
    return local_date(entry.occurred_at, zone)


def mode_of(entry: Recorded) -> str:
    """How the hours of an entry were studied."""
    return TEST_MODE if entry.kind == TEST else str(entry.data["mode"])


def spread(entry: Recorded, hours: int, zone: str) -> dict[date, int]:
    """What these hours of an entry take of each day. Something accepted for several days takes the same of each,
    rounded up."""
    last = day_of(entry, zone)
    days = int(entry.data.get("days", 1)) if entry.kind == EQUIVALENCE else 1
    return {last - timedelta(days=back): -(-hours // days) for back in range(days)}


def on_day(effective: Iterable[Recorded], day: date, zone: str) -> int:
    """What a day has by the hours stored in these entries, none of which is void."""
    return sum(
        spread(entry, hours, zone).get(day, 0)
        for entry in effective
        if entry.kind in CREDITED and (hours := int(entry.data.get("hours", 0)))
    )


def test_credited(effective: Iterable[Recorded], quiz: str, year: int, zone: str) -> bool:
    """Whether hours stand in these entries for this test in this year; a test counts once a calendar year."""
    return any(
        entry.kind == TEST
        and entry.data["quiz"] == quiz
        and entry.data.get("hours", 0) > 0
        and day_of(entry, zone).year == year
        for entry in effective
    )


def counts(data: Mapping[str, Any]) -> bool:
    """Whether a test was passed in an attempt that counts."""
    return bool(data["passed"]) and bool(data.get("counts", True)) and not data.get("pending", 0)


def by_mode(effective: Iterable[Recorded], year: int, zone: str) -> dict[str, int]:
    """The hours of a calendar year by mode, of entries none of which is void."""
    found: Counter[str] = Counter()
    for entry in effective:
        hours = int(entry.data.get("hours", 0)) if entry.kind in CREDITED else 0
        if hours and day_of(entry, zone).year == year:
            found[mode_of(entry)] += hours
    return dict(sorted(found.items()))


class Tally:
    """What the days of a member have and which tests have counted, entry by entry in the order of the stream."""

    def __init__(self, rules: Mapping[str, HourRule], zone: str) -> None:
        self.rules = rules
        self.zone = zone
        self.days: Counter[date] = Counter()
        self.tests: Counter[tuple[str, int]] = Counter()
        self.taken: dict[int, tuple[dict[date, int], tuple[str, int] | None]] = {}

    def earned(self, entry: Recorded) -> int | None:
        """The hours of an entry as its rule gives them at its place; None where the rule is not known."""
        version = entry.data.get("hour_rule", "")
        if not version:
            return 0
        rule = self.rules.get(version)
        if rule is None:
            return None
        if entry.kind == EQUIVALENCE:
            return self._spread(entry, rule)
        day = day_of(entry, self.zone)
        if entry.kind == MODULE:
            return credit(int(entry.data["minutes"]), self.days[day], rule)
        if not counts(entry.data) or self.tests[entry.data["quiz"], day.year]:
            return 0
        return within_day(rule.test_credit, self.days[day], rule)

    def _spread(self, entry: Recorded, rule: HourRule) -> int:
        minutes, days = int(entry.data["minutes"]), int(entry.data["days"])
        each, more = divmod(minutes, days)
        first = day_of(entry, self.zone) - timedelta(days=days - 1)
        return sum(
            credit(each + (number < more), self.days[first + timedelta(days=number)], rule)
            for number in range(days)
        )

    def fitting(self, entry: Recorded, hours: int, rule: HourRule) -> int:
        """What of these hours of an entry its day has room for under a rule."""
        return within_day(hours, self.days[day_of(entry, self.zone)], rule)

    def follow(self, entry: Recorded) -> None:
        """An entry as it stands in the stream: its stored hours are credited, or what it voids is given back."""
        if entry.kind == "voided":
            self.give_back(int(entry.data["seq"]))
        elif entry.kind in CREDITED:
            self.take(entry, entry.seq, int(entry.data.get("hours", 0)))

    def take(self, entry: Recorded, seq: int, hours: int) -> None:
        """Hours are credited for what this entry says; under `seq` they are given back."""
        days = spread(entry, hours, self.zone)
        test = None
        if entry.kind == TEST and hours:
            test = (str(entry.data["quiz"]), day_of(entry, self.zone).year)
            self.tests[test] += 1
        self.days.update(days)
        self.taken[seq] = (days, test)

    def give_back(self, seq: int) -> None:
        """An entry is void."""
        days, test = self.taken.pop(seq, ({}, None))
        self.days.subtract(days)
        if test is not None:
            self.tests[test] -= 1


def hours_of(stream: Iterable[Recorded], rules: Mapping[str, HourRule], zone: str) -> dict[int, int | None]:
    """The hours of every crediting entry of a member's whole stream, by seq, voided ones included: recomputed from
    what the entries say was done and the rules of their versions, without looking at the hours that they store.
    None stands where an entry names a version that is not among `rules`; its days then have what is stored."""
    walk, found = Tally(rules, zone), {}
    for entry in sorted(stream, key=lambda one: one.seq):
        if entry.kind == "voided":
            walk.give_back(int(entry.data["seq"]))
        elif entry.kind in CREDITED:
            hours = walk.earned(entry)
            found[entry.seq] = hours
            walk.take(entry, entry.seq, int(entry.data.get("hours", 0)) if hours is None else hours)
    return found


def differences(
    stream: Collection[Recorded], rules: Mapping[str, HourRule], zone: str
) -> tuple[Difference, ...]:
    """The entries of a whole stream whose stored hours are not the recomputed ones, in their order."""
    computed = hours_of(stream, rules, zone)
    return tuple(
        Difference(entry.seq, stored, computed[entry.seq], entry.data.get("hour_rule", ""))
        for entry in sorted(stream, key=lambda one: one.seq)
        if entry.seq in computed and (stored := int(entry.data.get("hours", 0))) != computed[entry.seq]
    )
