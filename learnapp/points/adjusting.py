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
    settled: Sequence[Adjustment] = (),
    vetoes: frozenset[str] = frozenset(),
) -> list[Adjustment]:
    """What the lines of a closed period would differ by now, one adjustment for each line that changed, less what
    is `settled` in later periods that have closed as well: so nothing is paid or taken twice, and what a later
    one paid is taken back when the reason for it went away.

    `frozen` are the period's lines, `total` its own sum and `seq` the last entry that was there when it closed.
    With what is settled the amounts add up to how much the own sum would differ. A veto is worth nothing; that
    it came is told.
    """
    known = {entry.seq: entry for entry in entries}
    before = {(line.seq, line.rule): line for line in frozen}
    after = {(line.seq, line.rule): line for line in now.lines}
    paid: dict[tuple[int, str], int] = {}
    for one in settled:
        paid[one.seq, one.rule] = paid.get((one.seq, one.rule), 0) + one.amount
    causes = _Causes(known, before, after, seq)
    found, raw = [], 0
    for key in sorted((before.keys() | after.keys() | paid.keys()) - {(0, FLOOR)}):
        changed = _counted(after.get(key)) - _counted(before.get(key))
        raw += changed
        amount = changed - paid.get(key, 0)
        told = key[1] in vetoes and _stands(after.get(key)) != _stands(before.get(key)) and key not in paid
        if amount or told:
            found.append(Adjustment(*key, amount, *causes.of(key)))
    swallowed = now.total - total - raw - paid.get((0, FLOOR), 0)
    if swallowed:
        found.insert(0, Adjustment(0, FLOOR, swallowed, "floor", 0))
    return found


def _counted(line: Line | None) -> int:
    return line.counted if line else 0


def _stands(line: Line | None) -> bool:
    return line is not None and not line.reason


class _Causes:
    """Why a line changed: what happened to its own entry, or to another one of the period."""

    def __init__(
        self,
        known: Mapping[int, Recorded],
        before: Mapping[tuple[int, str], Line],
        after: Mapping[tuple[int, str], Line],
        seq: int,
    ) -> None:
        self.known, self.before = known, before
        self.void_by = {one.data["seq"]: one.seq for one in known.values() if one.kind == "voided"}
        spoken_of = {key[0] for key in (*before, *after)}
        touching = [one.seq for one in known.values() if one.seq > seq and _of(one) in spoken_of]
        self.since = min(touching, default=0)

    def of(self, key: tuple[int, str]) -> tuple[str, int]:
        """The code of the cause, and the entry behind it."""
        entry = self.known[key[0]]
        if entry.seq in self.void_by:
            return "voided", self.void_by[entry.seq]
        if key in self.before:
            return "room", self.since
        if entry.kind == ACT:
            return "confirmed", entry.seq
        if entry.data.get("cause", "ended") != "ended":
            return "regraded", entry.seq
        return "late", entry.seq


def _of(entry: Recorded) -> int:
    """The entry that it is about: the voided one, or itself."""
    of: int = entry.data["seq"] if entry.kind == "voided" else entry.seq
    return of
