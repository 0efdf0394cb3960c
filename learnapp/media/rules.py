"""What counts as a picture. Pure."""

from __future__ import annotations

import hashlib
import re

MAX_BYTES = 5 * 1024 * 1024

SUFFIXES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}

_HASH = re.compile(r"[0-9a-f]{64}")
# What may stand in front of the root element: white space, XML declaration, comments, document type.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?[^>]*\?>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?\s*>)*"
    rb"<(?:svg:)?svg[\s>/]",
    re.IGNORECASE,
)
_SVG_HEAD = 64 * 1024


def hash_of(data: bytes) -> str:
    """The name of a file: SHA-256 of its bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_hash(text: str) -> bool:
    """Whether the text can be the name of a file."""
    return _HASH.fullmatch(text) is not None


def sniff(data: bytes) -> str | None:
    """The media type of a picture by its first bytes, or None for anything that is no picture we serve."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/svg+xml" if _SVG.match(data[:_SVG_HEAD]) else None


def sniff_paper(data: bytes) -> str | None:
    """The media type of something scanned or printed: a picture that cannot hold a script, or a PDF. None for
    anything else."""
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    found = sniff(data)
    return None if found == "image/svg+xml" else found
