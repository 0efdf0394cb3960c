"""Pictures: known by their bytes, stored once."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from learnapp import media
from learnapp.db import transaction
from learnapp.errors import Invalid, NotFound
from learnapp.media import Store
from tests.catalogue.folders import PNG
from tests.conftest import AT

SVG = b'<?xml version="1.0"?>\n<!-- a <drawing> --><!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (SVG, "image/svg+xml"),
        (b"\xef\xbb\xbf  <svg></svg>", "image/svg+xml"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", None),
        (b"<html><svg></svg></html>", None),
        (b"<svgx>", None),
        (b"", None),
    ],
)
def test_the_type_is_read_off_the_bytes(data: bytes, expected: str | None) -> None:
    assert media.sniff(data) == expected


@given(st.binary(max_size=200))
def test_anything_may_be_sniffed(data: bytes) -> None:
    assert media.sniff(data) in (None, *media.SUFFIXES.values())


def test_a_long_beginning_is_sniffed_in_little_time() -> None:
    assert media.sniff(b"<!--" + b"-" * 4_000_000) is None
    assert media.sniff(b"<?" * 2_000_000) is None


def test_the_same_bytes_are_kept_once(app: Flask, tmp_path: Path) -> None:
    store = Store(tmp_path / "media")
    with transaction():
        names = {store.keep(PNG, at=AT) for _ in range(3)}
    (name,) = names
    assert media.info(name) == media.Info(name, "image/png", len(PNG))
    assert store.read(name) == PNG
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == [name]


def test_what_is_no_picture_or_too_large_is_refused(app: Flask, tmp_path: Path) -> None:
    store = Store(tmp_path / "media")
    for data in (b"<script>", PNG + b"\x00" * media.MAX_BYTES):
        with pytest.raises(Invalid), transaction():
            store.keep(data, at=AT)
    assert not list(tmp_path.rglob("media/*/*"))


def test_a_name_cannot_leave_the_folder(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    for name in ("../secret", "", "x" * 64, "A" * 64):
        with pytest.raises(NotFound):
            Store(tmp_path / "media").read(name)
    with pytest.raises(NotFound):
        Store(tmp_path / "media").read("0" * 64)
    with pytest.raises(NotFound):
        media.info("0" * 64)
