"""What became of an entry: it stands, or it was voided, and perhaps replaced by another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from learnapp.errors import N_, Invalid
from learnapp.ledger.queries import Entry, entries_after

# As much of a hash as pages print of it; fewer characters might fit two entries.
LEAST_HASH = 16


@dataclass(frozen=True)
class Fate:
    """An entry, the entry that voided it, and the one that was recorded in its place, where there are such."""

    entry: Entry
    voided_by: Entry | None = None
    replaced_by: Entry | None = None

    @property
    def stands(self) -> bool:
        """Whether it still counts."""
        return self.voided_by is None


def fate(entries: Sequence[Entry], seq: int) -> Fate:
    """What became of entry `seq` of a member whose whole stream this is. What replaces the result of an attempt
    is the next result of the same attempt. Raises KeyError for an entry that is not there."""
    by_seq = {entry.seq: entry for entry in entries}
    entry = by_seq[seq]
    voided_by = next((one for one in entries if one.kind == "voided" and one.data["seq"] == seq), None)
    attempt = entry.data.get("attempt")
    if voided_by is None or attempt is None:
        return Fate(entry, voided_by)
    later = (one for one in entries if one.seq > voided_by.seq and one.kind == entry.kind)
    return Fate(entry, voided_by, next((one for one in later if one.data["attempt"] == attempt), None))


def find(member_id: str, text: str) -> Fate | None:
    """The entry of this member whose hash is, or begins with, this text; None where there is none.

    Spaces and capitals do not matter, since people copy from paper. Raises Invalid for what is no hash.
    """
    wanted = "".join(text.split()).lower()
    if not LEAST_HASH <= len(wanted) <= 64 or set(wanted) - set("0123456789abcdef"):
        raise Invalid(
            "no-hash",
            N_("A fingerprint has the digits 0 to 9 and the letters a to f, at least %(count)s of them."),
            count=LEAST_HASH,
        )
    entries = entries_after(member_id, 0)
    seq = next((entry.seq for entry in entries if entry.hash.startswith(wanted)), None)
    return None if seq is None else fate(entries, seq)
