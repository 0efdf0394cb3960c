"""What is true of a chain: how an entry is hashed (said in `verify.py`), and what may be voided. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from learnapp.errors import N_, Conflict, Invalid, NotFound
from learnapp.ledger.verify import GENESIS, HASHED_COLUMNS, entry_hash

__all__ = ["GENESIS", "HASHED_COLUMNS", "VOID_REASONS", "check_void", "commitment", "entry_hash"]

VOID_REASONS = {
    "entered-in-error": N_("Entered in error"),
    "wrong-person": N_("Belongs to somebody else"),
    "duplicate": N_("Entered twice"),
    "corrected": N_("Replaced by a correction"),
    "late": N_("Answers that were made in time arrived later"),
    "marked": N_("Marked by a person"),
    "regraded": N_("The key or the points of a question were corrected"),
    "appeal": N_("A second look changed the marks"),
    "reopened": N_("The attempt was opened again"),
    "superseded": N_("A later attempt counts"),
}


def commitment(salt: str, text: str) -> str:
    """SHA-256 over a salt of 64 hexadecimal characters and a text: holds the text without telling it."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def check_void(seq: int, reason: str, kinds: dict[int, str], voided: Iterable[int]) -> None:
    """Whether entry `seq` may be voided, given the kinds of the stream's entries and what is void already.

    Raises NotFound, Invalid or Conflict.
    """
    if reason not in VOID_REASONS:
        raise Invalid("void-reason", N_("“%(reason)s” is not one of the reasons."), reason=reason)
    if seq not in kinds:
        raise NotFound("no-entry", N_("There is no entry %(seq)s in this ledger."), seq=seq)
    if kinds[seq] == "voided":
        raise Conflict("void-of-void", N_("A voiding cannot be voided. Record the act again instead."))
    if seq in set(voided):
        raise Conflict("voided-already", N_("Entry %(seq)s was voided before."), seq=seq)
