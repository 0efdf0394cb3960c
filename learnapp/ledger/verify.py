#!/usr/bin/env python3
"""Checks a learning ledger. This one file is all that is needed: Python 3.10 or newer and `cryptography`.

    python verify.py [FOLDER] [--key PUBLIC.pem]… [--anchor FILE]… [--receipts FILE]… [--older] [--json]
    python verify.py --proof PROOF.json [--key PUBLIC.pem]… [--anchor FILE]…

FOLDER is an export, by default the folder of this file. It is a copy of `learnapp/ledger/verify.py`, and the
product's own `learnapp ledger verify` runs the same functions over the rows of a database. An export that
somebody altered may hold an altered verify.py: take this file from where you trust it.

What is checked, in this order; the first fault is named and ends with exit code 1:
1. Keys. Each key's statement is signed, by the key before it where it was rotated. A lost key is a break
   that is told for ever. With `--key` the newest seals must rest on a public key that was given.
2. Seals. Numbers without a gap, every text signed by the key in use, every seal naming size and root of the
   log (RFC 6962) of the seals before it.
3. Anchors from elsewhere: the log had this root at this size. They show what a holder of the key re-signed.
4. Leaves. For each seal the tree over its leaves `member seq hash` has the root that was signed.
5. Entries. In each member's stream no number is missing, each entry names the hash of the one before it, and
   each hash is SHA-256 over the stored columns; entries that a seal or a receipt holds are those.
What is newer than the last seal is held by the chain and by receipts alone; how much that is, is always said.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

GENESIS = "0" * 64
EXPORT, PROOF, GROWTH = "learnapp-ledger/2", "learnapp-proof/1", "learnapp-growth/1"
SEAL, KEY, ANCHOR, RECEIPT = "learnapp-seal/1", "learnapp-key/1", "learnapp-anchor/1", "learnapp-receipt/1"

# Order matters: it is the order in which the columns enter the hash.
HASHED_COLUMNS = (
    "member_id",
    "seq",
    "uid",
    "kind",
    "subject",
    "subject_version",
    "data",
    "occurred_at",
    "recorded_at",
    "recorder",
    "source",
    "prev_hash",
)
LEAF_COLUMNS = ("member_id", "seq", "seal", "hash")
SEAL_LINES = ("number", "made-at", "entries", "streams", "leaf-root", "log-size", "log-root", "key")
KEY_LINES = ("number", "key", "public", "since", "first-seal", "previous", "reason")


class Seal(NamedTuple):
    """A seal as it is stored: its text, the signature over it, size and root of the log with it."""

    number: int
    body: str
    signature: str
    key_id: str
    log_size: int
    log_root: str


class Key(NamedTuple):
    """A public key as it is stored: its statement, signed by the key before it or, after a loss, by itself."""

    number: int
    key_id: str
    public_key: str
    body: str
    signature: str


class Anchor(NamedTuple):
    """What was written down elsewhere: after this many seals the log had this root."""

    number: int
    log_root: str


class Receipt(NamedTuple):
    """What a member holds: this entry of this stream has this hash."""

    member_id: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Ledger:
    """What is to be checked, each part read when it is asked for; reading may raise Broken. Leaves and entries
    come ordered by member and seq and are asked for more than once: a leaf is (member, seq, seal number,
    hash), an entry the hashed columns and the hash. An export has no heads."""

    keys: Callable[[], Sequence[Key]]
    seals: Callable[[], Sequence[Seal]]
    leaves: Callable[[], Iterable[Sequence[Any]]]
    entries: Callable[[], Iterable[Sequence[Any]]]
    heads: Callable[[], dict[str, tuple[int, str]]] | None = None


@dataclass(frozen=True)
class Known:
    """What is known from elsewhere, and therefore believed: public keys (hexadecimal), anchors, receipts.
    With `older`, what is checked is a copy of an earlier day, and what they say about later is passed over."""

    public_keys: frozenset[str] = frozenset()
    anchors: tuple[Anchor, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    older: bool = False


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Finding:
    """Something to tell. `message` is English with %(name)s parameters, `text` the finished sentence."""

    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English, fit to be printed whatever was stored."""
        return (self.message % self.params).encode("utf-8", "backslashreplace").decode()

    @property
    def member_id(self) -> str:
        """Whose stream it is about; empty where it is about none."""
        return str(self.params.get("member", ""))

    @property
    def seq(self) -> int:
        """Which entry it is about; 0 where it is about none."""
        return int(self.params.get("seq", 0))

    @property
    def seal(self) -> int:
        """Which seal it is about; 0 where it is about none."""
        return int(self.params.get("number", 0))


