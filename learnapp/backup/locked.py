"""Encryption of an archive: scrypt makes a key of the passphrase, AES-256-GCM locks one chunk after the other.

A chunk's nonce holds its number and whether it is the last one (the STREAM construction), and the head is
authenticated with each of them: chunks that are changed, left out, moved or cut off at the end do not open.
The head carries a proof of the passphrase, so that a wrong one can be told from a damaged file.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from learnapp.backup.archive import Refused

MAGIC = b"learnapp-backup-locked/1\n"
CHUNK = 1024 * 1024
SHORTEST_PASSPHRASE = 12
_TAG = 16
# 64 MB and a quarter of a second for one guess.
_COST, _BLOCK, _LANES = 16, 8, 1
_HEAD = struct.Struct(
    ">BBB16s7s16s"
)  # log2 of the cost, block size, lanes, salt, nonce, proof of the passphrase
_CHECK = 16


def is_locked(path: Path) -> bool:
    """Whether the file is an encrypted archive."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _keys(passphrase: str, salt: bytes, cost: int, block: int, lanes: int) -> tuple[AESGCM, bytes]:
    """The key, and the proof that it is the right one."""
    made = Scrypt(salt=salt, length=64, n=2**cost, r=block, p=lanes).derive(passphrase.encode())
    return AESGCM(made[:32]), hashlib.sha256(made[32:]).digest()[:16]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


class Locker:
    """Writes what is written to it into `file`, encrypted; complete after `close`, which leaves `file` open."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file, self._number, self._waiting = file, 0, bytearray()
        salt, self._prefix = os.urandom(16), os.urandom(7)
        self._key, proof = _keys(passphrase, salt, _COST, _BLOCK, _LANES)
        head = MAGIC + _HEAD.pack(_COST, _BLOCK, _LANES, salt, self._prefix, proof)
        self._head = head + hashlib.sha256(head).digest()[:_CHECK]
        file.write(self._head)

    def write(self, data: bytes) -> int:
        """Takes the bytes; what fills a chunk is written at once."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._lock(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Writes the last chunk."""
        self._lock(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _lock(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._key.encrypt(_nonce(self._prefix, self._number, last), chunk, self._head))
        self._number += 1


class Unlocker:
    """Reads an encrypted archive; only bytes that were authenticated are handed out."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file, self._number, self._ready, self._ended = file, 0, b"", False
        self._head = file.read(len(MAGIC) + _HEAD.size + _CHECK)
        head, checked = self._head[:-_CHECK], self._head[-_CHECK:]
        whole = len(self._head) == len(MAGIC) + _HEAD.size + _CHECK
        if not whole or hashlib.sha256(head).digest()[:_CHECK] != checked:
            raise Refused("The archive is damaged: the head of its encryption is not whole.")
        cost, block, lanes, salt, self._prefix, proof = _HEAD.unpack(head[len(MAGIC) :])
        if not (10 <= cost <= 20 and 1 <= block <= 8 and 1 <= lanes <= 4):
            raise Refused("The archive asks for more work than any backup of this product does.")
        self._key, expected = _keys(passphrase, salt, cost, block, lanes)
        if not hmac.compare_digest(proof, expected):
            raise Refused("The passphrase is wrong: this archive was encrypted with another one.")
        self._next = file.read(CHUNK + _TAG)

    def read(self, size: int) -> bytes:
        """At most that many bytes, none at the end. Raises Refused where the file is not what was written."""
        if not self._ready and not self._ended:
            self._open_chunk()
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def _open_chunk(self) -> None:
        chunk, self._next = self._next, self._file.read(CHUNK + _TAG)
        last = not self._next
        try:
            nonce = _nonce(self._prefix, self._number, last)
            self._ready = self._key.decrypt(nonce, chunk, self._head)
        except InvalidTag:
            raise Refused(self._why(chunk, last)) from None
        self._number, self._ended = self._number + 1, last

    def _why(self, chunk: bytes, last: bool) -> str:
        """Either the chunk opens as one that others follow, and they are gone; or it was cut, or changed."""
        if last:
            try:
                self._key.decrypt(_nonce(self._prefix, self._number, False), chunk, self._head)
                return "The archive is cut short: its end is missing."
            except InvalidTag:
                pass
        where = "end is missing or was changed" if last else f"part {self._number + 1} of 1 MB was changed"
        return f"The archive is damaged: its {where}."
