"""The log of RFC 6962: known vectors, and properties against the definition written down as it stands there."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.ledger import merkle

# The test vectors of certificate-transparency (cpp/merkletree/merkle_tree_test.cc).
INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
LEAVES = [merkle.leaf_hash(bytes.fromhex(text)) for text in INPUTS]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[4]]), (2, 3, [ROOTS[2]])],
)
def test_known_inclusion_paths(index: int, size: int, path: list[str]) -> None:
    assert [step.hex() for step in merkle.inclusion_path(LEAVES[:size], index)] == path


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[4]]), (2, 5, [B, D])],
)
def test_known_consistency_paths(old: int, new: int, path: list[str]) -> None:
    assert [step.hex() for step in merkle.consistency_path(LEAVES[:new], old)] == path


# --- The definitions of RFC 6962, sections 2.1, 2.1.1 and 2.1.2, word for word --------------------------------


def split(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(data: list[bytes]) -> bytes:
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: list[bytes]) -> list[bytes]:
    if len(data) == 1:
        return []
    k = split(len(data))
    if m < k:
        return [*path(m, data[:k]), mth(data[k:])]
    return [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: list[bytes], complete: bool) -> list[bytes]:
    if m == len(data):
        return [] if complete else [mth(data)]
    k = split(len(data))
    if m <= k:
        return [*subproof(m, data[:k], complete), mth(data[k:])]
    return [*subproof(m - k, data[k:], False), mth(data[:k])]


logs = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_root_is_the_definition(data: list[bytes]) -> None:
    assert merkle.root(map(merkle.leaf_hash, data)) == mth(data)


@given(logs, st.data())
def test_inclusion_is_the_definition_and_holds(data: list[bytes], draw: st.DataObject) -> None:
    leaves = list(map(merkle.leaf_hash, data))
    index = draw.draw(st.integers(0, len(data) - 1))
    way = merkle.inclusion_path(leaves, index)
    assert way == path(index, data)
    assert merkle.inclusion_root(leaves[index], index, len(data), way) == mth(data)


@given(logs, st.data())
def test_consistency_is_the_definition_and_holds(data: list[bytes], draw: st.DataObject) -> None:
    leaves = list(map(merkle.leaf_hash, data))
    old = draw.draw(st.integers(1, len(data)))
    way = merkle.consistency_path(leaves, old)
    assert way == subproof(old, data, True)
    assert merkle.consistent(old, len(data), mth(data[:old]), mth(data), way)


@given(logs, st.data())
def test_no_wrong_inclusion_holds(data: list[bytes], draw: st.DataObject) -> None:
    """Another leaf, another place, another step, a step too few or too many: none leads to the root."""
    unlike = [bytes([number]) + text for number, text in enumerate(data)]
    leaves, root = list(map(merkle.leaf_hash, unlike)), mth(unlike)
    index = draw.draw(st.integers(0, len(data) - 1))
    way, size = merkle.inclusion_path(leaves, index), len(data)
    assert merkle.inclusion_root(merkle.leaf_hash(b"other"), index, size, way) != root
    for other in range(size):
        if other != index:
            assert merkle.inclusion_root(leaves[index], other, size, way) != root
    assert merkle.inclusion_root(leaves[index], index, size, [*way, root]) != root
    if way:
        at = draw.draw(st.integers(0, len(way) - 1))
        assert merkle.inclusion_root(leaves[index], index, size, way[:at] + way[at + 1 :]) != root
        assert merkle.inclusion_root(leaves[index], index, size, [*way[:at], root, *way[at + 1 :]]) != root


@given(logs, logs, st.data())
def test_a_log_that_was_rewritten_is_not_consistent(
    data: list[bytes], more: list[bytes], draw: st.DataObject
) -> None:
    old = draw.draw(st.integers(1, len(data)))
    changed = draw.draw(st.integers(0, old - 1))
    other = [*data[:changed], data[changed] + b"x", *data[changed + 1 :], *more]
    way = merkle.consistency_path(list(map(merkle.leaf_hash, other)), old)
    assert not merkle.consistent(old, len(other), mth(data[:old]), mth(other), way)
    for steps in (way[1:], [*way, mth(data)], way[::-1]):
        assert not merkle.consistent(old, len(other), mth(data[:old]), mth(other), steps)


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0)])
def test_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_path(LEAVES[:size], index)
    assert merkle.inclusion_root(LEAVES[0], index, size, []) is None
    with pytest.raises(IndexError):
        merkle.consistency_path(LEAVES[:size], index if index < 1 else size + 1)
    assert not merkle.consistent(0, 1, LEAVES[0], LEAVES[0], [])
    assert not merkle.consistent(2, 1, LEAVES[0], LEAVES[0], [])