@dataclass(frozen=True)
class Report:
    """How much is stored, how much of it no seal holds yet, what was compared, and the first fault if any.
    `counted` is False where a fault kept some of it from being read."""

    entries: int = 0
    members: int = 0
    seals: int = 0
    unsealed: int = 0
    anchors: int = 0
    receipts: int = 0
    counted: bool = True
    notices: tuple[Finding, ...] = ()
    fault: Finding | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return self.fault is None


class Broken(Exception):
    """Carries the first fault to whoever reports it."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(message % params)
        self.fault = Finding(code, message, params)


def N_(message: str) -> str:
    """Marks a sentence that the product translates."""
    return message


# --- Hashes -------------------------------------------------------------------------------------------------

_SHORT = [chr(0) * 3 + chr(length) for length in range(128)]


def entry_hash(row: Sequence[Any]) -> str:
    """SHA-256 over the columns in `HASHED_COLUMNS` order, each as UTF-8 behind its length in 4 bytes; what
    follows in the row is not looked at. Raises TypeError, AttributeError or UnicodeEncodeError for a column
    that is no text.

    The length prefix keeps text from moving between neighbouring columns without changing the hash. For
    plain ASCII in short columns, which is almost every entry, the same bytes are put together in one go.
    """
    member, number, uid, kind, subject, version, data, occurred, recorded, recorder, source, prev = row[:12]
    seq, short = str(number), _SHORT
    try:
        front = (
            f"{short[len(member)]}{member}{short[len(seq)]}{seq}{short[len(uid)]}{uid}{short[len(kind)]}{kind}"
            f"{short[len(subject)]}{subject}{short[len(version)]}{version}"
        )
        back = (
            f"{short[len(occurred)]}{occurred}{short[len(recorded)]}{recorded}{short[len(recorder)]}{recorder}"
            f"{short[len(source)]}{source}{short[len(prev)]}{prev}"
        )
        if front.isascii() and data.isascii() and back.isascii():
            raw = front.encode() + len(data).to_bytes(4, "big") + data.encode() + back.encode()
            return hashlib.sha256(raw).hexdigest()
    except IndexError:
        pass
    columns = [column.encode() for column in (member, seq, *row[2:12])]
    return hashlib.sha256(b"".join(len(raw).to_bytes(4, "big") + raw for raw in columns)).hexdigest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf of a tree (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two subtrees (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A Merkle tree of RFC 6962 that grows by leaf hashes and keeps only the roots of its full subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Appends a leaf, given as its hash."""
        size, roots = self.size, self._roots
        while size & 1:
            leaf = node_hash(roots.pop(), leaf)
            size >>= 1
        roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far; SHA-256 of nothing for an empty tree."""
        if not self._roots:
            return hashlib.sha256(b"").digest()
        node = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            node = node_hash(left, node)
        return node


def inclusion_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which an inclusion proof leads (RFC 9162, section 2.1.3.2); None if it has not the right
    shape. `leaf` is the leaf's hash, `index` counts from 0."""
    if not 0 <= index < size:
        return None
    node, place, last = leaf, index, size - 1
    for other in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(other, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, other)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a log of `new` leaves with this root continues that of `old` leaves (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not steps:
        return False
    before = after = steps[0]
    for other in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, other)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


# --- Texts that are signed ----------------------------------------------------------------------------------


def leaf_text(member: str, seq: int, digest: str) -> bytes:
    """A leaf of a seal's tree: whose stream, how long it was, the hash of its last entry."""
    return f"{member} {seq} {digest}".encode("utf-8", "backslashreplace")


def statement(title: str, values: dict[str, Any]) -> str:
    """A text that is signed: a title, then one line `name value` for each value in its order."""
    return "".join(line + "\n" for line in (title, *(f"{name} {value}" for name, value in values.items())))


def read_statement(title: str, names: Sequence[str], text: str) -> dict[str, str]:
    """The values of a text made by `statement`. Raises ValueError unless it has exactly these lines."""
    first, *lines = text.split("\n")
    pairs = [line.partition(" ") for line in lines[:-1]]
    if first != title or lines[-1:] != [""] or [name for name, _, _ in pairs] != list(names):
        raise ValueError(f"not a text of {title}")
    return {name: value for name, _, value in pairs}


