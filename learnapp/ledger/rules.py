"""What is true of a chain: how an entry is hashed (said in `verify.py`), and what may be voided. Pure."""

from __future__ import annotations

import hashlib

from learnapp.errors import N_, Conflict, Invalid
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
    "credited": N_("Its study hours count now, since another attempt does not pass any more"),
    "unmerged": N_("The joining of two accounts was undone"),
    "withdrawn": N_("Taken back before it was decided"),
    "taken-back": N_("The recognition was taken back"),
}


def commitment(salt: str, text: str) -> str:
    """SHA-256 over a salt of 64 hexadecimal characters and a text: holds the text without telling it."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def check_void(seq: int, kind: str, reason: str, *, again: bool) -> None:
    """Whether entry `seq` of this kind may be voided; `again` says that it is void already.

    Raises Invalid or Conflict.
    """
    if reason not in VOID_REASONS:
        raise Invalid("void-reason", N_("“%(reason)s” is not one of the reasons."), reason=reason)
    if kind == "voided":
        raise Conflict("void-of-void", N_("A voiding cannot be voided. Record the act again instead."))
    if again:
        raise Conflict("voided-already", N_("Entry %(seq)s was voided before."), seq=seq)
