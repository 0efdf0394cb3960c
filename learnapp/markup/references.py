"""Definitions of link references: `[label]: target "title"`."""

from __future__ import annotations

import re

_REFERENCE = re.compile(
    r" {0,3}\[(?!\^)([^\[\]]{1,999})\]:[ \t]*+\n?[ \t]*+(<[^<>\n]*>|[^\s<]\S*)"
    r"(?:(?:[ \t]++\n?|\n)[ \t]*+(\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*+(?:\n|$)"
)


def split(text: str) -> tuple[dict[str, tuple[str, str]], str]:
    """The definitions at the start of a paragraph, label -> (target, title), and the text after them.

    The first definition of a label counts.
    """
    found: dict[str, tuple[str, str]] = {}
    position = 0
    while match := _REFERENCE.match(text, position):
        target = match[2].removeprefix("<").removesuffix(">")
        if label := label_of(match[1]):
            found.setdefault(label, (target, (match[3] or "")[1:-1]))
        position = match.end()
    return found, text[position:].rstrip()


def label_of(text: str) -> str:
    """A label as it is compared: without case, with single spaces."""
    return " ".join(text.split()).lower()