def key_id_of(public_key: str) -> str:
    """The name of a public key: the first 32 characters of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]


def signed(public_key: str, signature: str, text: str) -> bool:
    """Whether this is the key's Ed25519 signature over the text; all but the text in lower hexadecimal."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        raw = bytes.fromhex(signature)
        key.verify(raw, text.encode())
    except (InvalidSignature, ValueError, TypeError):
        return False
    return raw.hex() == signature


# --- The checks ---------------------------------------------------------------------------------------------


class Keyring:
    """The keys of a ledger: which one signs which seal, and whether a key that was given vouches for it."""

    def __init__(self, keys: Sequence[Key], public_keys: frozenset[str]) -> None:
        self.used: list[tuple[int, Key, bool]] = []
        self.notices: list[Finding] = []
        self._given = public_keys
        for number, key in enumerate(keys, 1):
            self._take(number, key)

    def _take(self, number: int, key: Key) -> None:
        before = self.used[-1] if self.used else None
        try:
            lines = read_statement(KEY, KEY_LINES, key.body)
            stated = (lines["number"], lines["key"], lines["public"], lines["previous"])
            first = int(lines["first-seal"])
            fits = stated == (
                str(number),
                key_id_of(key.public_key),
                key.public_key,
                before[1].key_id if before else "-",
            )
        except (ValueError, TypeError, AttributeError):
            raise _bad_key(number) from None
        rotated = before is not None and lines["reason"] == "rotated"
        signer = before[1].public_key if before and rotated else key.public_key
        told = lines["reason"] == "first" if before is None else rotated or lines["reason"].startswith("lost")
        late = before is not None and first < before[0]
        if not fits or not told or late or (key.number, key.key_id) != (number, lines["key"]):
            raise _bad_key(number)
        if not signed(signer, key.signature, key.body):
            raise _bad_key(number)
        if before and not rotated:
            words = N_(
                "From seal %(number)s on another key signs, for which the one before does not vouch: %(why)s"
            )
            self.notices.append(Finding("key-break", words, {"number": first, "why": lines["reason"]}))
        vouched = key.public_key in self._given or (before is not None and rotated and before[2])
        self.used.append((first, key, vouched))

    def at(self, seal: int) -> tuple[Key, bool] | None:
        """The key that signs this seal, and whether a given key vouches for it."""
        for first, key, vouched in reversed(self.used):
            if first <= seal:
                return key, vouched
        return None


def _bad_key(number: int) -> Broken:
    return Broken(
        "key", N_("Key %(key)s: the statement kept about it is not the one that was signed."), key=number
    )


def _check_seals(seals: Sequence[Seal], ring: Keyring) -> tuple[list[dict[str, str]], list[str]]:
    """The lines of every seal's text, and the log's root at every size from 0 on."""
    log, bodies, roots = Tree(), [], [Tree().root().hex()]
    for number, seal in enumerate(seals, 1):
        if seal.number != number:
            words = N_("Seal %(number)s is missing; seal %(stored)s stands in its place.")
            raise Broken("seal-missing", words, number=number, stored=seal.number)
        bodies.append(_check_seal(seal, ring, roots[-1]))
        log.add(leaf_hash(seal.body.encode()))
        roots.append(log.root().hex())
        if (seal.log_size, seal.log_root) != (number, roots[-1]):
            words = N_("Seal %(number)s: size and root of the log kept beside it are not those of the log.")
            raise Broken("seal-root", words, number=number)
    return bodies, roots


def _check_seal(seal: Seal, ring: Keyring, log_root: str) -> dict[str, str]:
    number, used = seal.number, ring.at(seal.number)
    if used is None or seal.key_id != used[0].key_id:
        words = N_("Seal %(number)s names a key that was not in use then.")
        raise Broken("seal-key", words, number=number)
    if not isinstance(seal.body, str) or not signed(used[0].public_key, seal.signature, seal.body):
        words = N_("Seal %(number)s: its text and its signature do not belong together.")
        raise Broken("seal-signature", words, number=number)
    try:
        lines = read_statement(SEAL, SEAL_LINES, seal.body)
        fits = (lines["number"], lines["key"]) == (str(number), seal.key_id)
        int(lines["entries"]), int(lines["streams"])
    except ValueError:
        fits = False
    if not fits:
        raise Broken(
            "seal-text", N_("Seal %(number)s: another text was signed than a seal's."), number=number
        )
    if (lines["log-size"], lines["log-root"]) != (str(number - 1), log_root):
        words = N_("Seal %(number)s does not continue the seals before it: one of them was replaced.")
        raise Broken("seal-log", words, number=number)
    return lines


