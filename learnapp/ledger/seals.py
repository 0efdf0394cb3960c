"""The texts that hold the ledger together, and signing them: seals, statements about keys, anchors, receipts. Pure.

A text is a title and one `name value` a line, so that it can be read on paper and typed in again. What is
signed are its bytes; nothing is ever serialised a second time. Reading and checking them is `verify.py`.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from learnapp.errors import N_, Invalid
from learnapp.ledger.verify import ANCHOR, KEY, RECEIPT, SEAL, Key, Seal, key_id_of, leaf_hash, statement

LOST = "lost"
REASON_LENGTH = 200


def seal_body(
    *,
    number: int,
    made_at: str,
    entries: int,
    streams: int,
    leaf_root: bytes,
    log_root: bytes,
    key_id: str,
) -> str:
    """The text of seal `number` (from 1). `entries` counts all entries sealed so far, `streams` the leaves
    under `leaf_root`, `log_root` is that of the seals before it. `made_at` is RFC 3339 in UTC."""
    lines = {
        "number": number,
        "made-at": made_at,
        "entries": entries,
        "streams": streams,
        "leaf-root": leaf_root.hex(),
        "log-size": number - 1,
        "log-root": log_root.hex(),
        "key": key_id,
    }
    return statement(SEAL, lines)


def log_leaf(seal: Seal) -> bytes:
    """A seal as a leaf of the log: the hash of its text."""
    return leaf_hash(seal.body.encode())


def anchor_line(seal: Seal, made_at: str) -> str:
    """What is kept elsewhere: seal number, time, root of the log with it, key."""
    return f"{ANCHOR} {seal.number} {made_at} {seal.log_root} {seal.key_id}"


def receipt_line(member_id: str, seq: int, digest: str) -> str:
    """What a member keeps of an entry."""
    return f"{RECEIPT} {member_id} {seq} {digest}"


def public_hex(key: Ed25519PublicKey) -> str:
    """The raw 32 bytes of a public key as hexadecimal."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def public_pem(public_key: str) -> str:
    """A public key, given as hexadecimal, as a PEM text."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def sign(key: Ed25519PrivateKey, text: str) -> str:
    """The Ed25519 signature over the bytes of a text, as hexadecimal."""
    return key.sign(text.encode()).hex()


def first_key(key: Ed25519PrivateKey, since: str) -> Key:
    """The statement about a ledger's first key, signed by itself."""
    return _statement(key, key, None, since, 1, "first")


def next_key(
    key: Ed25519PrivateKey,
    before: Key,
    old: Ed25519PrivateKey | None,
    since: str,
    first_seal: int,
    why: str = "",
) -> Key:
    """The statement about the key that follows `before` from seal `first_seal` on: signed by the old key, or,
    where that is lost, by the new one alone with the reason in words.

    Raises Invalid when a reason is missing, longer than 200 characters or more than one line.
    """
    if old is not None:
        return _statement(key, old, before, since, first_seal, "rotated")
    words = why.strip()
    if not words or len(words) > REASON_LENGTH or not words.isprintable():
        message = N_("Say in one line of at most %(most)s characters how the key was lost.")
        raise Invalid("key-reason", message, most=REASON_LENGTH)
    return _statement(key, key, before, since, first_seal, f"{LOST}: {words}")


def _statement(
    key: Ed25519PrivateKey,
    signer: Ed25519PrivateKey,
    before: Key | None,
    since: str,
    first_seal: int,
    reason: str,
) -> Key:
    public = public_hex(key.public_key())
    number, key_id = before.number + 1 if before else 1, key_id_of(public)
    lines = {
        "number": number,
        "key": key_id,
        "public": public,
        "since": since,
        "first-seal": first_seal,
        "previous": before.key_id if before else "-",
        "reason": reason,
    }
    body = statement(KEY, lines)
    return Key(number, key_id, public, body, sign(signer, body))
