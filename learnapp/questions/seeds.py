"""Order from a seed: the same everywhere and for ever, whatever Python's own random does."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def rank(seed: str, *path: str) -> bytes:
    """SHA-256 of seed and path, each length-prefixed so that no two paths read alike."""
    text = "".join(f"{len(part)}:{part}" for part in (seed, *path))
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def mixed(ids: Sequence[str], seed: str, *path: str) -> tuple[str, ...]:
    """The ids sorted by their rank under seed and path; depends on the set of ids, not on their order."""
    return tuple(sorted(ids, key=lambda item: rank(seed, *path, item)))