def _check_vouched(seals: Sequence[Seal], ring: Keyring, known: Known) -> None:
    """A seal holds all seals before it, so it is the newest ones that need a key that was given."""
    if not known.public_keys or not seals:
        return
    used = ring.at(len(seals))
    if used is not None and not used[1]:
        words = N_("Seal %(number)s is signed by a key for which no public key that was given vouches.")
        raise Broken("key-unknown", words, number=len(seals))


def _check_anchors(known: Known, roots: Sequence[str]) -> None:
    good = 0
    for number, root in sorted(known.anchors):
        if number >= len(roots):
            if known.older:
                continue
            words = N_("Seal %(number)s was anchored; only %(stored)s seals are stored. The end was cut off.")
            raise Broken("anchor-cut", words, number=number, stored=len(roots) - 1)
        if roots[number] != root:
            words = N_(
                "Seal %(number)s or one before it is not the one that was anchored: history was rewritten and"
                " signed anew. The anchors agree up to seal %(good)s."
            )
            raise Broken("anchor-fork", words, number=number, good=good)
        good = number


def _check_leaves(leaves: Iterable[Sequence[Any]], bodies: Sequence[dict[str, str]]) -> None:
    trees, grown = [Tree() for _ in bodies], [0] * len(bodies)
    last, base = "", 0
    for member, seq, number, digest in leaves:
        if member != last:
            if not isinstance(member, str) or member < last:
                raise Broken("order", N_("Member %(member)s stands out of order."), member=member)
            last, base = member, 0
        if type(seq) is not int or type(number) is not int or not 1 <= number <= len(trees):
            words = N_("Seal %(number)s is missing; only leaves of it are stored.")
            raise Broken("seal-missing", words, number=number)
        trees[number - 1].add(leaf_hash(leaf_text(member, seq, digest)))
        grown[number - 1] += seq - base
        base = seq
    entries = 0
    for number, (body, tree, more) in enumerate(zip(bodies, trees, grown, strict=True), 1):
        entries += more
        found = (str(entries), str(tree.size), tree.root().hex())
        if found != (body["entries"], body["streams"], body["leaf-root"]):
            words = N_("Seal %(number)s: the leaves stored for it are not those that were sealed.")
            raise Broken("leaves", words, number=number)


