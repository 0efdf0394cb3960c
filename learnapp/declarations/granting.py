"""What is true of a waiver, of an equivalence and of a correction. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from learnapp.declarations.vocabulary import (
    EQUIVALENCE,
    REASONS,
    REPLACEABLE,
    WAIVER,
    Basis,
    remedy,
)
from learnapp.errors import N_, Conflict, Invalid

# The longest that a waiver may hold, and how far back it may reach: longer is a matter of the plan or the class.
LONGEST = timedelta(days=5 * 366)
EARLIEST = timedelta(days=366)
# Further back nobody alive has studied anything that is still taught: such a day is a slip of the finger.
LONG_AGO = timedelta(days=60 * 366)
MOST_DAYS = 60
MOST_MINUTES = 60 * 8 * MOST_DAYS
TEXT_LENGTH = 300

TAKEN = N_("This form was used for another entry. Open the entry again.")


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
    @property
    def occurred_at(self) -> datetime: ...


Entry = TypeVar("Entry", bound=Recorded)


@dataclass(frozen=True)
class Stands:
    """What holds for a thing: done by itself, by an equivalence, or waived until a day (None: for good)."""

    done: bool = False
    equivalent: int | None = None
    waived: int | None = None
    until: date | None = None


def stands(thing: str, effective: Iterable[Recorded]) -> Stands:
    """What these effective entries say of a course or quiz."""
    found = Stands()
    for entry in effective:
        if entry.subject != thing:
            continue
        if entry.kind == "course-completed" or (
            entry.kind == "quiz-ended" and entry.data["passed"] is True and entry.data.get("counts", True)
        ):
            found = Stands(True, found.equivalent, found.waived, found.until)
        elif entry.kind == "equivalence-granted":
            found = Stands(found.done, entry.seq, found.waived, found.until)
        elif entry.kind == "waived":
            until = last_day(entry.data["until"])
            if found.waived is None or reaches(until, found.until):
                found = Stands(found.done, found.equivalent, entry.seq, until)
    return found


def last_day(until: str) -> date | None:
    """The last day of a waiver as it stands in an entry; None for good."""
    return date.fromisoformat(until) if until else None


def reaches(until: date | None, other: date | None) -> bool:
    """Whether a waiver until the one day holds at least as long as one until the other (None: for good)."""
    return until is None or (other is not None and until >= other)


def check_waiver(known: Stands, basis: str, until: date | None, today: date) -> None:
    """Raises Invalid for a basis outside the vocabulary or a day that cannot be, Conflict where the waiver would
    say nothing new."""
    held = _basis(WAIVER, basis)
    if until is None and held.ends:
        raise Invalid("until-needed", N_("This basis ends some day. Name the last day on which it holds."))
    if until is not None and not today - EARLIEST <= until <= today + LONGEST:
        raise Invalid(
            "until-odd", N_("The last day lies more than a year back or more than five years ahead.")
        )
    _still_open(known)
    if known.waived is not None and reaches(known.until, until):
        raise Conflict(
            "waived-already", N_("It is waived at least as long already, by entry %(seq)s."), seq=known.waived
        )


def check_equivalence(
    known: Stands, basis: str, on: date, today: date, minutes: int, days: int, mode: str, modes: Iterable[str]
) -> None:
    """Raises Invalid for what cannot be, Conflict where the thing is done already."""
    held = _basis(EQUIVALENCE, basis)
    if on > today:
        raise Invalid("on-later", N_("What is accepted must have been done by today."))
    if on < today - LONG_AGO:
        raise Invalid("on-long-ago", N_("This day lies more than sixty years back. Please look at the year."))
    if minutes and not held.hours:
        raise Invalid(
            "no-hours", N_("This basis carries no study hours: nothing was studied on a certain day.")
        )
    if not 0 <= minutes <= MOST_MINUTES or not 1 <= days <= MOST_DAYS:
        raise Invalid(
            "too-much", N_("At most %(days)s days of study can be accepted at once."), days=MOST_DAYS
        )
    if minutes and mode not in modes:
        raise Invalid("mode-needed", N_("Say how the hours were studied."))
    _still_open(known)


def _basis(vocabulary: Mapping[str, Basis], code: str) -> Basis:
    if code not in vocabulary:
        raise Invalid("basis", N_("Choose on what it rests."))
    return vocabulary[code]


def _still_open(known: Stands) -> None:
    if known.done:
        raise Conflict(
            "done-already", N_("The member has completed this already. Nothing needs to be granted.")
        )
    if known.equivalent is not None:
        raise Conflict(
            "equivalent-already",
            N_("Something else was accepted in its place already, by entry %(seq)s."),
            seq=known.equivalent,
        )


def check_text(text: str) -> str:
    """The words behind a decision without the space around them. Raises Invalid for too many."""
    words = text.strip()
    if len(words) > TEXT_LENGTH:
        raise Invalid("text-long", N_("At most %(most)s characters, please."), most=TEXT_LENGTH)
    return words


def portions(minutes: int, days: int) -> list[int]:
    """The minutes of each day, evenly, whole; the first days take what is left over."""
    each, more = divmod(minutes, days)
    return [each + (number < more) for number in range(days)]


def resting_on(entry: Entry, effective: Sequence[Entry]) -> list[Entry]:
    """The entry with those that fall with it: a completed course rests on its lessons, so that a lesson takes the
    course along, and a course all of its lessons. In the order of the stream."""
    taken = {"module-completed": ("course-completed",), "course-completed": ("module-completed",)}
    kinds = taken.get(entry.kind, ())
    return [
        one
        for one in effective
        if one.seq == entry.seq
        or (one.kind in kinds and one.data["course"] == entry.data["course"])
        or (entry.kind == one.kind == "course-completed" and one.subject == entry.subject)
    ]


def check_correction(kind: str, reason: str, *, replaced: bool) -> None:
    """Raises Conflict with the remedy for an entry that is not voided by hand, Invalid for a reason that a person
    does not choose, or that says otherwise than what follows."""
    if problem := remedy(kind):
        raise Conflict("not-by-hand", problem)
    if reason not in REASONS:
        raise Invalid("reason", N_("Choose why the entry is wrong."))
    if reason == "corrected" and kind not in REPLACEABLE:
        raise Invalid(
            "no-replacement", N_("Nothing can be recorded in its place here. Choose another reason.")
        )
    if reason == "corrected" and not replaced:
        raise Invalid("replacement-needed", N_("Say what is right instead."))
