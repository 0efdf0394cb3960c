"""What goes over when two accounts turn out to be one person. Pure.

What somebody learned and did goes over; what was decided about an account stays with it: closed periods, grades,
signatures, clocks of attempts and moves. Where both accounts have the same thing, that of the account that goes on
stands and the other one is not carried, so that nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from learnapp.clock import local_date
from learnapp.errors import N_

CARRIED = (
    "study-begun",
    "module-completed",
    "course-completed",
    "quiz-ended",
    "act-declared",
    "act-recorded",
    "act-confirmed",
    "act-declined",
    "waived",
    "equivalence-granted",
    "work-done",
)
# What a person counts as done; the others are steps on the way and decisions.
ACHIEVED = ("module-completed", "course-completed", "quiz-ended", "act-confirmed", "equivalence-granted")

# These point back at an entry of their own stream, which has another number where they go.
POINTING = ("act-confirmed", "act-declined")

REASON_LENGTH = 500

BLOCKERS: Mapping[str, str] = {
    "same": N_("These are one and the same account."),
    "kept-merged": N_("The account that should go on was joined with another one itself. Choose that one."),
    "given-merged": N_("The other account was joined before. Undo that first."),
    "erased": N_("A person that was erased cannot be joined with anybody."),
    "running": N_("A quiz of the other account is still running. It ends with its time, or by handing in."),
    "late": N_("Answers of the other account that came late wait for a decision. Decide about them first."),
    "acts": N_("Acts of the other account wait for a confirmation. Confirm or decline them first."),
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


# The hundredths that an entry earns, given what its day has already.
Credit = Callable[[Recorded, int], int]


def achieved(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an entry is something that a person counts as done."""
    return kind in ACHIEVED and (kind != "quiz-ended" or bool(data["passed"]))


@dataclass(frozen=True)
class Copy:
    """An entry of the given-up stream as it is recorded in the one that goes on. `of` is its seq there."""

    of: int
    kind: str
    data: Mapping[str, Any]
    occurred_at: datetime


@dataclass(frozen=True)
class Fall:
    """The copy with this seq no longer counts, since what it copies was voided for this reason."""

    seq: int
    of: int
    reason: str
    trace: str


@dataclass
class Plan:
    """What has to be done so that the stream that goes on has all of the other one, in this order, and the entries
    that both have. `cut` are hundredths that a day's ceiling leaves out."""

    steps: list[Copy | Fall] = field(default_factory=list)
    both: list[Recorded] = field(default_factory=list)
    cut: int = 0

    @property
    def copies(self) -> list[Copy]:
        """What is recorded anew."""
        return [step for step in self.steps if isinstance(step, Copy)]


def effective(entries: Iterable[Recorded]) -> list[Recorded]:
    """The entries that count, of a whole stream."""
    known = list(entries)
    void = {entry.data["seq"] for entry in known if entry.kind == "voided"}
    return [entry for entry in known if entry.kind != "voided" and entry.seq not in void]


def matter(kind: str, data: Mapping[str, Any], single: Collection[str] = ()) -> tuple[str, ...] | None:
    """What only one entry of a stream can say; None for what may be said more than once. `single` are the quizzes
    of which one attempt counts, the first or the last."""
    if kind == "study-begun":
        return (kind, data["course"])
    if kind == "module-completed":
        return (kind, data["course"], data["module"])
    if kind == "course-completed":
        return (kind, data["course"], data["version"])
    if kind == "equivalence-granted":
        return (kind, data["thing"])
    if kind == "work-done":
        return (kind, data["work"], data["ref"])
    if kind == "quiz-ended" and data["quiz"] in single and data.get("counts", True):
        return (kind, data["quiz"])
    return None


def day_of(entry: Recorded, zone: str) -> date:
    """The local day whose ceiling an entry's hours fall under."""
    if entry.kind == "equivalence-granted":
        return date.fromisoformat(entry.data["on"])
    return local_date(entry.occurred_at, zone)


