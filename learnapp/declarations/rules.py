"""What is true of declared and recorded acts: how they stand, who may decide, what deserves a look. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from learnapp.errors import N_, Conflict, Forbidden, Invalid

# What the ledger calls this area as a writer.
SOURCE = "declarations"
WAITING = ("declared", "recorded")
STATES = {
    "declared": N_("Declared, not confirmed yet"),
    "recorded": N_("Recorded, not confirmed yet"),
    "confirmed": N_("Confirmed"),
    "declined": N_("Not recognised"),
    "withdrawn": N_("Taken back"),
    "voided": N_("Voided"),
}
DECLINE_REASONS = {
    "not-known": N_("Nobody here knows of it"),
    "other-day": N_("The day is another one"),
    "other-act": N_("It belongs under another item"),
    "twice": N_("It was entered before"),
    "too-short": N_("The sentence does not say what was done"),
    "not-counted": N_("It does not count under the rules"),
}
LONGEST = 200
# Older than a year belongs to no period that anybody still works on.
MOST_DAYS_BACK = 366
_BEGIN = {"act-declared": "declared", "act-recorded": "recorded"}
_DECIDE = {"act-confirmed": "confirmed", "act-declined": "declined"}
# What can change how acts or signatures stand.
KINDS = frozenset({*_BEGIN, *_DECIDE, "quarter-signed", "voided"})


class Recorded(Protocol):
    """What is read of a ledger entry."""

    @property
    def member_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def recorder(self) -> str: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class Standing:
    """How an act stands after its entries."""

    id: str
    act: str
    origin: str
    state: str
    done_on: date
    proposer: str
    seq: int
    note: str
    entered_at: datetime
    decided_seq: int | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    reply: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state in WAITING


@dataclass(frozen=True)
class Signed:
    """The last signature under a quarter of a period."""

    period_id: str
    quarter: str
    digest: str
    seq: int
    signed_at: datetime


def standings(entries: Iterable[Recorded]) -> dict[str, Standing]:
    """How each act of a member stands, by its id; none of somebody who was erased. Expects the whole stream.

    An act whose beginning was voided is withdrawn or voided. One whose confirmation was voided is voided: what
    was recognised once does not come back by itself. Where the refusal was voided the act waits again.
    """
    ordered = _in_order(entries)
    voids = {entry.data["seq"]: entry for entry in ordered if entry.kind == "voided"}
    found: dict[str, Standing] = {}
    for entry in ordered:
        if entry.kind in _BEGIN:
            found[entry.data["act_id"]] = _begun(entry, voids.get(entry.seq))
        elif entry.kind in _DECIDE and entry.data["act_id"] in found:
            act_id = entry.data["act_id"]
            found[act_id] = _decided(found[act_id], entry, voids.get(entry.seq))
    return found


def _in_order(entries: Iterable[Recorded]) -> list[Recorded]:
    ordered = sorted(entries, key=lambda entry: entry.seq)
    return [] if any(entry.kind == "erased" for entry in ordered) else ordered


def _begun(entry: Recorded, void: Recorded | None) -> Standing:
    origin = _BEGIN[entry.kind]
    begun = Standing(
        id=entry.data["act_id"],
        act=entry.data["act"],
        origin=origin,
        state=origin,
        done_on=date.fromisoformat(entry.data["on"]),
        # Whoever carries a declaration over from another account has not made it.
        proposer=entry.member_id if origin == "declared" else entry.recorder,
        seq=entry.seq,
        note=entry.data["note"],
        entered_at=entry.recorded_at,
    )
    if void is None:
        return begun
    return _ended(begun, void, "withdrawn" if void.data["reason"] == "withdrawn" else "voided")


def _decided(standing: Standing, entry: Recorded, void: Recorded | None) -> Standing:
    if not standing.waits:
        return standing
    if void is None:
        decided = _ended(standing, entry, _DECIDE[entry.kind])
        words = entry.data if decided.state == "declined" else {"reason": "", "note": ""}
        return replace(decided, reason=words["reason"], reply=words["note"])
    return standing if entry.kind == "act-declined" else _ended(standing, void, "voided")


def _ended(standing: Standing, entry: Recorded, state: str) -> Standing:
    return replace(
        standing,
        state=state,
        decided_seq=entry.seq,
        decided_by=entry.recorder,
        decided_at=entry.recorded_at,
    )


def signatures(entries: Iterable[Recorded]) -> dict[tuple[str, str], Signed]:
    """The last signature that stands, by period and quarter. Expects the whole stream."""
    ordered = _in_order(entries)
    void = {entry.data["seq"] for entry in ordered if entry.kind == "voided"}
    return {
        (entry.data["period"], entry.data["quarter"]): Signed(
            entry.data["period"], entry.data["quarter"], entry.data["digest"], entry.seq, entry.recorded_at
        )
        for entry in ordered
        if entry.kind == "quarter-signed" and entry.seq not in void
    }


def check_words(text: str) -> str:
    """The sentence as it is kept: on one line, without spaces around. Raises Invalid when it is too long."""
    kept = " ".join(text.split())
    if len(kept) > LONGEST:
        raise Invalid(
            "too-long", N_("At most %(most)s characters, please. One sentence is enough."), most=LONGEST
        )
    return kept


def check_new(act: str, on: date, today: date, allowed: Collection[str]) -> None:
    """Whether this may be entered today. Raises Invalid."""
    if act not in allowed:
        raise Invalid("no-such-act", N_("This cannot be entered under the rules of that day."))
    if on > today:
        raise Invalid("future", N_("This day has not come yet."))
    if (today - on).days > MOST_DAYS_BACK:
        raise Invalid("too-far-back", N_("This is more than a year ago and can no longer be entered."))


def check_decider(member: Collection[str], proposer: Collection[str], decider: str) -> None:
    """Nobody decides about themselves or about what they proposed; each person is given by all accounts that
    are theirs. Raises Forbidden."""
    if decider in member:
        raise Forbidden("own-act", N_("Nobody confirms or declines their own acts."))
    if decider in proposer:
        raise Forbidden("own-proposal", N_("You entered this yourself. A second person has to look at it."))


def check_waits(standing: Standing) -> None:
    """Raises Conflict for an act that was decided or taken back."""
    if not standing.waits:
        raise Conflict("decided", N_("This was decided before: %(state)s."), state=STATES[standing.state])


@dataclass(frozen=True)
class Deciders:
    """Who decides about an act: these people of the branch, or else whoever answers for it above."""

    people: frozenset[str]
    above: bool


def deciders(
    member_id: str, proposer: str, secretaries: Collection[str], recorders: Collection[str]
) -> Deciders:
    """Who decides about an act: a secretary; where it is about the only one or was entered by them, a recorder;
    where that leaves nobody either, the unit above."""
    out = {member_id, proposer}
    people = frozenset(secretaries) - out or frozenset(recorders) - out
    return Deciders(people, above=not people)


def unsettled(entries: Iterable[Recorded]) -> bool:
    """Whether these entries may have changed how acts or signatures stand behind this area's back: something was
    voided by hand, or came from another account."""
    found = list(entries)
    mine = [entry for entry in found if entry.kind in KINDS - {"voided"}]
    return any(entry.source != SOURCE for entry in mine) or (
        bool(mine) and any(entry.kind in ("voided", "erased") for entry in found)
    )


def quarter_of(day: date) -> str:
    """The quarter of a day, such as 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_days(quarter: str) -> tuple[date, date]:
    """The first and the last day of a quarter. Raises Invalid for what is no quarter."""
    year, _, number = quarter.partition("-Q")
    if not (len(year) == 4 and year.isdecimal() and year.isascii() and number in ("1", "2", "3", "4")):
        raise Invalid("no-quarter", N_("There is no such quarter."))
    first = date(max(int(year), 1), int(number) * 3 - 2, 1)
    after = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def check_rows(derived: Collection[Standing], stored: Mapping[str, Standing]) -> list[str]:
    """The ids of the acts whose stored row is not what the entries say, or of which only one is there."""
    by_id = {one.id: one for one in derived}
    return sorted(
        act_id for act_id in by_id.keys() | stored.keys() if by_id.get(act_id) != stored.get(act_id)
    )
