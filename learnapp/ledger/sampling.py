"""A sample of entries for checking against paper, drawn so that anybody can draw it again.

The rank of an entry is SHA-256 over the text `learnapp-sample/1 SEED HASH`, where HASH is the entry's hash in 64
hexadecimal characters. The sample are the entries with the smallest ranks, in the order of their ranks. Whoever
draws cannot choose: the seed is told by somebody else, and a hash cannot be made to fit a seed that is not known
yet. Drawn is among the entries that a seal holds, and so the same seed and the same seal give the same sample on
every later day, from the database and from an export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from heapq import nsmallest
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_

from learnapp.db import db, table_of
from learnapp.errors import N_, NotFound
from learnapp.ledger.models import LedgerEntry
from learnapp.ledger.oversight import seals_before
from learnapp.ledger.queries import Entry, from_row
from learnapp.ledger.seal_models import LedgerSealLeaf
from learnapp.ledger.sealing import SealInfo, last_seal

FORMAT = "learnapp-sample/1"
_BATCH = 10_000
_entry, _leaf = table_of(LedgerEntry), table_of(LedgerSealLeaf)
_COLUMNS = tuple(_entry.c[field.name] for field in fields(Entry))
_ALL = select(_entry.c.member_id, _entry.c.seq, _entry.c.hash).order_by(_entry.c.member_id, _entry.c.seq)
_ENDS = (
    select(_leaf.c.member_id, func.max(_leaf.c.seq))
    .where(_leaf.c.number <= bindparam("of_seal"))
    .group_by(_leaf.c.member_id)
)


@dataclass(frozen=True)
class Drawn:
    """An entry of a sample, and the seq of the entry that voids it, if one does today."""

    entry: Entry
    voided_by: int | None


@dataclass(frozen=True)
class Sample:
    """What was drawn by which seed among how many entries; `seal` holds them all, None before the first seal."""

    seed: str
    among: int
    seal: SealInfo | None
    drawn: tuple[Drawn, ...]


def rank(seed: str, digest: str) -> str:
    """The place of an entry with this hash in the order that the seed makes."""
    return hashlib.sha256(f"{FORMAT} {seed} {digest}".encode()).hexdigest()


def sample(seed: str, size: int, seal: int | None = None) -> Sample:
    """Draws `size` entries among those that seal `seal` and the ones before it hold, by default the newest; among
    all entries while there is none. Fewer when there are not so many. Raises NotFound for a seal that is not there."""
    held = _seal(seal)
    ranked, among = [], 0

    def ranks() -> Iterator[tuple[str, str, int]]:
        nonlocal among
        for member_id, seq, digest in _population(held):
            among += 1
            yield rank(seed, digest), member_id, seq

    ranked = nsmallest(size, ranks())
    return Sample(seed, among, held, _drawn([(member_id, seq) for _, member_id, seq in ranked]))


def _seal(number: int | None) -> SealInfo | None:
    if number is None:
        return last_seal()
    found = seals_before(number + 1, 1)
    if not found or found[0].number != number:
        raise NotFound("no-seal", N_("There is no seal %(number)s."), number=number)
    return found[0]


def _population(held: SealInfo | None) -> Iterator[tuple[str, int, str]]:
    ends: dict[str, int] = {}
    if held is not None:
        ends = {row[0]: row[1] for row in db.session.execute(_ENDS, {"of_seal": held.number})}
    rows: Any = db.session.execute(_ALL, execution_options={"yield_per": _BATCH})
    for member_id, seq, digest in rows:
        if held is None or seq <= ends.get(member_id, 0):
            yield member_id, seq, digest


def _drawn(places: list[tuple[str, int]]) -> tuple[Drawn, ...]:
    rows = db.session.execute(
        select(*_COLUMNS).where(tuple_(_entry.c.member_id, _entry.c.seq).in_(places))
    ).all()
    entries = {(entry.member_id, entry.seq): entry for entry in map(from_row, rows)}
    voiding = db.session.execute(
        select(_entry.c.member_id, _entry.c.uid, _entry.c.seq).where(
            tuple_(_entry.c.member_id, _entry.c.uid).in_([(one, f"void/{seq}") for one, seq in places])
        )
    )
    by = {(row.member_id, int(row.uid.removeprefix("void/"))): int(row.seq) for row in voiding}
    return tuple(Drawn(entries[place], by.get(place)) for place in places)
