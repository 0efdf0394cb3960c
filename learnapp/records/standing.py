"""Whether a certificate holds, and the codes by which it is looked up. Pure."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Literal, Protocol

# Letters and digits that cannot be taken for each other on paper: no i, l, o, u.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26  # of 5 bits each: 130 random bits
_GROUP = 5
_ALIKE = str.maketrans({"i": "1", "l": "1", "o": "0"})

Standing = Literal["valid", "expired", "replaced", "revoked", "void", "altered"]


class Issued(Protocol):
    """What is read of a certificate."""

    @property
    def entry_hash(self) -> str: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def replaced_by(self) -> str | None: ...
    @property
    def revoked(self) -> bool: ...


def standing(issued: Issued, today: date, entry_hash: str | None, *, voided: bool) -> Standing:
    """The one word about a certificate on a day of the instance's zone. `entry_hash` is the hash of its entry as
    the ledger holds it now, None where there is none; `voided` says that the entry does not count any more.

    What somebody decided comes first, then what the ledger says, then the calendar.
    """
    if issued.revoked:
        return "revoked"
    if issued.replaced_by is not None:
        return "replaced"
    if entry_hash != issued.entry_hash:
        return "altered"
    if voided:
        return "void"
    if issued.expires_on is not None and today > issued.expires_on:
        return "expired"
    return "valid"


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal(typed: str) -> str:
    """A code as it is kept, from what somebody typed off paper: without blanks and hyphens, in small letters."""
    return "".join(typed.replace("-", "").split()).lower().translate(_ALIKE)


def readable(code: str) -> str:
    """A code in groups, for paper; the last group takes one more, so that none stands alone."""
    starts = range(0, max(len(code) - 1, 1), _GROUP)
    ends = [*starts[1:], len(code)]
    return "-".join(code[start:end] for start, end in zip(starts, ends, strict=True))
