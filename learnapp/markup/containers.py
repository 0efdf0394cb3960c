"""Which lines belong to a list item, a quote, a footnote or a directive. Pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from learnapp.markup.lines import (
    DIRECTIVE,
    FENCE,
    ITEM,
    QUOTE,
    Line,
    Tail,
    blank,
    indent,
    interrupts,
    rule,
    whole_tag,
)

_NAME = re.compile(r"^\{?[ \t]*\.?([A-Za-z][\w-]*)([^:]*)")
_TITLE = re.compile(r"title\s*=\s*(\"[^\"]*\"|'[^']*')")


@dataclass(frozen=True)
class Item:
    """A list item: its marker, its lines without the marker, the index of the first line after it."""

    marker: str
    lines: list[Line]
    end: int

    @property
    def kind(self) -> str:
        """Items of one kind make one list: the bullet, or what follows the number."""
        return self.marker[-1]


def list_item(lines: Sequence[Line], start: int) -> Item | None:
    """The item that starts on this line, or None."""
    number, text, lazy = lines[start]
    match = ITEM.match(text)
    if match is None or lazy or rule(text):
        return None
    width = match.end(2)
    spaces = len(match[3]) if match[4] and len(match[3]) < 5 else 1
    offset = width + spaces
    first = Line(number, text[offset:])
    content, end = indented(lines, start + 1, offset, first)
    return Item(match[2], content, end)


def indented(lines: Sequence[Line], start: int, offset: int, first: Line) -> tuple[list[Line], int]:
    """The lines from `start` that are indented by `offset` columns or continue a paragraph.

    Returns them, with `first` before them, and the index of the first line that is not part of them.
    """
    content, end, tail = [first], start, Tail()
    tail.feed(first.text)
    pending: list[Line] = []
    for index in range(start, len(lines)):
        number, text, lazy = lines[index]
        if blank(text):
            if len(content) == 1 and blank(first.text):
                break
            pending.append(Line(number, ""))
            tail.feed("")
            continue
        inside = indent(text) >= offset and not lazy
        if not inside and (pending or not _goes_on(tail, lines[index])):
            break
        line = Line(number, text[offset:]) if inside else Line(number, text.lstrip(" "), True)
        content += [*pending, line]
        pending, end = [], index + 1
        tail.feed(line.text)
    return content, end


def quote(lines: Sequence[Line], start: int) -> tuple[list[Line], int]:
    """The lines of the block quote that starts here, without their marker, and the index after it."""
    content: list[Line] = []
    tail = Tail()
    for index in range(start, len(lines)):
        number, text, lazy = lines[index]
        match = None if lazy else QUOTE.match(text)
        if match is None and (blank(text) or not _goes_on(tail, lines[index])):
            return content, index
        line = Line(number, text[match.end() :]) if match else Line(number, text.lstrip(" "), True)
        content.append(line)
        tail.feed(line.text)
    return content, len(lines)


def _goes_on(tail: Tail, line: Line) -> bool:
    """Whether an unmarked line continues the paragraph left open by the container's last line."""
    starts = interrupts(line.text) or whole_tag(line.text) or (ITEM.match(line.text) and not rule(line.text))
    return tail.paragraph and (line.lazy or not starts)


@dataclass(frozen=True)
class Directive:
    """The opening line of a box fenced by colons: `::: name title`."""

    name: str
    title: str


def directive(text: str) -> Directive | None:
    """What the line opens, or None: a bare line of colons closes."""
    opener = DIRECTIVE.match(text)
    name = _NAME.match((opener[2] or "").strip()) if opener else None
    if name is None:
        return None
    rest = name[2].strip(" \t}")
    quoted = _TITLE.search(rest)
    title = quoted[1][1:-1] if quoted else "" if "=" in rest else rest.strip("[]{\"' ")
    return Directive(name[1].lower(), title)


def directive_ends(lines: Sequence[Line]) -> dict[int, int]:
    """For each line that opens a directive, the line that closes it, if any does."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    fence = ""
    if not any(":::" in line.text for line in lines):
        return ends
    for index, line in enumerate(lines):
        before, fence = fence, _fence_state(fence, line.text)
        if fence or before:
            continue
        if directive(line.text):
            opened.append(index)
        elif opened and DIRECTIVE.match(line.text):
            ends[opened.pop()] = index
    return ends


def _fence_state(fence: str, text: str) -> str:
    """The code fence that is open after this line, or ""."""
    match = FENCE.match(text)
    if not fence:
        return match[2] if match else ""
    return "" if match and match[2].startswith(fence) and not match[3] else fence
