"""Addresses that came from outside."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_path(target: str, fallback: str = "/") -> str:
    """The target if it is a path on this site, else the fallback: never a way out to another site."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return fallback
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    if any(ord(char) < 32 for char in target) or "\\" in target:
        return fallback
    return target
