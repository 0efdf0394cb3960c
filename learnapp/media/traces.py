"""Taking out of a picture what a phone writes into it besides the picture: place, device, time, names. Pure.

What shows stays byte for byte: nothing is decoded and compressed anew. A part that cannot be read as the format
says is left out to the end of the file rather than kept unread.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

# JPEG: application segments but APP0 (JFIF), a profile of colours in APP2, APP14 (Adobe: which colours); comments.
_JPEG_TRACES = frozenset({0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE})
_PNG_TRACES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_TRACES = frozenset({b"EXIF", b"XMP "})
_ORIENTATION = 0x0112
# The bits in a WebP's header that announce EXIF and XMP.
_WEBP_FLAGS = 0x08 | 0x04


def without_traces(data: bytes) -> bytes:
    """The picture without what it tells besides; a JPEG keeps which side is up. Other files come back unchanged."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        kept = [part for kind, part in _png_parts(data) if kind not in _PNG_TRACES]
        return data[:8] + b"".join(kept)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return data


def _jpeg(data: bytes) -> bytes:
    kept, at, turned = [b"\xff\xd8"], 2, b""
    while at + 4 <= len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xD9:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if mark == 0xDA:
            end = _scan_end(data, end)
        if mark == 0xE1:
            turned = turned or _turned(data[at + 4 : end])
        elif mark not in _JPEG_TRACES and (mark != 0xE2 or data[at + 4 : end].startswith(b"ICC_PROFILE")):
            kept.append(data[at:end])
        at = end
    # Directly behind the first marker or the JFIF segment, where readers look for it.
    first = 2 if len(kept) > 1 and kept[1][1:2] == b"\xe0" else 1
    return b"".join([*kept[:first], turned, *kept[first:], b"\xff\xd9"])


def _scan_end(data: bytes, at: int) -> int:
    """Where the picture's own bytes end that begin here: before the next marker that is none of theirs."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


def _turned(exif: bytes) -> bytes:
    """A segment that says which side is up and nothing else; empty where it need not be said."""
    if not exif.startswith(b"Exif\0\0"):
        return b""
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return b""
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(count):
            tag, kind, times, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if (tag, kind, times) == (_ORIENTATION, 3, 1) and 2 <= value <= 8:
                return _orientation(value)
    except struct.error:
        return b""
    return b""


def _orientation(value: int) -> bytes:
    body = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png_parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at:end]
        if data[at + 4 : at + 8] == b"IEND":
            return
        at = end


def _webp(data: bytes) -> bytes:
    kept, at = [], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        part, kind = data[at : at + 8 + size + size % 2], data[at : at + 4]
        if kind == b"VP8X" and len(part) > 8:
            part = part[:8] + bytes([part[8] & ~_WEBP_FLAGS]) + part[9:]
        if kind not in _WEBP_TRACES:
            kept.append(part)
        at += 8 + size + size % 2
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
