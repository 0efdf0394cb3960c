"""What a phone writes into a picture besides the picture is taken out; the picture stays byte for byte."""

from __future__ import annotations

import struct
import zlib

import pytest

from learnapp.media import without_traces

SECRETS = (b"GPS N31.2", b"PhoneModel-12", b"Zhang San", b"2026:11:24")


def _segment(mark: int, body: bytes) -> bytes:
    return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body


def _exif(order: str, orientation: int) -> bytes:
    """An EXIF body with a model and an orientation, as phones write it."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8)
    entries = struct.pack(f"{order}H", 2)
    entries += struct.pack(f"{order}HHII", 0x0110, 2, 14, 200)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0" + head + entries + b"\0\0\0\0" + b"".join(SECRETS)


TABLE = _segment(0xDB, bytes(65))
FRAME = _segment(0xC2, bytes(9))
SCAN = _segment(0xDA, bytes(6)) + b"\x12\xff\x00\x34\xff\xd0\x56"
JFIF = _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
COLOURS = _segment(0xE2, b"ICC_PROFILE\0\1\1xyz")


def _jpeg(order: str = ">", orientation: int = 6) -> bytes:
    return (
        b"\xff\xd8"
        + JFIF
        + _segment(0xE1, _exif(order, orientation))
        + _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRETS[2])
        + COLOURS
        + _segment(0xE2, b"MPF\0" + SECRETS[1])
        + _segment(0xED, SECRETS[2])
        + _segment(0xFE, SECRETS[3])
        + TABLE
        + FRAME
        + SCAN
        + TABLE
        + SCAN
        + b"\xff\xd9"
        + b"a film behind the picture "
        + SECRETS[0]
    )


@pytest.mark.parametrize("order", ["<", ">"])
def test_jpeg_keeps_the_picture_its_colours_and_which_side_is_up(order: str) -> None:
    found = without_traces(_jpeg(order))
    assert not any(secret in found for secret in SECRETS)
    turned = _segment(
        0xE1, b"Exif\0\0MM\0*" + bytes.fromhex("00000008 0001 0112 0003 00000001 0006 0000 00000000")
    )
    assert found == b"\xff\xd8" + JFIF + turned + COLOURS + TABLE + FRAME + SCAN + TABLE + SCAN + b"\xff\xd9"
    assert without_traces(found) == found


def test_jpeg_that_stands_upright_needs_no_word_about_it() -> None:
    assert b"Exif" not in without_traces(_jpeg(orientation=1))


@pytest.mark.parametrize("cut", range(2, 400, 7))
def test_a_cut_file_gives_no_secret_and_no_error(cut: int) -> None:
    found = without_traces(_jpeg()[:cut] if cut > 3 else b"\xff\xd8\xff")
    assert not any(secret in found for secret in SECRETS)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_png() -> None:
    head, pixels = _chunk(b"IHDR", bytes(13)), _chunk(b"IDAT", b"pixels")
    traces = _chunk(b"eXIf", SECRETS[0]) + _chunk(b"tEXt", SECRETS[1]) + _chunk(b"tIME", bytes(7))
    begin, end = b"\x89PNG\r\n\x1a\n", _chunk(b"IEND", b"")
    assert without_traces(begin + head + traces + pixels + end + SECRETS[2]) == begin + head + pixels + end


def _riff(*parts: bytes) -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _part(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def test_webp() -> None:
    pixels = _part(b"VP8 ", b"pixel")
    full = _riff(
        _part(b"VP8X", bytes([0x2C]) + bytes(9)),
        pixels,
        _part(b"EXIF", SECRETS[0]),
        _part(b"XMP ", SECRETS[2]),
    )
    assert without_traces(full) == _riff(_part(b"VP8X", bytes([0x20]) + bytes(9)), pixels)


def test_others_are_left_alone() -> None:
    for data in (b"%PDF-1.7 body", b"GIF89a body", b"", b"\xff\xd8"):
        assert without_traces(data) == data
