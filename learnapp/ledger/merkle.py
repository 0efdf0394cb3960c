"""Merkle trees and logs as RFC 6962 defines them: roots, and proofs made from all leaves. Pure.

Checking a proof takes neither the leaves nor this module: see `verify.py`, which an export carries along.
Leaves are given as their hashes (`leaf_hash` of the bytes), paths are lists of hashes from the leaf upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from learnapp.ledger.verify import Tree, consistent, inclusion_root, leaf_hash, node_hash

__all__ = [
    "Tree",
    "consistency_path",
    "consistent",
    "inclusion_path",
    "inclusion_root",
    "leaf_hash",
    "node_hash",
    "root",
]


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaves in their order; SHA-256 of nothing when there are none."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def _left(size: int) -> int:
    """How many leaves stand left of the topmost fork: the largest power of two below `size`, which is > 1."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What leads from leaf `index` (from 0) to the root over all of them: PATH of RFC 6962, section 2.1.1.

    Raises IndexError when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    low, high = 0, len(leaves)
    down: list[bytes] = []
    while high - low > 1:
        middle = low + _left(high - low)
        if index < middle:
            down.append(root(leaves[middle:high]))
            high = middle
        else:
            down.append(root(leaves[low:middle]))
            low = middle
    return down[::-1]


def consistency_path(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """What shows that the log of all these leaves continues that of the first `old` of them: PROOF of
    RFC 6962, section 2.1.2. Raises IndexError unless 0 < old ≤ the number of leaves."""
    if not 0 < old <= len(leaves):
        raise IndexError(f"there were never {old} of {len(leaves)} leaves")
    low, high, known = 0, len(leaves), True
    down: list[bytes] = []
    while old != high:
        middle = low + _left(high - low)
        if old <= middle:
            down.append(root(leaves[middle:high]))
            high = middle
        else:
            down.append(root(leaves[low:middle]))
            low, known = middle, False
    if not known:
        down.append(root(leaves[low:high]))
    return down[::-1]
