"""When an attempt may begin, how long it runs, and what moves its clock. Pure.

Everything is computed from the start, the settings and the measures in the order of their times. So it does not
matter who applies a measure, or when: whoever looks, however late, finds the same deadline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["extend", "pause", "resume", "override", "reopen"]
Source = Literal["all", "one"]
Reason = Literal["", "no-attempts-left", "paused", "not-open", "closed", "wait", "wait-closed"]

# The server's own slowness is not the member's fault: an act that was under way at the deadline may still
# arrive this much later, through a busy network and a queue of requests, and counts.
GRACE = timedelta(seconds=5)

# A save that arrived within the grace may wait for the database's lock (its timeout is 15 s). The sweeper,
# for whom nobody waits, gives it this much more before it closes the attempt.
SETTLE = timedelta(seconds=20)

MILLISECOND = timedelta(milliseconds=1)
LONGER_PERCENT = 150


# The clock of one attempt -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """When the time is up (None: never), and since when it stands still, if it does. While it stands, nothing
    runs out, and the deadline does not contain the pause yet. Instants in UTC."""

    deadline_at: datetime | None = None
    paused_at: datetime | None = None

    def in_time(self, at: datetime) -> bool:
        """Whether an act received then counts: up to the deadline and the grace, both included."""
        running = self.deadline_at is not None and self.paused_at is None
        return not running or self.deadline_at is None or at <= self.deadline_at + GRACE

    def overdue(self, at: datetime) -> bool:
        """Whether the clock has ended the attempt: nothing that arrives now could still count."""
        return not self.in_time(at)

    def remaining_ms(self, at: datetime) -> int | None:
        """Milliseconds until the deadline, never less than 0; None without a limit. While the clock stands it
        is what was left when it stopped."""
        if self.deadline_at is None:
            return None
        return max(0, (self.deadline_at - (self.paused_at or at)) // MILLISECOND)

    def ending(self, at: datetime) -> tuple[str, datetime]:
        """By whom an attempt that is ended now was ended, and when.

        Up to the deadline it is the member, at that moment; after it the clock, at the deadline, whoever
        notices.
        """
        if self.deadline_at is not None and self.paused_at is None and at >= self.deadline_at:
            return "deadline", self.deadline_at
        return "member", at


# What moves it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """A measure as it concerns one member: set for `all` of a unit, or for this `one`.

    `minutes` are those added by `extend` and `reopen`, and the whole limit of an `override`; `attempts` are
    further ones. A pause is ended by a resume of the same `unit` (empty: for this one).
    """

    source: Source
    number: int
    kind: Kind
    at: datetime
    unit: str = ""
    minutes: int | None = None
    attempts: int | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempt_id: str | None = None
    reason: str = ""
    set_by: str = ""

    @property
    def id(self) -> str:
        """Its name among the measures of a member at a quiz."""
        return f"{self.source}-{self.number}"


def in_order(moves: Iterable[Move]) -> list[Move]:
    """The measures as they were set."""
    return sorted(moves, key=lambda move: (move.at, move.source, move.number))


class _Pauses:
    """The pauses in force, and since when a clock stands because of them. They may overlap; what they cover
    counts once. One that begins when a clock has run out stops nothing, unless the clock runs again."""

    def __init__(self) -> None:
        self.open: dict[str, Move] = {}
        self.since: datetime | None = None

    def begin(self, move: Move) -> None:
        self.open.setdefault(move.unit, move)

    def hold(self, at: datetime) -> None:
        """Stops a clock that runs at that moment, if there is a pause."""
        if self.open and self.since is None:
            self.since = at

    def end(self, move: Move) -> timedelta:
        """How long everything stood still, once the last pause is over; nothing before."""
        self.open.pop(move.unit, None)
        if self.open or self.since is None:
            return timedelta(0)
        length = move.at - self.since
        self.since = None
        return length

    @property
    def latest(self) -> Move | None:
        return max(self.open.values(), key=lambda move: move.at, default=None)


# Before the start ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """From when and until when a quiz may be begun, and by when it is due. Instants in UTC; None is open."""

    opens: datetime | None = None
    due: datetime | None = None
    closes: datetime | None = None

    def later(self, by: timedelta) -> Window:
        """The same with a later end. What is due moves along: nobody is late for what was given back."""
        return replace(self, due=_later(self.due, by), closes=_later(self.closes, by))


def _later(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by


def local(text: str | None, zone: str) -> datetime | None:
    """The instant of a local date and time such as "2026-12-01T08:00" in an IANA zone; None for None."""
    if text is None:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a member who has not begun: the window, the limit in minutes, how many attempts in all,
    and the pause in force, if there is one, with the moment since which it keeps the window from closing."""

    window: Window = Window()
    minutes: int | None = None
    attempts: int | None = None
    paused: Move | None = None
    held_since: datetime | None = None

    def closed(self, at: datetime) -> bool:
        """Whether the window has closed."""
        return self.window.closes is not None and (self.held_since or at) >= self.window.closes