def carry(
    given: Sequence[Recorded],
    kept: Sequence[Recorded],
    known: Mapping[int, int],
    *,
    credit: Credit,
    zone: str,
    next_seq: int,
    single: Collection[str] = (),
) -> Plan:
    """What has to be carried from the given-up stream into the one that goes on, both whole. `known` says which
    seq there was carried as which here, `next_seq` is the number of the next entry here. Carrying again after
    it was done gives nothing."""
    plan, void_here = Plan(), {one.data["seq"] for one in kept if one.kind == "voided"}
    counts, places = {one.seq for one in effective(given)}, dict(known)
    mine = effective(kept)
    said = {matter(one.kind, one.data, single) for one in mine} - {None}
    days: dict[date, int] = {}
    tested: set[tuple[str, int]] = set()
    for one in mine:
        days[day_of(one, zone)] = days.get(day_of(one, zone), 0) + int(one.data.get("hours", 0))
        tested |= _tested(one, zone)
    for entry in given:
        if entry.kind == "voided":
            fall = _fall(entry, places, void_here)
            if fall is not None:
                plan.steps.append(fall)
                gone = next((one for one in mine if one.seq == fall.seq), None)
                if gone is not None:
                    said.discard(matter(gone.kind, gone.data, single))
                    days[day_of(gone, zone)] -= int(gone.data.get("hours", 0))
                next_seq += 1
        elif entry.seq in counts and entry.kind in CARRIED and entry.seq not in places:
            what = matter(entry.kind, entry.data, single)
            if what is not None and what in said:
                plan.both.append(entry)
                continue
            copied = _copied(
                entry, places, days, credit, zone, plan, again=bool(tested & _tested(entry, zone))
            )
            if copied is None:
                continue
            tested |= _tested(entry, zone)
            said.add(what)
            places[entry.seq] = next_seq
            plan.steps.append(copied)
            next_seq += 1
    return plan


def _fall(entry: Recorded, places: Mapping[int, int], void_here: Collection[int]) -> Fall | None:
    here = places.get(entry.data["seq"])
    if here is None or here in void_here:
        return None
    return Fall(here, entry.data["seq"], entry.data["reason"], entry.data.get("trace", ""))


def _tested(entry: Recorded, zone: str) -> set[tuple[str, int]]:
    """A test that earned hours: once a test and calendar year."""
    if entry.kind != "quiz-ended" or not entry.data.get("hours"):
        return set()
    return {(entry.data["quiz"], day_of(entry, zone).year)}


def _copied(
    entry: Recorded,
    places: Mapping[int, int],
    days: dict[date, int],
    credit: Credit,
    zone: str,
    plan: Plan,
    *,
    again: bool,
) -> Copy | None:
    """The copy; None for what points at an entry that did not go over. `again` is a test that earned its hours
    in this year already."""
    data = dict(entry.data)
    if entry.kind in POINTING:
        if data["seq"] not in places:
            return None
        data["seq"] = places[data["seq"]]
    if data.get("hours"):
        day = day_of(entry, zone)
        hours = 0 if again else credit(entry, days.get(day, 0))
        plan.cut += max(0, int(data["hours"]) - hours)
        days[day] = days.get(day, 0) + hours
        data["hours"] = hours
    return Copy(entry.seq, entry.kind, data, entry.occurred_at)


def joined_courses(
    mine: Collection[str],
    other: Collection[str],
    courses: Mapping[str, Collection[str]],
    done: Collection[str],
) -> list[str]:
    """The courses that neither account has completed alone and both together have: modules are `course/module`,
    `courses` names the modules of each, `done` are courses that stand completed."""
    both = {*mine, *other}
    found = []
    for course, modules in courses.items():
        keys = {f"{course}/{module}" for module in modules}
        if keys and keys <= both and not keys <= {*mine} and not keys <= {*other} and course not in done:
            found.append(course)
    return sorted(found)