class _Walk:
    """Leaves, receipts and heads, met as the members pass by in their order."""

    def __init__(self, found: Ledger, known: Known) -> None:
        self.entries = self.members = self.unsealed = 0
        self._leaves = iter(found.leaves())
        self._leaf = next(self._leaves, None)
        self._sealed = 0
        self._heads = None if found.heads is None else dict(found.heads())
        self._older = known.older
        self._receipts: dict[str, list[Receipt]] = {}
        for receipt in known.receipts:
            self._receipts.setdefault(receipt.member_id, []).append(receipt)

    def enter(self, member: Any, before: str | None) -> dict[int, list[tuple[str, int]]]:
        """What must be true of this member's stream: by seq the hash, and the seal that holds it or 0."""
        if not isinstance(member, str) or (before is not None and member <= before):
            raise Broken("order", N_("Member %(member)s stands out of order."), member=member)
        self._pass_by(member)
        marks: dict[int, list[tuple[str, int]]] = {}
        self._sealed = 0
        while self._leaf is not None and self._leaf[0] == member:
            _, self._sealed, number, digest = self._leaf
            marks.setdefault(self._sealed, []).append((digest, number))
            self._leaf = next(self._leaves, None)
        for receipt in self._receipts.pop(member, ()):
            marks.setdefault(receipt.seq, []).append((receipt.hash, 0))
        self.members += 1
        return marks

    def leave(self, member: str, seq: int, last: str, marks: dict[int, list[tuple[str, int]]]) -> None:
        """The stream ends here: it must be as long as seals, receipts and its head say."""
        for late in sorted(marks):
            number = max(seal for _, seal in marks[late])
            if number or not self._older:
                words = (
                    N_(
                        "Member %(member)s: the stream ends at entry %(seq)s; seal %(number)s holds entry %(sealed)s."
                    )
                    if number
                    else N_(
                        "Member %(member)s: the stream ends at entry %(seq)s; a receipt names entry %(sealed)s."
                    )
                )
                code = "cut" if number else "receipt-cut"
                raise Broken(code, words, member=member, seq=seq, number=number, sealed=late)
        if self._heads is not None:
            self._check_head(member, seq, last)
        self.entries += seq
        self.unsealed += seq - self._sealed

    def _check_head(self, member: str, seq: int, last: str) -> None:
        assert self._heads is not None
        head = self._heads.pop(member, None)
        if head is None:
            words = N_("Member %(member)s: the head of the stream is missing.")
            raise Broken("head-missing", words, member=member, seq=seq)
        if head != (seq, last):
            words = N_("Member %(member)s: the stream ends at entry %(seq)s; its head says entry %(head)s.")
            raise Broken("tail", words, member=member, seq=seq, head=head[0])

    def _pass_by(self, member: str | None) -> None:
        """Leaves of members before this one belong to streams of which nothing is left."""
        if self._leaf is not None and (member is None or self._leaf[0] < member):
            gone, seq, number, _ = self._leaf
            words = N_("Member %(member)s has vanished: seal %(number)s holds entry %(seq)s, none is stored.")
            raise Broken("vanished", words, member=gone, seq=seq, number=number)

    def end(self) -> None:
        """No member may be left of whom only a leaf, a receipt or a head tells."""
        self._pass_by(None)
        for gone in () if self._older else sorted(self._receipts):
            words = N_("Member %(member)s has vanished: a receipt names entry %(seq)s, none is stored.")
            raise Broken("vanished", words, member=gone, seq=self._receipts[gone][0].seq)
        for gone, (seq, _) in sorted((self._heads or {}).items()):
            if seq:
                words = N_("Member %(member)s has vanished: the head says %(seq)s entries, none is stored.")
                raise Broken("vanished", words, member=gone, seq=seq)


def _check_entries(found: Ledger, known: Known) -> _Walk:
    walk = _Walk(found, known)
    member, seq, last = None, 0, GENESIS
    marks: dict[int, list[tuple[str, int]]] = {}
    for row in found.entries():
        if row[0] != member:
            if member is not None:
                walk.leave(member, seq, last, marks)
            marks = walk.enter(row[0], member)
            member, seq, last = row[0], 0, GENESIS
        seq += 1
        if row[1] != seq or row[11] != last or not _fits(row):
            raise _bad_entry(row, seq, last)
        last = row[12]
        if seq in marks:
            _compare(row, marks.pop(seq))
    if member is not None:
        walk.leave(member, seq, last, marks)
    walk.end()
    return walk


def _fits(row: Sequence[Any]) -> bool:
    try:
        return bool(entry_hash(row) == row[12])
    except (TypeError, AttributeError, UnicodeEncodeError):
        return False


def _bad_entry(row: Sequence[Any], seq: int, last: str) -> Broken:
    member, stored = row[0], row[1]
    if stored != seq and isinstance(stored, int) and stored > seq:
        words = N_("Member %(member)s: entry %(seq)s is missing; the next one stored is %(stored)s.")
        return Broken("gap", words, member=member, seq=seq, stored=stored)
    if stored != seq:
        words = N_("Member %(member)s: where entry %(seq)s belongs, entry %(stored)s stands out of order.")
        return Broken("order", words, member=member, seq=seq, stored=stored)
    if row[11] != last:
        words = N_("Member %(member)s, entry %(seq)s: it does not continue the entry before it.")
        return Broken("link", words, member=member, seq=seq)
    words = N_("Member %(member)s, entry %(seq)s: its content does not match its hash.")
    return Broken("content", words, member=member, seq=seq)


def _compare(row: Sequence[Any], marks: list[tuple[str, int]]) -> None:
    for digest, number in sorted(marks, key=lambda mark: -mark[1]):
        if digest != row[12] and number:
            words = N_(
                "Member %(member)s: entry %(seq)s is not the one that seal %(number)s holds; it was rewritten."
            )
            raise Broken("sealed", words, member=row[0], seq=row[1], number=number)
        if digest != row[12]:
            words = N_("Member %(member)s: entry %(seq)s is not the one that a receipt names.")
            raise Broken("receipt", words, member=row[0], seq=row[1])


