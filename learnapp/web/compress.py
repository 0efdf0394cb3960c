"""Sends pages and static files compressed to whoever accepts gzip.

A static file is read and compressed once and kept in memory until it changes. A page is compressed at a
low level: most of the weight is gone after 0.05 ms. See docs/decisions/0008-compression.md.
"""

from __future__ import annotations

import gzip
import mimetypes
import secrets
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.exceptions import NotFound
from werkzeug.http import parse_accept_header
from werkzeug.security import safe_join

from learnapp.web.cookies import vary_by

SMALLEST = 1024
# A window of 16 KB instead of 32 keeps zlib's buffers below the size at which every page would map fresh
# memory: half the time, the same length.
_PAGE_LEVEL, _PAGE_WINDOW = 4, -14
_TEXT = ("text/", "application/json", "application/javascript", "application/manifest+json", "image/svg+xml")
_NOISE = bytes(range(0x30, 0x3A)) * 10


def gzip_page(body: bytes) -> bytes:
    """The body as one gzip member. Up to a hundred bytes of noise stand in the header's file name, so that
    the length tells nobody whether a guess of the page's secrets was right (BREACH; as Django does it)."""
    packer = zlib.compressobj(_PAGE_LEVEL, zlib.DEFLATED, _PAGE_WINDOW)
    head = b"\x1f\x8b\x08\x08\0\0\0\0\x04\xff" + _NOISE[: secrets.randbelow(101)] + b"\0"
    return b"".join(
        (head, packer.compress(body), packer.flush(), struct.pack("<LL", zlib.crc32(body), len(body)))
    )


@lru_cache(maxsize=64)
def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    return bool(parse_accept_header(header, Accept)["gzip"])


@dataclass(frozen=True, slots=True)
class _File:
    """A static file as it is kept: `packed` is None where gzip gains nothing."""

    stamp: int
    body: bytes
    packed: bytes | None
    content_type: str


def _read(path: str, stamp: int) -> _File:
    body = Path(path).read_bytes()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    text = kind.startswith(_TEXT)
    packed = gzip.compress(body, 9, mtime=0) if text and len(body) > SMALLEST else None
    return _File(stamp, body, packed, f"{kind}; charset=utf-8" if text else kind)


def _serve_static(folder: str) -> object:
    kept: dict[str, _File] = {}

    def static(filename: str) -> Response:
        path = safe_join(folder, filename)
        try:
            stamp = Path(path or "").stat().st_mtime_ns
            file = kept.get(filename)
            if file is None or file.stamp != stamp:
                file = kept[filename] = _read(path or "", stamp)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFound from None
        packed = file.packed if accepts_gzip(request.headers.get("Accept-Encoding", "")) else None
        response = Response(packed or file.body, content_type=file.content_type)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "no-cache"
        response.set_etag(f"{stamp:x}{'-gz' if packed else ''}")
        response.make_conditional(request)
        return response

    return static


def _pack(response: Response) -> Response:
    """Compresses a finished page; what is streamed, small or packed already stays as it is."""
    headers = response.headers
    if (
        response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in headers
        or not headers.get("Content-Type", "").startswith(_TEXT)
    ):
        return response
    body = response.get_data()
    if len(body) <= SMALLEST:
        return response
    vary_by(response, "Accept-Encoding")
    if accepts_gzip(request.headers.get("Accept-Encoding", "")):
        response.set_data(gzip_page(body))
        headers["Content-Encoding"] = "gzip"
    return response


def set_up(app: Flask) -> None:
    """Serves the static folder from memory and compresses pages. Called before the session is saved, which
    adds its own name to Vary."""
    app.view_functions["static"] = _serve_static(app.static_folder or "")  # type: ignore[assignment]  # a view
    app.after_request(_pack)
