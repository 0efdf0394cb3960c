"""The ledger behind a connection in figures, so that a copy of a database can be compared with what was copied."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection

from learnapp.ledger.sealing import SealInfo, seal_info
from learnapp.ledger.sources import stored
from learnapp.ledger.verify import NOTHING_KNOWN, Broken, Key, Known, Report, check


@dataclass(frozen=True)
class Extent:
    """The report of a verification, the newest seal, the public keys, and SHA-256 over the ends of all streams
    in the order of members: two whole ledgers with equal `heads` are equal. The last three are only there for a
    ledger that is whole."""

    report: Report
    last_seal: SealInfo | None = None
    keys: tuple[Key, ...] = ()
    heads: str = ""


def extent(connection: Connection, known: Known = NOTHING_KNOWN) -> Extent:
    """Verifies the ledger behind a connection, which must read one moment, and measures it."""
    try:
        found = stored(connection)
        report = check(found, known)
        if not report.ok:
            return Extent(report)
        seals, digest = found.seals(), hashlib.sha256()
        ends = found.heads() if found.heads else {}
        for member_id, (seq, end) in sorted(ends.items()):
            digest.update(f"{member_id} {seq} {end}\n".encode())
        newest = seal_info(seals[-1]) if seals else None
        return Extent(report, newest, tuple(found.keys()), digest.hexdigest())
    except Broken as broken:
        return Extent(Report(counted=False, fault=broken.fault))
