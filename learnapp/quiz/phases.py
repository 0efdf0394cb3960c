"""What may be seen of an attempt, and when. Pure.

Four phases: `during` the attempt, just `after` it, `later`, and once the quiz is `closed`. The author says for
each what is shown (see `docs/content.md`); where a quiz has a closing time, nobody's wish shows a key before the
last one who may still answer is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias

from learnapp.questions import ALL, Show

Phase: TypeAlias = Literal["during", "after", "later", "closed"]

# How long "just after" lasts. In Moodle it is two minutes, which are gone while a phone that lost the network
# at the hand-in still waits for its review; ten minutes are enough for that, and to read what is shown.
AFTER = timedelta(minutes=10)

# Whoever knows one of these knows what the others should answer.
KEYS: frozenset[Show] = frozenset({"key", "feedback"})

Standing: TypeAlias = Literal["open", "received", "pending", "passed", "short"]


class Settings(Protocol):
    """What of a quiz's settings decides here; `closes` is local text, None for a quiz without closing time."""

    @property
    def closes(self) -> str | None: ...
    @property
    def review(self) -> Mapping[Phase, frozenset[Show]]: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be seen of an attempt now.

    `careful` says that others may still answer: correctness then stays hidden where it tells the key. `coming`
    is what is still to be shown, in the order of its time.
    """

    phase: Phase
    shows: frozenset[Show]
    careful: bool = False
    coming: tuple[Coming, ...] = ()

    @property
    def result(self) -> bool:
        """Whether the result may be seen, passed or not included."""
        return "mark" in self.shows

    @property
    def explained(self) -> bool:
        """Whether everything about its questions may be seen, so that they may be asked again elsewhere."""
        return self.shows >= ALL - {"mark"}


@dataclass(frozen=True, slots=True)
class Coming:
    """What will be shown besides, and from when (UTC). `closing`: once the quiz has closed and everybody is
    done; `at` is then the closing time, and may have passed."""

    shows: frozenset[Show]
    at: datetime
    closing: bool = False


EVERYTHING = Seen("later", ALL)


def phase(ended_at: datetime | None, closes_at: datetime | None, everybody_done: bool, at: datetime) -> Phase:
    """The phase of an attempt that ended then (None: it is open). `everybody_done` says that nobody may still
    answer: nobody with extra time, another closing time or a running attempt. All times are in UTC."""
    if ended_at is None:
        return "during"
    if closes_at is not None and at >= closes_at and everybody_done:
        return "closed"
    return "after" if at < ended_at + AFTER else "later"


def shows(found: Phase, settings: Settings) -> frozenset[Show]:
    """What the author lets be seen in a phase, without what would tell others the keys."""
    told = settings.review[found]
    return told - KEYS if careful(found, settings) else told


def careful(found: Phase, settings: Settings) -> bool:
    """Whether others may still answer the same questions."""
    return settings.closes is not None and found != "closed"


def coming(
    found: Phase, settings: Settings, ended_at: datetime | None, closes_at: datetime | None
) -> tuple[Coming, ...]:
    """What later phases show besides, each with its time. Of an open attempt nothing, since nobody knows when
    it ends."""
    if ended_at is None or found == "closed":
        return ()
    steps: list[tuple[Phase, datetime]] = [("later", ended_at + AFTER)] if found == "after" else []
    if closes_at is not None:
        steps = [step for step in steps if step[1] < closes_at] + [("closed", closes_at)]
    known, made = shows(found, settings), []
    for name, when in steps:
        more = shows(name, settings) - known
        if more:
            made.append(Coming(more, when, name == "closed"))
            known |= more
    return tuple(made)


def seen(
    ended_at: datetime | None,
    settings: Settings,
    closes_at: datetime | None,
    everybody_done: bool,
    at: datetime,
) -> Seen:
    """All of this together. `closes_at` is the closing time of the settings, in UTC."""
    found = phase(ended_at, closes_at, everybody_done, at)
    return Seen(
        found, shows(found, settings), careful(found, settings), coming(found, settings, ended_at, closes_at)
    )


def for_paper(seen: Seen, tells: Iterable[bool]) -> frozenset[Show]:
    """What is shown of the questions of a paper; `tells` says of each whether its correctness tells its key.

    Where others may still answer, the sum of all marks and the correctness of the other questions would give
    away what is hidden of one: then correctness stays hidden for all.
    """
    if seen.careful and seen.result and any(tells):
        return seen.shows - {"correctness"}
    return seen.shows


def standing(open_: bool, passed: bool | None, pending: int, seen: Seen) -> Standing:
    """How an attempt stands, in the one word that may be said about it: `received` while its result is not
    shown yet, `pending` while answers wait for a person, `short` when it is not passed."""
    if open_:
        return "open"
    if not seen.result:
        return "received"
    if pending:
        return "pending"
    return "passed" if passed else "short"
