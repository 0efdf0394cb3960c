"""Hashing passwords with argon2id, and comparing at constant effort."""

from __future__ import annotations

from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from learnapp.accounts.rules import PASSWORD_LENGTH

# RFC 9106's second recommended option: 64 MiB would let a few dozen sign-ins at once exhaust a small server.
_hasher = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)


def _part(size: int) -> str:
    return b64encode(bytes(size)).decode().rstrip("=")


# A well-formed hash that no known password fits: comparing with it costs what a real comparison costs.
_NOBODY = f"$argon2id$v=19$m={19 * 1024},t=3,p=1${_part(16)}${_part(32)}"


def hash_password(password: str) -> str:
    """The argon2id hash to store. Takes about 30 ms on purpose."""
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash; without one the same time passes and nothing fits."""
    try:
        _hasher.verify(stored or _NOBODY, password[: PASSWORD_LENGTH[1]])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and len(password) <= PASSWORD_LENGTH[1]