def _count(found: Ledger, seals: int) -> Report:
    """How much there is in a ledger that has a fault, as far as it can be read."""
    sealed: dict[Any, int] = {}
    entries = unsealed = 0
    members = set()
    try:
        for leaf in found.leaves():
            sealed[leaf[0]] = leaf[1]
        for row in found.entries():
            entries += 1
            unsealed += row[1] > sealed.get(row[0], 0)
            members.add(row[0])
    except (Broken, TypeError):
        return Report(entries, len(members), seals, unsealed, counted=False)
    return Report(entries, len(members), seals, unsealed)


def check(found: Ledger, known: Known = NOTHING_KNOWN) -> Report:
    """Checks everything and stops at the first fault; what is left is then only counted."""
    notices: list[Finding] = []
    seals: Sequence[Seal] = ()
    fault = None
    try:
        seals = found.seals()
        ring = Keyring(found.keys(), known.public_keys)
        notices += ring.notices
        bodies, roots = _check_seals(seals, ring)
        _check_anchors(known, roots)
        _check_vouched(seals, ring, known)
        _check_leaves(found.leaves(), bodies)
        walk = _check_entries(found, known)
        report = Report(walk.entries, walk.members, len(seals), walk.unsealed)
    except Broken as broken:
        fault = broken.fault
        report = _count(found, len(seals))
    anchors, receipts = len(known.anchors), len(known.receipts)
    return replace(report, anchors=anchors, receipts=receipts, notices=tuple(notices), fault=fault)


# --- One entry, one log -------------------------------------------------------------------------------------


def check_proof(proof: dict[str, Any], known: Known = NOTHING_KNOWN) -> Finding:
    """Checks the proof of one entry, or that a log continues an earlier one; returns what is proved. Raises
    Broken for the first thing that does not hold."""
    try:
        if proof["format"] == GROWTH:
            return _check_growth(proof, known)
        if proof["format"] != PROOF:
            raise ValueError(f"the format is {proof['format']}")
        return _check_entry_proof(proof, known)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Broken(
            "unreadable", N_("%(where)s cannot be read: %(why)s"), where="The proof", why=error
        ) from None


def _check_entry_proof(proof: dict[str, Any], known: Known) -> Finding:
    rows, leaf, log = proof["entries"], proof["leaf"], proof["log"]
    member, seq, last = rows[0][0], rows[0][1] - 1, rows[0][11]
    for row in rows:
        seq += 1
        if row[0] != member or row[1] != seq or row[11] != last or not _fits(row):
            raise _bad_entry(row, seq, last)
        last = row[12]
    ring = Keyring([Key(*key) for key in proof["keys"]], known.public_keys)
    seal, head = Seal(*proof["seal"]), Seal(*log["head"])
    lines, size = _signed_lines(seal, ring), _signed_lines(head, ring)["number"]
    used = ring.at(seal.number)
    if used is None or (known.public_keys and not used[1]):
        words = N_("Seal %(number)s is signed by a key for which no public key that was given vouches.")
        raise Broken("key-unknown", words, number=seal.number)
    root = inclusion_root(leaf_hash(leaf_text(member, seq, last)), leaf["index"], leaf["size"], _path(leaf))
    if root is None or (root.hex(), str(leaf["size"])) != (lines["leaf-root"], lines["streams"]):
        words = N_("Member %(member)s: seal %(number)s does not hold entry %(seq)s as it is shown.")
        raise Broken("leaves", words, member=member, seq=seq, number=seal.number)
    # The newest seal is part of the log as well: its number says how long the log is.
    for one, path in ((seal, _path(log)), (head, [bytes.fromhex(step) for step in log["head_path"]])):
        root = inclusion_root(leaf_hash(one.body.encode()), one.number - 1, log["size"], path)
        if root is None or (root.hex(), size) != (log["root"], str(log["size"])):
            raise Broken(
                "seal-log", N_("Seal %(number)s is not part of the log that is shown."), number=one.number
            )
    words = N_(
        "Entry %(seq)s of member %(member)s is held by seal %(number)s of %(made)s, signed by key %(key)s. The log"
        " of %(size)s seals has the root %(root)s."
    )
    told = {"member": member, "seq": rows[0][1], "number": seal.number, "made": lines["made-at"]}
    told |= {"key": used[0].key_id, "size": log["size"], "root": log["root"]}
    return Finding("proved", words, {**told, "vouched": used[1], "anchored": _anchored(log, known)})