def terms(base: Terms, moves: Iterable[Move]) -> Terms:
    """The terms after these measures. An extension or a pause moves the end of the window; an override puts
    its values in the place of the quiz's own, and adds attempts."""
    return _terms(base, moves)[0]


def _terms(base: Terms, moves: Iterable[Move]) -> tuple[Terms, _Pauses]:
    found, pauses = base, _Pauses()
    for move in in_order(moves):
        if move.kind == "extend":
            found = replace(found, window=found.window.later(timedelta(minutes=move.minutes or 0)))
        elif move.kind == "pause":
            pauses.begin(move)
        elif move.kind == "resume":
            found = replace(found, window=found.window.later(pauses.end(move)))
        elif move.kind == "override":
            found = _overridden(found, move)
        if not found.closed(move.at):
            pauses.hold(move.at)
        found = replace(found, held_since=pauses.since)
    return replace(found, paused=pauses.latest), pauses


def _overridden(found: Terms, move: Move) -> Terms:
    window = Window(
        move.opens_at or found.window.opens,
        move.due_at or found.window.due,
        move.closes_at or found.window.closes,
    )
    attempts = None if found.attempts is None else found.attempts + (move.attempts or 0)
    return Terms(window, move.minutes or found.minutes, attempts, held_since=found.held_since)


def attempts_left(allowed: int | None, used: int) -> int | None:
    """How many more attempts may be started; None when there is no limit."""
    return None if allowed is None else max(0, allowed - used)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an attempt may be started: an empty `code`, or why not. `at` is from when it is possible, or for
    `closed` since when it is not; `closes` is the end of the window that the wait would overrun."""

    code: Reason = ""
    at: datetime | None = None
    closes: datetime | None = None

    @property
    def may(self) -> bool:
        """Whether it may."""
        return not self.code


def may_start(
    found: Terms, *, used: int, last_ended_at: datetime | None, wait_minutes: int, at: datetime
) -> Verdict:
    """Whether a member who has used so many attempts may start another one, and else from when. What is due
    never matters: it is said, and nothing else."""
    opens, closes = found.window.opens, found.window.closes
    if attempts_left(found.attempts, used) == 0:
        return Verdict("no-attempts-left")
    if found.closed(at):
        return Verdict("closed", closes)
    if found.paused is not None:
        return Verdict("paused")
    if opens is not None and at < opens:
        return Verdict("not-open", opens)
    ready = last_ended_at + timedelta(minutes=wait_minutes) if last_ended_at and wait_minutes else None
    if ready is None or at >= ready:
        return Verdict()
    if closes is not None and ready >= closes:
        return Verdict("wait-closed", ready, closes)
    return Verdict("wait", ready)


def percent(minutes: int | None, *, exam: bool, longer: bool, allowance: int | None) -> int:
    """How much of the limit a member has: half as much again who asks for it, where it is no exam, or the
    member's standing allowance, whichever is more."""
    if minutes is None:
        return 100
    return max(LONGER_PERCENT if longer and not exam else 100, allowance or 100)


