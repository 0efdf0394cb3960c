"""What has changed in a closed period since it closed, as amounts that count in a later one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from learnapp.errors import N_
from learnapp.points.rules import ACT, Evaluation, Line, Recorded

# The rule under which an adjustment stands that belongs to no line: what the floor of the closed sum swallows.
FLOOR = "floor"

# Why a closed line would come out differently now.
CAUSES: Mapping[str, str] = {
    "late": N_("recorded after the period had closed"),
    "confirmed": N_("confirmed after the period had closed"),
    "regraded": N_("marked anew after the period had closed"),
    "voided": N_("voided after the period had closed"),
    "room": N_("another entry of that period changed after it had closed, and with it the room under a cap"),
    "floor": N_("the sum of that period cannot fall below its floor"),
}


@dataclass(frozen=True)
class Adjustment:
    """By how much the line of an entry under a rule changed, in hundredths, why, and the entry behind it."""

    seq: int
    rule: str
    amount: int
    cause: str
    cause_seq: int


def differences(
    frozen: Sequence[Line],
    now: Evaluation,
    entries: Iterable[Recorded],
    *,
    total: int,
    seq: int,
    vetoes: frozenset[str] = frozenset(),
) -> list[Adjustment]:
    """What the lines of a closed period would differ by now, one adjustment for each line that changed.

    `frozen` are its lines, `total` its own sum and `seq` the last entry that was there when it closed. The
    amounts add up to how much the own sum would differ. A veto is worth nothing; that it came is told.
    """
    known = {entry.seq: entry for entry in entries}
    void_by = {entry.data["seq"]: entry.seq for entry in known.values() if entry.kind == "voided"}
    before = {(line.seq, line.rule): line for line in frozen}
    after = {(line.seq, line.rule): line for line in now.lines}
    spoken_of = {key[0] for key in (*before, *after)}
    touching = [entry.seq for entry in known.values() if entry.seq > seq and _of(entry) in spoken_of]
    since = min(touching, default=0)
    found = []
    for key in sorted(before.keys() | after.keys()):
        amount = _counted(after.get(key)) - _counted(before.get(key))
        if amount or (key[1] in vetoes and _stands(after.get(key)) != _stands(before.get(key))):
            cause, cause_seq = _cause(known[key[0]], key, before, void_by, since)
            found.append(Adjustment(*key, amount, cause, cause_seq))
    swallowed = now.total - total - sum(one.amount for one in found)
    if swallowed:
        found.append(Adjustment(0, FLOOR, swallowed, "floor", 0))
    return found


def _counted(line: Line | None) -> int:
    return line.counted if line else 0


def _stands(line: Line | None) -> bool:
    return line is not None and not line.reason


def _of(entry: Recorded) -> int:
    """The entry that it is about: the voided one, or itself."""
    of: int = entry.data["seq"] if entry.kind == "voided" else entry.seq
    return of


def _cause(
    entry: Recorded,
    key: tuple[int, str],
    before: Mapping[tuple[int, str], Line],
    void_by: Mapping[int, int],
    since: int,
) -> tuple[str, int]:
    if entry.seq in void_by:
        return "voided", void_by[entry.seq]
    if key in before:
        return "room", since
    if entry.kind == ACT:
        return "confirmed", entry.seq
    if entry.data.get("cause", "ended") != "ended":
        return "regraded", entry.seq
    return "late", entry.seq


def left(wanted: Iterable[Adjustment], settled: Iterable[Adjustment]) -> list[Adjustment]:
    """What of the adjustments of a closed period is not in a later closed one already, so that nothing is paid
    or taken twice."""
    paid: dict[tuple[int, str], int] = {}
    last: dict[tuple[int, str], Adjustment] = {}
    for one in settled:
        key = (one.seq, one.rule)
        paid[key] = paid.get(key, 0) + one.amount
        last[key] = one
    found = []
    for one in wanted:
        key = (one.seq, one.rule)
        amount = one.amount - paid.pop(key, 0)
        if amount or (not one.amount and key not in last):
            found.append(Adjustment(*key, amount, one.cause, one.cause_seq))
    # What is settled and no longer wanted is taken back: the reason for it went away.
    for key, amount in paid.items():
        if amount:
            found.append(Adjustment(*key, -amount, last[key].cause, last[key].cause_seq))
    return sorted(found, key=lambda one: (one.seq, one.rule))
