"""Tables as GitHub knows them: a header row, a row of dashes with as many cells, and rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from learnapp.markup.lines import Line, blank, indent, interrupts

_DASHES = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_PIPE = re.compile(r"(?<!\\)\|")
_GRID = re.compile(r"^ {0,3}\+(?:[-=:]+\+)+[ \t]*$")


def cells(text: str) -> list[str]:
    """The cells of a row; a pipe written as backslash and pipe is part of its cell."""
    row = text.strip().removeprefix("|")
    if row.endswith("|") and not row.endswith("\\|"):
        row = row[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _PIPE.split(row)]


def starts_table(lines: Sequence[Line], index: int) -> bool | None:
    """Whether a table starts here. None: it looks like one, but header and dashes differ in cells."""
    if index + 1 >= len(lines) or indent(lines[index].text) > 3:
        return False
    head, dashes = lines[index].text, lines[index + 1].text
    if "|" not in head or "-" not in dashes or not _DASHES.match(dashes):
        return False
    if len(cells(head)) == len(cells(dashes)):
        return True
    return None if "|" in dashes else False


def table(lines: Sequence[Line], start: int) -> tuple[Element, int]:
    """Builds the table that starts here; returns it and the index of the first line after it."""
    aligned = [_alignment(cell) for cell in cells(lines[start + 1].text)]
    found = Element("table")
    _row(SubElement(found, "thead"), "th", cells(lines[start].text), aligned)
    body: Element | None = None
    index = start + 2
    while index < len(lines) and not blank(lines[index].text) and not interrupts(lines[index].text):
        body = SubElement(found, "tbody") if body is None else body
        _row(body, "td", cells(lines[index].text), aligned)
        index += 1
    return found, index


def _alignment(dashes: str) -> str:
    """The class for a column; none for the default."""
    left, right = dashes.startswith(":"), dashes.endswith(":")
    return "align-center" if left and right else "align-right" if right else "align-left" if left else ""


def _row(parent: Element, tag: str, texts: list[str], aligned: list[str]) -> None:
    """One row with exactly as many cells as the header."""
    row = SubElement(parent, "tr")
    padded = texts + [""] * len(aligned)
    for text, name in zip(padded, aligned, strict=False):
        cell = SubElement(row, tag)
        cell.text = text
        if name:
            cell.set("class", name)


def grid(lines: Sequence[Line], start: int) -> int:
    """The index after the grid table (`+---+`) that starts here, or `start` when there is none."""
    index = start
    if _GRID.match(lines[start].text):
        while index < len(lines) and lines[index].text.lstrip(" ").startswith(("+", "|")):
            index += 1
    return index if index - start > 1 else start
