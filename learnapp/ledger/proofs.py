"""Proving single entries, and that the log only ever grew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from learnapp.db import db, table_of
from learnapp.errors import N_, Conflict, NotFound
from learnapp.ledger.keys import public_keys
from learnapp.ledger.merkle import consistency_path, inclusion_path, root
from learnapp.ledger.models import LedgerEntry
from learnapp.ledger.seal_models import LedgerSealLeaf
from learnapp.ledger.sealing import stored_seals
from learnapp.ledger.seals import log_leaf
from learnapp.ledger.sources import ENTRY_COLUMNS
from learnapp.ledger.verify import GROWTH, HASHED_COLUMNS, PROOF, Seal, leaf_hash, leaf_text

_entry, _leaf = table_of(LedgerEntry), table_of(LedgerSealLeaf)

_SEALED = (
    select(_leaf.c.number, _leaf.c.seq)
    .where(_leaf.c.member_id == bindparam("of_member"), _leaf.c.seq >= bindparam("of_seq"))
    .order_by(_leaf.c.seq)
    .limit(1)
)
_STRETCH = (
    select(*(_entry.c[name] for name in ENTRY_COLUMNS))
    .where(
        _entry.c.member_id == bindparam("of_member"),
        _entry.c.seq >= bindparam("of_seq"),
        _entry.c.seq <= bindparam("to_seq"),
    )
    .order_by(_entry.c.seq)
)
_LEAVES = (
    select(_leaf.c.member_id, _leaf.c.seq, _leaf.c.hash)
    .where(_leaf.c.number == bindparam("of_seal"))
    .order_by(_leaf.c.member_id)
)


def seal_number(member_id: str, seq: int) -> int | None:
    """The number of the seal that holds an entry; None while it is newer than the last seal."""
    found = db.session.execute(_SEALED, {"of_member": member_id, "of_seq": seq}).one_or_none()
    return None if found is None else int(found.number)


def sealed_up_to(member_id: str) -> int:
    """How many of the member's entries are sealed."""
    newest = select(func.max(_leaf.c.seq)).where(_leaf.c.member_id == member_id)
    return int(db.session.execute(newest).scalar_one() or 0)


def find_entry(digest: str) -> tuple[str, int]:
    """Member and seq of the entry with this hash. Reads the whole ledger. Raises NotFound."""
    statement = select(_entry.c.member_id, _entry.c.seq).where(_entry.c.hash == digest)
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound("no-entry", N_("No entry in this ledger has the hash %(hash)s."), hash=digest)
    return row.member_id, row.seq


def prove(member_id: str, seq: int) -> dict[str, Any]:
    """The proof of one entry as a document of JSON values: the entry, those that lead to the end that a seal
    holds, the way from there to the seal and from the seal to the log as it is now, and the keys.

    It shows the member's other entries of the same day, since the chain runs through them.
    Raises NotFound for an entry that is not there, Conflict for one that no seal holds yet.
    """
    held = db.session.execute(_SEALED, {"of_member": member_id, "of_seq": seq}).one_or_none()
    stretch = {"of_member": member_id, "of_seq": seq, "to_seq": seq if held is None else held.seq}
    rows = [list(row) for row in db.session.execute(_STRETCH, stretch)]
    if not rows or rows[0][1] != seq:
        raise NotFound("no-entry", N_("There is no entry %(seq)s in this ledger."), seq=seq)
    if held is None:
        raise Conflict("not-sealed", N_("Entry %(seq)s is not sealed yet."), seq=seq)
    seals = stored_seals()
    return {
        "format": PROOF,
        "hashed": HASHED_COLUMNS,
        "entries": rows,
        "leaf": _leaf_way(held.number, member_id),
        "seal": list(seals[held.number - 1]),
        "log": _log_way(seals, held.number - 1),
        "keys": [list(key) for key in public_keys()],
    }


def prove_growth(old: int) -> dict[str, Any]:
    """The proof that the log of all seals continues that of the first `old` ones. Raises NotFound."""
    seals = stored_seals()
    if not 0 < old <= len(seals):
        raise NotFound("no-seal", N_("There is no seal %(number)s."), number=old)
    leaves = [log_leaf(seal) for seal in seals]
    return {
        "format": GROWTH,
        "old": {"size": old, "root": root(leaves[:old]).hex()},
        "new": {"size": len(seals), "root": root(leaves).hex()},
        "path": [step.hex() for step in consistency_path(leaves, old)],
    }


def _leaf_way(number: int, member_id: str) -> dict[str, Any]:
    rows = db.session.execute(_LEAVES, {"of_seal": number}).all()
    leaves = [leaf_hash(leaf_text(row.member_id, row.seq, row.hash)) for row in rows]
    index = next(place for place, row in enumerate(rows) if row.member_id == member_id)
    return _way(leaves, index)


def _log_way(seals: list[Seal], index: int) -> dict[str, Any]:
    leaves = [log_leaf(seal) for seal in seals]
    newest = _way(leaves, len(leaves) - 1)["path"]
    return {**_way(leaves, index), "root": root(leaves).hex(), "head": list(seals[-1]), "head_path": newest}


def _way(leaves: list[bytes], index: int) -> dict[str, Any]:
    path = [step.hex() for step in inclusion_path(leaves, index)]
    return {"index": index, "size": len(leaves), "path": path}
