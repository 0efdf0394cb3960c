"""Where a text may be broken into lines: between Chinese characters, between words, by the rules of the comma. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

# Never first on a line, and never last.
_NOT_FIRST = "、。，．；：！？）》」』】〕〉％…—·,.;:!?)]}%”’"
_NOT_LAST = "（《「『【〔〈([{“‘"
# What stays together: a run without blanks of letters and digits, or a single other character.
_PIECES = re.compile(r"\s+|[\u0021-\u024f]+|.", re.DOTALL)


def wrapped(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    """The text in lines of at most this width, as `width_of` measures them. What is wider than a line by itself,
    such as a fingerprint, is cut. A line break in the text is one; an empty text is one empty line."""
    return [line for part in text.splitlines() or [""] for line in _paragraph(part, width, width_of)]


def _paragraph(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    lines, line = [], ""
    for piece in _pieces(text):
        if width_of(line + piece.rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while len(line) > 1 and width_of(line) > width:
            fits = next((end for end in range(len(line) - 1, 1, -1) if width_of(line[:end]) <= width), 1)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """The smallest parts between which a line may end."""
    pieces: list[str] = []
    for found in _PIECES.findall(text):
        joined = pieces and (found[0] in _NOT_FIRST or found.isspace() or pieces[-1][-1] in _NOT_LAST)
        if joined:
            pieces[-1] += found
        else:
            pieces.append(found)
    return pieces
