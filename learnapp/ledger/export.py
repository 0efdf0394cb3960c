"""The ledger as JSON lines, for keeping and for checking elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from learnapp.clock import iso
from learnapp.db import db
from learnapp.ledger.models import LedgerEntry
from learnapp.ledger.rules import HASHED_COLUMNS

FORMAT = "learnapp-ledger/1"


def export_lines(at: datetime) -> Iterator[str]:
    """A first line that names the format, the time and the order of the hashed columns; then one line an
    entry, by member and seq. Every column stands as it is stored, so that the hash can be recomputed."""
    yield json.dumps({"format": FORMAT, "exported_at": iso(at), "hashed": HASHED_COLUMNS})
    table = LedgerEntry.__table__
    names = (*HASHED_COLUMNS, "hash")
    statement = (
        select(*(table.c[name] for name in names))
        .order_by(table.c.member_id, table.c.seq)
        .execution_options(yield_per=5_000)
    )
    for row in db.session.execute(statement):
        yield json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)
