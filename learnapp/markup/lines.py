"""The source as numbered lines, and what a line starts, by the rules GitHub follows (CommonMark and GFM)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from learnapp.markup.tags import BLOCK_TAGS, KNOWN_TAGS

MAX_NESTING = 24
"""How deep lists, quotes and boxes may lie in each other; what lies deeper is shown as text."""

FENCE = re.compile(r"^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)$")
HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*))?$")
SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
QUOTE = re.compile(r"^ {0,3}> ?")
ITEM = re.compile(r"^( {0,3})([-+*]|[0-9]{1,9}[.)])(?=( *)(\S?))(?: |$)")
DIRECTIVE = re.compile(r"^ {0,3}(:{3,})[ \t]*([^:].*)?$")
FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\[\]\s]{1,100})\]:[ \t]*")

_VERBATIM = re.compile(r"^ {0,3}<(script|pre|style|textarea)(?=[\s>]|$)", re.I)
_OPENER = re.compile(r"^ {0,3}</?([a-z][a-z0-9-]*)(?=[\s/>]|$)", re.I)
_SPECIAL = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"))
_WHOLE_TAG = re.compile(
    r"^ {0,3}</?([a-z][a-z0-9-]*+)"
    r"(?:\s+[^\s\"'=<>/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?)*+\s*+/?>\s*$",
    re.I,
)
_LEAD = re.compile(r"^[ \t>]*(?:(?:[-+*]|[0-9]{1,9}[.)])[ \t]+)*")
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class Line(NamedTuple):
    """One line of a container, its markers already taken off.

    A lazy line had no markers: it can only go on with the paragraph that the line before left open.
    """

    number: int
    text: str
    lazy: bool = False


def normalise(source: str) -> list[str]:
    """The source as lines without control characters, byte order mark and lone surrogates."""
    text = source.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_TEXT.sub("", text).split("\n")


def untab(text: str) -> str:
    """Expands the tabs that indent a line or follow its marker; tabs inside the text stay."""
    lead = _LEAD.match(text)
    end = lead.end() if lead else 0
    return text[:end].expandtabs(4) + text[end:] if "\t" in text[:end] else text


def indent(text: str) -> int:
    """Columns before the first character."""
    return len(text) - len(text.lstrip(" "))


def blank(text: str) -> bool:
    """Whether nothing stands on the line."""
    return not text.strip()


def rule(text: str) -> bool:
    """Whether the line is a horizontal rule."""
    bare = text.replace(" ", "").replace("\t", "")
    return len(bare) >= 3 and bare[0] in "-*_" and not bare.strip(bare[0]) and indent(text) < 4


def html_end(text: str) -> str | None:
    """What ends the block of raw HTML that this line starts: a string, "" for a blank line, or None."""
    if "<" not in text[:4]:
        return None
    if match := _VERBATIM.match(text):
        return f"</{match[1].lower()}>"
    stripped = text.lstrip(" ")
    for start, end in _SPECIAL:
        if stripped.startswith(start) and indent(text) < 4:
            return end
    match = _OPENER.match(text)
    return "" if match and match[1].lower() in BLOCK_TAGS else None


def whole_tag(text: str) -> bool:
    """Whether the line is one complete tag and nothing else; such HTML cannot interrupt a paragraph."""
    match = _WHOLE_TAG.match(text) if "<" in text[:4] else None
    return match is not None and match[1].lower() in KNOWN_TAGS


def interrupts(text: str) -> bool:
    """Whether the line ends a paragraph that stands right above it."""
    if indent(text) > 3:
        return False
    if FENCE.match(text) or HEADING.match(text) or rule(text) or QUOTE.match(text):
        return True
    if html_end(text) is not None or DIRECTIVE.match(text) or FOOTNOTE.match(text):
        return True
    item = ITEM.match(text)
    return bool(item and item[4] and (not item[2][0].isdigit() or item[2][:-1] == "1"))


class Tail:
    """Follows the lines of a container and knows whether the last one leaves a paragraph or a fence open.

    An unmarked line after an open paragraph still belongs to the container (CommonMark calls it lazy).
    """

    def __init__(self) -> None:
        self.paragraph = False
        self._fence = ""

    def feed(self, text: str) -> None:
        """Takes the next line, without the container's own marker."""
        inner = text
        for _ in range(MAX_NESTING):
            match = QUOTE.match(inner) or (None if rule(inner) else ITEM.match(inner))
            if match is None:
                break
            inner = inner[match.end() :]
        fence = FENCE.match(inner.lstrip(" "))
        if self._fence:
            if fence and fence[2].startswith(self._fence) and not fence[3]:
                self._fence = ""
            self.paragraph = False
            return
        self._fence = fence[2] if fence else ""
        code = indent(inner) > 3 and not self.paragraph
        self.paragraph = not (fence or code or blank(inner) or HEADING.match(inner) or rule(inner))


class Finder:
    """Finds the line on which a piece of source stands; asked for it again, it goes on from there."""

    def __init__(self, lines: Iterable[str], code: frozenset[int]) -> None:
        kept = ["" if number in code else line for number, line in enumerate(lines, start=1)]
        self._text = "\n".join(kept)
        self._starts = [0]
        for line in kept:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._next: dict[str, int] = {}

    def line(self, piece: str) -> int:
        """The number of the line, counted from 1; the last one found when no other follows, 0 when none."""
        start = self._next.get(piece, 0)
        found = self._text.find(piece, start) if piece else -1
        if found < 0:
            found = start - len(piece) if start else -1
        if found < 0:
            return 0
        self._next[piece] = found + len(piece)
        return bisect_right(self._starts, found)
