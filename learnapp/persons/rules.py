"""What goes over when two accounts turn out to be one person. Pure.

What somebody learned and did goes over; what was decided about an account stays with it: closed periods, grades,
signatures, clocks of attempts and moves. Where both accounts have the same thing, that of the account that goes on
stands and the other one is not carried, so that nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from learnapp.errors import N_
from learnapp.hours.rules import CREDITED, Tally
from learnapp.plans.rules import HourRule

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
    "moving": N_("A transfer of the other account is under way. Confirm or withdraw it first."),
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


def carry(
    given: Sequence[Recorded],
    kept: Sequence[Recorded],
    known: Mapping[int, int],
    *,
    hour_rules: Mapping[str, HourRule],
    usual: HourRule,
    zone: str,
    next_seq: int,
    single: Collection[str] = (),
) -> Plan:
    """What has to be carried from the given-up stream into the one that goes on, both whole. `known` says which
    seq there was carried as which here, `next_seq` is the number of the next entry here. Hours are credited anew by
    `hour_rules`, the rules of the versions that entries name, `usual` being the one for an unknown version. Carrying
    again after it was done gives nothing."""
    plan, void_here = Plan(), {one.data["seq"] for one in kept if one.kind == "voided"}
    counts, places = {one.seq for one in effective(given)}, dict(known)
    mine = effective(kept)
    said = {matter(one.kind, one.data, single) for one in mine} - {None}
    tally = Tally(hour_rules, zone)
    for one in sorted(kept, key=lambda one: one.seq):
        tally.follow(one)
    for entry in given:
        if entry.kind == "voided":
            fall = _fall(entry, places, void_here)
            if fall is not None:
                plan.steps.append(fall)
                gone = next((one for one in mine if one.seq == fall.seq), None)
                if gone is not None:
                    said.discard(matter(gone.kind, gone.data, single))
                tally.give_back(fall.seq)
                next_seq += 1
        elif entry.seq in counts and entry.kind in CARRIED and entry.seq not in places:
            what = matter(entry.kind, entry.data, single)
            if what is not None and what in said:
                plan.both.append(entry)
                continue
            copied = _copied(entry, places, tally, usual, next_seq, plan)
            if copied is None:
                continue
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


def _copied(
    entry: Recorded,
    places: Mapping[int, int],
    tally: Tally,
    usual: HourRule,
    next_seq: int,
    plan: Plan,
) -> Copy | None:
    """The copy; None for what points at an entry that did not go over. Its hours are credited anew, by the rule that
    it was credited under and within what its day has left; of a rule that nobody knows, what is stored and
    fits into a usual day."""
    data = dict(entry.data)
    if entry.kind in POINTING:
        if data["seq"] not in places:
            return None
        data["seq"] = places[data["seq"]]
    if entry.kind in CREDITED:
        stored = int(data.get("hours", 0))
        earned = tally.earned(entry)
        data["hours"] = tally.fitting(entry, stored, usual) if earned is None else earned
        plan.cut += max(0, stored - data["hours"])
        tally.take(entry, next_seq, data["hours"])
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
