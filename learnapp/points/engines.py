"""Every version of the rules engine that a period may have been opened under. Pure.

`ENGINE` is the version for periods opened now. A version under which a period has closed is never edited or
taken away: a stored period gives the same lines, and so the same digest, after every upgrade.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from learnapp.clock import local_date
from learnapp.points import engine_1, engine_2
from learnapp.points.earlier import Earlier
from learnapp.points.rules import Evaluation, Recorded, RuleSet, Span
from learnapp.points.terms import ALWAYS, Terms

ENGINE = 2


class Evaluate(Protocol):
    """From entries to lines, see `engine_2.evaluate`."""

    def __call__(
        self,
        entries: Iterable[Recorded],
        rules: RuleSet,
        span: Span,
        zone: str,
        earlier: Sequence[Earlier] = (),
        terms: Terms = ALWAYS,
    ) -> Evaluation: ...


class Concerned(Protocol):
    """Which entries count in a period, see `engine_2.concerned`."""

    def __call__(
        self, entries: Iterable[Recorded], rules: RuleSet, span: Span, zone: str, terms: Terms = ALWAYS
    ) -> list[Recorded]: ...


class GoesOn(Protocol):
    """Whether new entries can be added to what stands, see `engine_2.goes_on`."""

    def __call__(self, new: Sequence[Recorded], earlier: Iterable[Earlier], zone: str) -> bool: ...


class DayOf(Protocol):
    """The day of an entry, see `engine_2.day_of`."""

    def __call__(self, entry: Recorded, zone: str) -> date: ...


@dataclass(frozen=True)
class Engine:
    """One version: the evaluation, and what decides whether new entries can be added without evaluating all."""

    evaluate: Evaluate
    concerned: Concerned
    goes_on: GoesOn
    day_of: DayOf


def _day_of_instant(entry: Recorded, zone: str) -> date:
    return local_date(entry.occurred_at, zone)


ENGINES: Mapping[int, Engine] = {
    1: Engine(engine_1.evaluate, engine_1.concerned, engine_1.goes_on, _day_of_instant),
    2: Engine(engine_2.evaluate, engine_2.concerned, engine_2.goes_on, engine_2.day_of),
}