# While it runs ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begun:
    """What an attempt's clock starts from: the limit in minutes and the percentage of it that the member has,
    and the closing time that the quiz itself gave, before any measure."""

    attempt_id: str
    started_at: datetime
    minutes: int | None
    percent: int = 100
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The clock after all measures, those that changed something of it since the start or the last reopening,
    and the pause in force."""

    clock: Clock
    touched: tuple[Move, ...]
    paused: Move | None = None


def run(begun: Begun, moves: Iterable[Move]) -> Run:
    """The clock of an attempt that was not handed in: the limit, stretched, or the closing time, whichever is
    first, and then every measure at its own time.

    What was set before the start moved only the closing time. What is set while it runs moves limit and
    closing time together, and never makes anything shorter; a pause moves both by its length, when it is over.
    What is set after the clock has ended it does not touch it, unless it is opened again.
    """
    ordered = in_order(moves)
    base = Terms(Window(closes=begun.closes_at), begun.minutes)
    at_start, pauses = _terms(base, (move for move in ordered if move.at < begun.started_at))
    running = _Running(begun, at_start, pauses)
    for move in ordered:
        if move.at >= begun.started_at:
            running.take(move)
    stands = running.clock.paused_at is not None
    return Run(running.clock, tuple(running.touched), pauses.latest if stands else None)


class _Running:
    """An attempt on its way through the measures."""

    def __init__(self, begun: Begun, at_start: Terms, pauses: _Pauses) -> None:
        self.begun = begun
        self.limit = self._limit(at_start.minutes, timedelta(0))
        self.closes = at_start.window.closes
        self.moved = timedelta(0)
        self.pauses = pauses
        self._again(begun.started_at)
        self.reopened = False
        self.touched: list[Move] = []

    def _limit(self, minutes: int | None, moved: timedelta) -> datetime | None:
        if minutes is None:
            return None
        return self.begun.started_at + timedelta(minutes=minutes) * self.begun.percent / 100 + moved

    @property
    def clock(self) -> Clock:
        ends = [end for end in (self.limit, self.closes) if end is not None]
        return Clock(min(ends, default=None), self.pauses.since)

    @property
    def _state(self) -> tuple[object, ...]:
        """What a measure can change. A closing time that was moved counts even where the limit comes first, since a
        later measure may move that."""
        return self.limit, self.closes, self.pauses.since, set(self.pauses.open)

    def take(self, move: Move) -> None:
        """One measure, unless the clock has ended the attempt by then."""
        if move.kind == "reopen":
            if move.attempt_id == self.begun.attempt_id:
                self._reopen(move)
            return
        before, over = self._state, self.clock.overdue(move.at)
        if move.kind == "pause":
            self.pauses.begin(move)
        elif move.kind == "resume":
            self._move(self.pauses.end(move))
        if over:
            return
        if move.kind == "extend":
            self._move(timedelta(minutes=move.minutes or 0))
        elif move.kind == "override":
            self._override(move)
        self.pauses.hold(move.at)
        if self._state != before:
            self.touched.append(move)

    def _again(self, at: datetime) -> None:
        """The clock runs from here on, unless a pause is in force."""
        self.pauses.since = None
        self.pauses.hold(at)

    def _move(self, by: timedelta) -> None:
        self.moved += by
        self.limit, self.closes = _later(self.limit, by), _later(self.closes, by)

    def _override(self, move: Move) -> None:
        if move.minutes is not None and self.limit is not None and not self.reopened:
            self.limit = max(self.limit, self._limit(move.minutes, self.moved) or self.limit)
        if move.closes_at is not None and self.closes is not None:
            self.closes = max(self.closes, move.closes_at)

    def _reopen(self, move: Move) -> None:
        """From now on only the minutes given hold, whatever the limit and the closing time were."""
        self.limit = None if move.minutes is None else move.at + timedelta(minutes=move.minutes)
        self.closes = None
        self.moved = timedelta(0)
        self._again(move.at)
        self.reopened = True
        self.touched = [move]