def _signed_lines(seal: Seal, ring: Keyring) -> dict[str, str]:
    """The lines of a seal that stands alone, when the key in use signed them."""
    used = ring.at(seal.number)
    if used is None or not signed(used[0].public_key, seal.signature, seal.body):
        words = N_("Seal %(number)s: its text and its signature do not belong together.")
        raise Broken("seal-signature", words, number=seal.number)
    lines = read_statement(SEAL, SEAL_LINES, seal.body)
    if lines["number"] != str(seal.number):
        raise Broken(
            "seal-text", N_("Seal %(number)s: another text was signed than a seal's."), number=seal.number
        )
    return lines


def _check_growth(proof: dict[str, Any], known: Known) -> Finding:
    old, new = proof["old"], proof["new"]
    roots = bytes.fromhex(old["root"]), bytes.fromhex(new["root"])
    if not consistent(old["size"], new["size"], *roots, _path(proof)):
        words = N_("The log of %(number)s seals does not continue the one that is shown.")
        raise Broken("seal-log", words, number=new["size"])
    words = N_("The log of %(size)s seals (%(root)s) continues that of %(old)s (%(old_root)s).")
    told = {"size": new["size"], "root": new["root"], "old": old["size"], "old_root": old["root"]}
    return Finding(
        "grown", words, {**told, "anchored": _anchored(new, known), "old_anchored": _anchored(old, known)}
    )


def _path(proof: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(step) for step in proof["path"]]


def _anchored(log: dict[str, Any], known: Known) -> bool:
    """Whether an anchor agrees; raises Broken when one of the same size does not."""
    for number, root in known.anchors:
        if number == log["size"] and root != log["root"]:
            words = N_("The log of %(number)s seals that is shown is not the one that was anchored.")
            raise Broken("anchor-fork", words, number=number)
    return Anchor(log["size"], log["root"]) in known.anchors


# --- Reading files ------------------------------------------------------------------------------------------


def unreadable(where: object, why: object) -> Broken:
    """The fault of something that cannot be read at all."""
    return Broken("unreadable", N_("%(where)s cannot be read: %(why)s"), where=where, why=why)


