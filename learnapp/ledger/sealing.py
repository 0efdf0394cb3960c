"""Making seals, and what can be asked about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, literal, select
from sqlalchemy.exc import IntegrityError

from learnapp.clock import iso, parse_iso
from learnapp.db import db, table_of
from learnapp.errors import N_, Conflict
from learnapp.ledger.keys import current_key, private_key
from learnapp.ledger.models import LedgerEntry, LedgerHead
from learnapp.ledger.seal_models import LedgerSeal, LedgerSealLeaf
from learnapp.ledger.seals import log_leaf, seal_body, sign
from learnapp.ledger.verify import SEAL, SEAL_LINES, Seal, Tree, leaf_hash, leaf_text, read_statement

_head, _entry = table_of(LedgerHead), table_of(LedgerEntry)
_seal, _leaf = table_of(LedgerSeal), table_of(LedgerSealLeaf)
_BATCH = 10_000

_SEALS = select(
    _seal.c.number, _seal.c.body, _seal.c.signature, _seal.c.key_id, _seal.c.log_size, _seal.c.log_root
).order_by(_seal.c.number)
# A stream grew if its present end is no leaf. The hash is the entry's own: the head is only derived from it.
_GROWN = (
    select(_head.c.member_id, _head.c.seq, bindparam("of_seal", type_=_leaf.c.number.type), _entry.c.hash)
    .join(_entry, and_(_entry.c.member_id == _head.c.member_id, _entry.c.seq == _head.c.seq))
    .outerjoin(_leaf, and_(_leaf.c.member_id == _head.c.member_id, _leaf.c.seq == _head.c.seq))
    .where(_leaf.c.member_id.is_(None))
    .order_by(_head.c.member_id)
)
_TAKE = insert(_leaf).from_select(["member_id", "seq", "number", "hash"], _GROWN)
_older = _leaf.alias("older")
_TAKEN = (
    select(
        _leaf.c.member_id,
        _leaf.c.seq,
        _leaf.c.hash,
        select(func.coalesce(func.max(_older.c.seq), 0))
        .where(_older.c.member_id == _leaf.c.member_id, _older.c.seq < _leaf.c.seq)
        .scalar_subquery(),
    )
    .where(_leaf.c.number == bindparam("of_seal"))
    .order_by(_leaf.c.member_id)
)
_ANY_GROWN = select(literal(1)).select_from(_GROWN.subquery()).limit(1)


@dataclass(frozen=True)
class SealInfo:
    """A seal in figures: when it was made, how many streams it holds, how many entries are sealed in all."""

    number: int
    made_at: datetime
    entries: int
    streams: int
    log_root: str
    key_id: str
    stored: Seal


def seal_info(seal: Seal) -> SealInfo:
    """What the text of a seal says."""
    lines = read_statement(SEAL, SEAL_LINES, seal.body)
    return SealInfo(
        number=seal.number,
        made_at=parse_iso(lines["made-at"]),
        entries=int(lines["entries"]),
        streams=int(lines["streams"]),
        log_root=seal.log_root,
        key_id=seal.key_id,
        stored=seal,
    )


def stored_seals(limit: int | None = None) -> list[Seal]:
    """All seals in their order, or the newest `limit` of them, newest first."""
    statement = (
        _SEALS if limit is None else _SEALS.order_by(None).order_by(_seal.c.number.desc()).limit(limit)
    )
    return [Seal(*row) for row in db.session.execute(statement)]


def last_seal() -> SealInfo | None:
    """The newest seal, or None before the first."""
    found = stored_seals(1)
    return seal_info(found[0]) if found else None


def seal(*, folder: Path, at: datetime) -> SealInfo | None:
    """Seals every stream that grew since it was last sealed; None, and nothing done, when none did.

    `folder` holds the private key. Raises NotFound without a key or its file, Conflict when somebody else
    seals at this moment or when the log so far is not the one that the newest seal ends.
    """
    key = current_key()
    signing = private_key(folder, key)
    log, number, before = _log_so_far()
    try:
        db.session.execute(_TAKE, {"of_seal": number})
        tree, more = _plant(number)
        if not tree.size:
            return None
        body = seal_body(
            number=number,
            made_at=iso(at),
            entries=before + more,
            streams=tree.size,
            leaf_root=tree.root(),
            log_root=log.root(),
            key_id=key.key_id,
        )
        made = Seal(number, body, sign(signing, body), key.key_id, number, "")
        log.add(log_leaf(made))
        made = made._replace(log_root=log.root().hex())
        db.session.execute(insert(_seal), {**made._asdict(), "made_at": iso(at)})
    except IntegrityError:
        raise Conflict("sealing", N_("Somebody else makes a seal at this moment.")) from None
    return seal_info(made)


def grown() -> bool:
    """Whether any stream grew since it was last sealed."""
    return db.session.execute(_ANY_GROWN, {"of_seal": 0}).scalar_one_or_none() is not None


def _log_so_far() -> tuple[Tree, int, int]:
    """The log of all seals, the next seal's number, and how many entries are sealed."""
    log, known = Tree(), stored_seals()
    for made in known:
        log.add(log_leaf(made))
    if not known:
        return log, 1, 0
    if (known[-1].number, known[-1].log_root) != (len(known), log.root().hex()):
        message = N_("The seals stored are not those that were made. Look with: learnapp ledger verify")
        raise Conflict("seals-broken", message)
    return log, len(known) + 1, seal_info(known[-1]).entries


def _plant(number: int) -> tuple[Tree, int]:
    """The tree over the leaves just taken, and how many entries they add."""
    tree, more = Tree(), 0
    rows: Any = db.session.execute(_TAKEN, {"of_seal": number}, execution_options={"yield_per": _BATCH})
    for member_id, seq, digest, since in rows:
        tree.add(leaf_hash(leaf_text(member_id, seq, digest)))
        more += seq - since
    return tree, more
