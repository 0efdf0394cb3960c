"""What is true of coverage: the state of one member in one item, and what may be shown of small units. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Protocol

from learnapp.errors import N_

STATES = {
    "done": N_("Done"),
    "under": N_("Under way"),
    "open": N_("Not started"),
    "out": N_("Not expected"),
}

# Whoever joins later than this before a date is not expected to make it.
JOINED_LATE = timedelta(days=30)

# Above the branch, figures about fewer people than this are not shown.
SMALL = 5


class Recorded(Protocol):
    """What is read of a ledger entry."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class Expected(Protocol):
    """What is read of a plan's item."""

    @property
    def item_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def due_on(self) -> date: ...


@dataclass(frozen=True)
class State:
    """A state of `STATES`, and the entry that proves it where one does."""

    state: str
    seq: int | None


@dataclass(frozen=True)
class Counts:
    """How many stand where. `out` are not expected: exempt, waived, or joined too late."""

    open: int = 0
    under: int = 0
    done: int = 0
    out: int = 0

    @property
    def due(self) -> int:
        """Of how many it is expected (应训)."""
        return self.open + self.under + self.done

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))


def total(counts: Iterable[Counts]) -> Counts:
    """The sum: a parent is the sum of its children."""
    return sum(counts, Counts())


def tally(states: Iterable[str]) -> Counts:
    """Counts of states."""
    found = list(states)
    return Counts(**{state: found.count(state) for state in STATES})


def progress(entries: Iterable[Recorded], before: Mapping[str, State] | None = None) -> dict[str, State]:
    """How far the effective entries bring the member, by thing (`course/…`, `quiz/…`).

    Done is what was completed or passed, or what something else was accepted for, by the first entry that says
    so, under whatever version; under way is what was begun: a module, or an attempt that was not passed. `before`
    is how far the entries before these have brought them; that goes only where none of those is voided now.
    """
    stream = list(entries)
    void = {entry.data["seq"] for entry in stream if entry.kind == "voided"}
    found: dict[str, State] = dict(before or {})
    for entry in stream:
        if entry.seq in void or entry.kind in ("voided", "waived"):
            continue
        thing = f"course/{entry.data['course']}" if "course" in entry.data else entry.subject
        done = entry.kind in ("course-completed", "equivalence-granted") or (
            entry.kind == "quiz-ended" and entry.data["passed"] is True and entry.data.get("counts", True)
        )
        if done and found.get(thing, State("open", None)).state != "done":
            found[thing] = State("done", entry.seq)
        elif thing not in found:
            found[thing] = State("under", entry.seq)
    return found


def waivers(entries: Iterable[Recorded]) -> list[Recorded]:
    """The waivers among these entries that none of them voids."""
    stream = list(entries)
    void = {entry.data["seq"] for entry in stream if entry.kind == "voided"}
    return [entry for entry in stream if entry.kind == "waived" and entry.seq not in void]


def waived(item: Expected, found: Iterable[Recorded]) -> int | None:
    """The first of these waivers that frees from the item: its last day is not before the item's date, or it has
    none. As with exemptions no day of asking takes part, so that nothing changes overnight."""
    thing, due_on = f"{item.kind}/{item.slug}", item.due_on.isoformat()
    return next(
        (one.seq for one in found if one.subject == thing and (one.data["until"] or due_on) >= due_on), None
    )


def expected(item: Expected, joined_on: date, exempt_on_due: bool) -> bool:
    """Whether a member is expected to have done the item by its date.

    Not so when exempt on that day, nor when they joined after the item began and within the last 30 days.
    No day of asking takes part, so the answer changes only when a membership, an exemption or a plan does.
    """
    return not exempt_on_due and joined_on <= max(item.starts_on, item.due_on - JOINED_LATE)


def state_of(
    item: Expected, is_expected: bool, done: Mapping[str, State], waiving: Iterable[Recorded] = ()
) -> State:
    """The member's state in one item. What was done though it was waived is done; else the waiver is the entry
    that proves the state."""
    if not is_expected:
        return State("out", None)
    found = done.get(f"{item.kind}/{item.slug}", State("open", None))
    freed = None if found.state == "done" else waived(item, waiving)
    return found if freed is None else State("out", freed)


def person_state(states: Collection[str]) -> str:
    """One word for a member's items together: done when all that is expected is, open when none was begun."""
    counted = [state for state in states if state != "out"]
    if not counted:
        return "out"
    if all(state == "done" for state in counted):
        return "done"
    return "open" if all(state == "open" for state in counted) else "under"


def hidden(due: Mapping[str, int]) -> frozenset[str]:
    """The units below one parent whose figures in one item must not be shown, given of how many of their
    members it is expected.

    A unit with 1 to 4 of them is hidden. As the parent's own figure is shown, what is hidden could be had by
    subtraction: so at least two units with at least five members together are hidden, the next smallest being
    added (the one founded first where two are equal).
    """
    found = {unit for unit, number in due.items() if small(number)}
    rest = sorted(
        (unit for unit, number in due.items() if number >= SMALL), key=lambda unit: (due[unit], unit)
    )
    while found and rest and (len(found) < 2 or sum(due[unit] for unit in found) < SMALL):
        found.add(rest.pop(0))
    return frozenset(found)


def small(number: int) -> bool:
    """Whether a figure is about somebody, but about so few that it would tell who."""
    return 0 < number < SMALL
