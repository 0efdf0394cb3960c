"""What an auditor asks of all streams together, and a member of the seals that hold their own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, bindparam, func, or_, select, tuple_

from learnapp.clock import iso, parse_iso
from learnapp.db import db, table_of
from learnapp.ledger.models import LedgerEntry, LedgerHead, LedgerNote
from learnapp.ledger.queries import Entry, from_row
from learnapp.ledger.seal_models import LedgerSeal, LedgerSealLeaf
from learnapp.ledger.sealing import SealInfo, seal_info
from learnapp.ledger.verify import Seal

_entry, _note = table_of(LedgerEntry), table_of(LedgerNote)
_seal, _leaf = table_of(LedgerSeal), table_of(LedgerSealLeaf)
_COLUMNS = tuple(_entry.c[field.name] for field in fields(Entry))
_TOTAL = select(func.coalesce(func.sum(table_of(LedgerHead).c.seq), 0))
_HOLDING = (
    select(_leaf.c.seq, _leaf.c.number, _seal.c.made_at)
    .join(_seal, _seal.c.number == _leaf.c.number)
    .where(_leaf.c.member_id == bindparam("of_member"))
    .order_by(_leaf.c.seq)
)


def recorded() -> int:
    """How many entries there are in all streams."""
    return int(db.session.execute(_TOTAL).scalar_one())


def seals_before(number: int | None, limit: int) -> list[SealInfo]:
    """The newest seals, newest first; with `number` those older than that one."""
    statement = select(*(_seal.c[name] for name in Seal._fields)).order_by(_seal.c.number.desc()).limit(limit)
    if number is not None:
        statement = statement.where(_seal.c.number < number)
    return [seal_info(Seal(*row)) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class Held:
    """The seal that holds an entry: its number, and since when (UTC)."""

    number: int
    since: datetime


class Holding:
    """Which seals hold a member's entries."""

    def __init__(self, member_id: str) -> None:
        rows = db.session.execute(_HOLDING, {"of_member": member_id}).all()
        self._ends = [row.seq for row in rows]
        self._seals = [Held(row.number, parse_iso(row.made_at)) for row in rows]

    def of(self, seq: int) -> Held | None:
        """The seal that holds entry `seq`: the first one that holds an end of the stream at or behind it. None
        while the entry is newer than the last seal of this stream."""
        place = bisect_left(self._ends, seq)
        return self._seals[place] if place < len(self._seals) else None


@dataclass(frozen=True)
class Voiding:
    """An entry that voids another one, that one, and the words that were written about it; empty without any."""

    entry: Entry
    voided: Entry | None
    words: str

    @property
    def cursor(self) -> str:
        """Text that stands for this row's place, to read on behind it."""
        return f"{iso(self.entry.recorded_at)}~{self.entry.member_id}~{self.entry.seq}"


def voidings(members: Select[Any] | CompoundSelect[Any], *, limit: int, behind: str = "") -> list[Voiding]:
    """What was voided in the streams of these people (a SELECT of ids), newest first; `behind` is the cursor of
    the last row already shown, and a text that is none starts from the top. Three statements, however many rows.

    A voiding's uid begins with `void/`, and so the index by member and uid finds them without reading the streams.
    """
    statement = select(*_COLUMNS).where(
        _entry.c.member_id.in_(members),
        _entry.c.uid >= "void/",
        _entry.c.uid < "void0",
        _entry.c.kind == "voided",
    )
    place = _place(behind)
    if place is not None:
        at, member_id, seq = place
        later_member = and_(_entry.c.recorded_at == at, _entry.c.member_id > member_id)
        later_seq = and_(_entry.c.recorded_at == at, _entry.c.member_id == member_id, _entry.c.seq < seq)
        statement = statement.where(or_(_entry.c.recorded_at < at, later_member, later_seq))
    order = _entry.c.recorded_at.desc(), _entry.c.member_id, _entry.c.seq.desc()
    rows = db.session.execute(statement.order_by(*order).limit(limit))
    found = [from_row(row) for row in rows]
    originals = _at({(entry.member_id, int(entry.data["seq"])) for entry in found})
    words = _words({(entry.member_id, str(entry.data.get("note", ""))) for entry in found})
    return [
        Voiding(
            entry,
            originals.get((entry.member_id, entry.data["seq"])),
            words.get((entry.member_id, entry.data.get("note", "")), ""),
        )
        for entry in found
    ]


def _place(cursor: str) -> tuple[str, str, int] | None:
    at, _, rest = cursor.partition("~")
    member_id, _, seq = rest.partition("~")
    return (at, member_id, int(seq)) if len(seq) < 10 and seq.isascii() and seq.isdecimal() else None


def _at(places: Collection[tuple[str, int]]) -> dict[tuple[str, int], Entry]:
    rows = db.session.execute(
        select(*_COLUMNS).where(tuple_(_entry.c.member_id, _entry.c.seq).in_(sorted(places)))
    )
    return {(entry.member_id, entry.seq): entry for entry in map(from_row, rows)}


def _words(places: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    rows = db.session.execute(
        select(_note.c.member_id, _note.c.commitment, _note.c.text).where(
            tuple_(_note.c.member_id, _note.c.commitment).in_(sorted(places))
        )
    )
    return {(row.member_id, row.commitment): row.text for row in rows}
