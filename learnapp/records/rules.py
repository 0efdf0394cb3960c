"""What a study record says: read off the entries of one member and nothing else. Pure.

Hours are hundredths of a study hour. A year is a calendar year of the instance's zone, and what was completed
belongs to the year of the day on which it happened, however late it was recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from learnapp.clock import local_date
from learnapp.hours.rules import day_of, mode_of

# The kinds of entry that a record has lines of; what else the ledger holds is not an achievement.
_LINES = {
    "module-completed": "module",
    "course-completed": "course",
    "quiz-ended": "quiz",
    "equivalence-granted": "equivalence",
    "waived": "waiver",
    "recognised": "recognition",
}


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
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def hash(self) -> str: ...


@dataclass(frozen=True)
class Line:
    """Something that stands in the record: a `course`, a `module` of a course, or a `quiz` that was passed, in
    exactly this version, with the entry that says so; or an `equivalence`, something done elsewhere that was
    accepted in place of the course or quiz `thing`; or a `waiver` of such a thing until the day `until` (ISO, empty
    for good); both rest on the code `basis`. A `recognition` stands on the list `slug`. Hours, their mode and rule
    are there where some were credited, the attempt is a quiz's."""

    kind: str
    slug: str
    module: str
    version: str
    on: date
    seq: int
    hash: str
    hours: int = 0
    mode: str = ""
    hour_rule: str = ""
    attempt: str = ""
    thing: str = ""
    basis: str = ""
    until: str = ""


@dataclass(frozen=True)
class Correction:
    """Entry `seq` voided entry `of`, on that day and for this reason; `by` stands in its place, where anything
    does. `line` is what the voided entry had said."""

    seq: int
    of: int
    on: date
    reason: str
    by: int | None
    line: Line


@dataclass(frozen=True)
class Year:
    """A member's record of one calendar year; lines in the order in which things happened, corrections in the
    year in which they were made. `hours` are by mode, `hour_rules` the rules under which they were credited."""

    year: int
    courses: tuple[Line, ...]
    modules: tuple[Line, ...]
    quizzes: tuple[Line, ...]
    corrections: tuple[Correction, ...]
    hours: Mapping[str, int]
    hour_rules: tuple[str, ...]
    accepted: tuple[Line, ...] = ()
    waived: tuple[Line, ...] = ()
    recognised: tuple[Line, ...] = ()

    @property
    def credited(self) -> tuple[Line, ...]:
        """The lines that credit hours, by day: together they are all of `hours`."""
        lines = (*self.modules, *self.quizzes, *self.accepted)
        return tuple(sorted((one for one in lines if one.hours), key=lambda one: (one.on, one.seq)))

    @property
    def total(self) -> int:
        """All hours of the year, whatever the mode."""
        return sum(self.hours.values())


def study_record(entries: Iterable[Recorded], zone: str, hidden: Collection[str] = ()) -> tuple[Year, ...]:
    """The record of the member whose whole stream this is, in any order; the newest year first, years in which
    nothing happened left out.

    `hidden` are the ids of attempts whose result must not be said yet: nothing in the record depends on them.
    Of one quiz the first attempt that was passed stands in a year, or the one that its hours were credited for.
    """
    stream = sorted(
        (entry for entry in entries if entry.data.get("attempt") not in hidden), key=lambda entry: entry.seq
    )
    voids = {entry.data["seq"]: entry for entry in stream if entry.kind == "voided"}
    lines = [_line(entry, zone) for entry in stream if entry.seq not in voids and _achieved(entry)]
    corrections = _corrections(stream, voids, zone)
    years = {line.on.year for line in lines} | {one.on.year for one in corrections}
    return tuple(_year(year, lines, corrections) for year in sorted(years, reverse=True))


def _achieved(entry: Recorded) -> bool:
    if entry.kind == "quiz-ended":
        return bool(entry.data["passed"]) and bool(entry.data.get("counts", True))
    return entry.kind in _LINES


def _line(entry: Recorded, zone: str) -> Line:
    data = entry.data
    thing = data.get("thing", "")
    hours = data.get("hours", 0)
    return Line(
        kind=_LINES[entry.kind],
        slug=thing.partition("/")[2] or data.get("quiz") or data.get("listing") or data["course"],
        module=data.get("module", ""),
        version=data.get("version", ""),
        on=day_of(entry, zone),
        seq=entry.seq,
        hash=entry.hash,
        hours=hours,
        mode=mode_of(entry) if hours else data.get("mode", ""),
        hour_rule=data.get("hour_rule", ""),
        attempt=data.get("attempt", ""),
        thing=thing,
        basis=data.get("basis", ""),
        until=data.get("until", ""),
    )


def _corrections(stream: Sequence[Recorded], voids: Mapping[int, Recorded], zone: str) -> list[Correction]:
    found = []
    for old in stream:
        void = voids.get(old.seq)
        if void is None or old.kind not in _LINES:
            continue
        by = next((one.seq for one in stream if one.seq > void.seq and _same_matter(old, one)), None)
        on = local_date(void.recorded_at, zone)
        found.append(Correction(void.seq, old.seq, on, void.data["reason"], by, _line(old, zone)))
    return sorted(found, key=lambda one: one.seq)


def _same_matter(old: Recorded, new: Recorded) -> bool:
    """Whether `new` says anew what `old` said: of the same attempt, the same module, the same course."""
    others = {
        "quiz-ended": ("attempt",),
        "equivalence-granted": ("thing",),
        "waived": ("thing",),
        "recognised": ("listing",),
    }
    fields = others.get(old.kind, ("course", "module"))
    return old.kind == new.kind and all(old.data.get(name) == new.data.get(name) for name in fields)


def _year(year: int, lines: Sequence[Line], corrections: Sequence[Correction]) -> Year:
    of_year = sorted((line for line in lines if line.on.year == year), key=lambda line: (line.on, line.seq))
    modules = tuple(line for line in of_year if line.kind == "module")
    accepted = tuple(line for line in of_year if line.kind == "equivalence")
    quizzes: dict[str, Line] = {}
    for line in of_year:
        if line.kind == "quiz" and (line.slug not in quizzes or line.hours > quizzes[line.slug].hours):
            quizzes[line.slug] = line
    credited = (*modules, *quizzes.values(), *accepted)
    hours: Counter[str] = Counter()
    for line in credited:
        if line.kind == "module" or line.hours:
            hours[line.mode] += line.hours
    return Year(
        year=year,
        courses=tuple(line for line in of_year if line.kind == "course"),
        modules=modules,
        quizzes=tuple(quizzes.values()),
        corrections=tuple(one for one in corrections if one.on.year == year),
        hours=dict(sorted(hours.items())),
        hour_rules=tuple(sorted({line.hour_rule for line in credited if line.hour_rule})),
        accepted=accepted,
        waived=tuple(line for line in of_year if line.kind == "waiver"),
        recognised=tuple(line for line in of_year if line.kind == "recognition"),
    )


def measured(measure: str, hours: Mapping[str, int], modes: Collection[str], online_percent: int) -> int:
    """What of these hours by mode counts by a measure: `total` all of it, `online` online study, `organised` the
    organised modes in full and online study by its percentage, rounded down."""
    if measure == "total":
        return sum(hours.values())
    online = hours.get("online", 0)
    if measure == "online":
        return online
    return sum(value for mode, value in hours.items() if mode in modes) + online * online_percent // 100