def read_public_keys(path: Path) -> list[str]:
    """The public keys of a PEM file, as hexadecimal. Raises Broken."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    try:
        end = b"-----END PUBLIC KEY-----"
        blocks = [block + end for block in path.read_bytes().split(end)[:-1]]
        keys = [
            load_pem_public_key(block).public_bytes(Encoding.Raw, PublicFormat.Raw).hex() for block in blocks
        ]
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if not keys:
        raise unreadable(path, "no public key stands in it")
    return keys


def read_witnesses(path: Path) -> tuple[list[Anchor], list[Receipt]]:
    """Anchors and receipts from a file: each is one line, whatever stands between them, so that a mail or a
    copied page will do. A proof (JSON) is both. Raises Broken when there is neither."""
    anchors, receipts = [], []
    try:
        text = path.read_text(encoding="utf-8")
        if text.lstrip().startswith("{"):
            proof = json.loads(text)
            receipts = [Receipt(row[0], row[1], row[12]) for row in proof["entries"]]
            return [Anchor(proof["log"]["size"], proof["log"]["root"])], receipts
        for words in (line.strip().lstrip("> ").split() for line in text.splitlines()):
            if words[:1] == [ANCHOR]:
                anchors.append(Anchor(int(words[1]), words[3]))
            elif words[:1] == [RECEIPT]:
                receipts.append(Receipt(words[1], int(words[2]), words[3]))
    except (OSError, ValueError, IndexError, KeyError, TypeError) as error:
        raise unreadable(path, error) from None
    if not anchors and not receipts:
        raise unreadable(path, "no anchor and no receipt stands in it")
    return anchors, receipts


def read_known(keys: Iterable[Path], files: Iterable[Path], older: bool = False) -> Known:
    """What is believed, from files of public keys and of anchors or receipts. Raises Broken."""
    anchors, receipts = [], []
    for path in files:
        more_anchors, more_receipts = read_witnesses(path)
        anchors += more_anchors
        receipts += more_receipts
    public = frozenset(key for path in keys for key in read_public_keys(path))
    return Known(public, tuple(anchors), tuple(receipts), older)


def _lines(path: Path, width: int) -> Iterator[list[Any]]:
    """The rows of a file of an export: JSON lists, one a line, behind a first line that names the format."""
    try:
        with path.open(encoding="utf-8") as file:
            if json.loads(next(file, "null")).get("format") != EXPORT:
                raise ValueError(f"it is not of the format {EXPORT}")
            decode = json.JSONDecoder().raw_decode
            for number, line in enumerate(file, 2):
                row, end = decode(line)
                if type(row) is not list or len(row) != width or line[end:].strip():
                    raise ValueError(f"line {number} is not a list of {width} columns")
                yield row
    except (OSError, ValueError, AttributeError) as error:
        raise unreadable(path.name, error) from None


def read_export(folder: Path) -> Ledger:
    """The ledger of an export. A file that is missing or cannot be read is told when it is asked for."""
    return Ledger(
        keys=lambda: [Key(*row) for row in _lines(folder / "keys.jsonl", 5)],
        seals=lambda: [Seal(*row) for row in _lines(folder / "seals.jsonl", 6)],
        leaves=lambda: _lines(folder / "leaves.jsonl", 4),
        entries=lambda: _lines(folder / "entries.jsonl", 13),
    )


# --- Telling ------------------------------------------------------------------------------------------------


WHOLE = N_(
    "The ledger is whole: %(entries)s entries of %(members)s members, %(seals)s seals. %(unsealed)s entries are"
    " newer than the last seal."
)
STORED = N_(
    "Stored are %(entries)s entries of %(members)s members and %(seals)s seals; %(unsealed)s entries are newer than"
    " the last seal."
)
NOT_COUNTED = N_("There may be more, which cannot be read.")
COMPARED = N_("Compared with %(anchors)s anchors and %(receipts)s receipts.")
VOUCHED = N_("A public key that was given vouches for it.")
NOT_VOUCHED = N_("No public key was given that vouches for it.")
ANCHORED = N_("This log was anchored.")
OLD_ANCHORED = N_("The earlier log was anchored.")


def tell(report: Report) -> list[str]:
    """A report in sentences."""
    compared = COMPARED % vars(report)
    if report.fault:
        stored = STORED % vars(report)
        more = [] if report.counted else [NOT_COUNTED]
        return [f"FAULT: {report.fault.text}", stored, *more, compared]
    return [WHOLE % vars(report), compared, *(f"Note: {notice.text}" for notice in report.notices)]


def tell_proof(proved: Finding) -> list[str]:
    """What a proof proves, in sentences."""
    words = [(VOUCHED if proved.params["vouched"] else NOT_VOUCHED)] if "vouched" in proved.params else []
    words += [ANCHORED] if proved.params["anchored"] else []
    words += [OLD_ANCHORED] if proved.params.get("old_anchored") else []
    return [proved.text, *words]


def document(report: Report) -> dict[str, Any]:
    """A report for programs."""

    def finding(found: Finding) -> dict[str, Any]:
        place = {"member": found.member_id, "seq": found.seq, "seal": found.seal}
        return {"code": found.code, **place, "text": found.text}

    numbers = ("entries", "members", "seals", "unsealed", "anchors", "receipts")
    return {
        "ok": report.ok,
        "counted": report.counted,
        **{name: getattr(report, name) for name in numbers},
        "notices": [finding(notice) for notice in report.notices],
        "fault": finding(report.fault) if report.fault else None,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns 0 when nothing was found wrong, else 1."""
    parser = argparse.ArgumentParser(description="Checks an export of a learning ledger, or a proof.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument(
        "--key", action="append", type=Path, default=[], help="a public key that you trust (PEM)"
    )
    parser.add_argument("--anchor", action="append", type=Path, default=[], help="a file with anchors")
    parser.add_argument("--receipts", action="append", type=Path, default=[], help="a file with receipts")
    parser.add_argument("--older", action="store_true", help="pass over what they say about later days")
    parser.add_argument("--proof", type=Path, help="check this proof and nothing else")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    try:
        known = read_known(given.key, [*given.anchor, *given.receipts], given.older)
        if given.proof:
            proved = check_proof(json.loads(given.proof.read_text(encoding="utf-8")), known)
            print("\n".join(tell_proof(proved)))
            return 0
        report = check(read_export(given.folder), known)
    except Broken as broken:
        report = Report(counted=False, fault=broken.fault)
    except (OSError, ValueError) as error:
        report = Report(counted=False, fault=unreadable(given.proof, error).fault)
    print(json.dumps(document(report)) if given.json else "\n".join(tell(report)))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
