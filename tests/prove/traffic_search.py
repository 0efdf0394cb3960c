"""Finding marks in recorded bytes, however they were written; and what two recordings have to have in common."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_MARK = re.compile(rb"qzk[a-z2-9]{10}|73519[0-9]{6}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(rb"(?:[0-9a-f]{2}){11,}", re.IGNORECASE)
_ESCAPE = re.compile(rb"\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>")
_SHORTEST = 13


@dataclass(frozen=True)
class Answer:
    """What was sent for one request: the bytes of its headers and of its body as they went out."""

    request: str
    status: int
    headers: bytes
    body: bytes
    packed: bool = False


def marks(answer: Answer) -> set[str]:
    """Every mark in an answer: as it stands, unpacked, with the escapes of HTML, JSON and addresses undone, with
    tags taken out of its middle, and inside what reads as base64 or hexadecimal."""
    found: set[str] = set()
    for text in {part for whole in (answer.headers, *_unpacked(answer)) for part in _readings(whole)}:
        found |= {one.decode() for one in _MARK.findall(text)}
    return found


def _unpacked(answer: Answer) -> Iterator[bytes]:
    yield answer.body
    if answer.packed:
        yield plain(answer)


def plain(answer: Answer) -> bytes:
    """The body as a browser reads it."""
    return gzip.decompress(answer.body) if answer.packed else answer.body


def _readings(text: bytes) -> Iterator[bytes]:
    yield text
    yield _TAG.sub(b"", text)
    undone = html.unescape(unquote_to_bytes(text).decode("utf-8", "replace")).encode()
    undone = _ESCAPE.sub(lambda found: bytes([int(found.group(1) or found.group(2), 16)]), undone)
    yield undone
    for run in {*_BASE64.findall(text), *_BASE64.findall(undone)}:
        yield from _decoded(run)
    for run in _HEX.findall(text):
        yield from (binascii.unhexlify(part[: len(part) // 2 * 2]) for part in (run, run[1:]))


def _decoded(run: bytes) -> Iterator[bytes]:
    """A run of letters as base64, beginning at each of the places where a group of four may begin, with its last
    group filled up; unpacked once more where that gives something packed, as a signed session is."""
    letters = run.translate(bytes.maketrans(b"-_", b"+/"))
    for start in range(4):
        part = letters[start:]
        if len(part) < _SHORTEST:
            continue
        part = part[:-1] if len(part) % 4 == 1 else part
        decoded = base64.b64decode(part + b"A" * (-len(part) % 4))
        yield decoded
        if decoded[:2] in (b"x\x9c", b"x\xda", b"x\x01", b"\x1f\x8b"):
            try:
                yield zlib.decompressobj(47).decompress(decoded)
            except zlib.error:
                continue


# What may differ between two recordings of the same acts: ids and hashes, and what is signed or counts bytes.
_DROPPED = re.compile(rb"^(set-cookie|content-length|etag|x-request-id|last-modified|date):.*$", re.I | re.M)
_TOKEN = re.compile(rb'(name="csrf_token" value=")[^"]*')
_NAME = re.compile(rb"[0-9a-f]{12,64}|[0-9a-f]{8}(?: [0-9a-f]{8})+")


def alike(answer: Answer) -> bytes:
    """Head and body with every id called by the order of its first appearance."""
    text = _DROPPED.sub(b"", answer.headers) + b"\n" + _TOKEN.sub(rb"\1", plain(answer))
    names: dict[bytes, bytes] = {}

    def called(found: re.Match[bytes]) -> bytes:
        return names.setdefault(found.group(0), b"id-%d" % len(names))

    return str(answer.status).encode() + b"\n" + _NAME.sub(called, text)
