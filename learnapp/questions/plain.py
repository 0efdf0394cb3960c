"""Markdown as plain text, for where a browser shows nothing else: the choices of a select box."""

from __future__ import annotations

import re

_PICTURE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|__|~~|`+|\*)(?=\S)(.+?)(?<=\S)\1")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """The text on one line without the marks of emphasis and code; of a picture its description stays."""
    line = _PICTURE_OR_LINK.sub(r"\1", " ".join(text.split()))
    while (bare := _MARKS.sub(r"\2", line)) != line:
        line = bare
    return _ESCAPE.sub(r"\1", line)
