"""A sheet of blocks: title, headings, facts, tables, notes. A table goes on over pages under its heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_babel import gettext

from learnapp.web.paper.draw import HAIRLINE, INK, MUTED, PINE, Paper


@dataclass(frozen=True)
class Title:
    """What the sheet is, once, at its top, and a line below."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names with values, one a line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Rows:
    """A table. `shares` are the widths of its columns relative to each other; `right` those that hold numbers."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[int]
    right: Sequence[int] = ()


@dataclass(frozen=True)
class Note:
    """A text in smaller type."""

    text: str


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a page of its own."""


Block = Title | Heading | Facts | Rows | Note | NewPage


def sheet(
    blocks: Sequence[Block], *, title: str, foot: str, language: Literal["zh", "en"], at: datetime
) -> bytes:
    """The blocks as a PDF. Characters that the font lacks are named where they stand and once more at the end."""
    told = gettext(
        "The font of this file lacks these characters; their numbers in Unicode stand in their place:"
    )
    paper = Paper("".join(map(_text, blocks)) + told, title=title, language=language, at=at, foot=foot)
    paper.add_page()
    lacking = [f"U+{ord(one):04X}" for one in paper.absent]
    for block in [*blocks, *([Note(f"{told} {', '.join(lacking)}")] if lacking else [])]:
        _draw(paper, block)
    return bytes(paper.output())


def _text(block: Block) -> str:
    if isinstance(block, Facts):
        return "".join(name + value for name, value in block.pairs)
    if isinstance(block, Rows):
        return "".join(cell for row in (block.heads, *block.rows) for cell in row)
    if isinstance(block, NewPage):
        return ""
    return block.text + (block.note if isinstance(block, Title) else "")


def _draw(paper: Paper, block: Block) -> None:
    if isinstance(block, Title):
        paper.pen(20, bold=True)
        paper.block(block.text, paper.l_margin, paper.epw)
        paper.pen(10, colour=MUTED)
        paper.block(block.note, paper.l_margin, paper.epw)
    elif isinstance(block, Heading):
        _space(paper, 6, 24)
        paper.pen(13, bold=True, colour=PINE)
        paper.block(block.text, paper.l_margin, paper.epw)
        paper.ln(1)
    elif isinstance(block, Facts):
        _facts(paper, block)
    elif isinstance(block, Rows):
        _table(paper, block)
    elif isinstance(block, NewPage):
        paper.add_page()
    else:
        _space(paper, 3, 10)
        paper.pen(9, colour=MUTED)
        paper.block(block.text, paper.l_margin, paper.epw)


def _space(paper: Paper, gap: float, needed: float) -> None:
    """A gap, or the next page where less than `needed` millimetres would be left."""
    if paper.room < gap + needed:
        paper.add_page()
    else:
        paper.ln(gap)


def _facts(paper: Paper, block: Facts) -> None:
    for name, value in block.pairs:
        _space(paper, 1, 8)
        top = paper.get_y()
        paper.pen(10, colour=MUTED)
        left = paper.block(name, paper.l_margin, 42)
        paper.set_y(top)
        paper.pen(10)
        right = paper.block(value, paper.l_margin + 44, paper.epw - 44)
        paper.set_y(top + max(left, right))


def _table(paper: Paper, table: Rows) -> None:
    widths = [paper.epw * share / sum(table.shares) for share in table.shares]
    _space(paper, 3, 24)
    _row(paper, table, table.heads, widths, head=True)
    for row in table.rows:
        paper.pen(9)
        height = max(len(paper.broken(text, width - 2)) for text, width in zip(row, widths, strict=True))
        if paper.room < height * paper.leading() + 3:
            paper.add_page()
            _row(paper, table, table.heads, widths, head=True)
        _row(paper, table, row, widths, head=False)


def _row(paper: Paper, table: Rows, cells: Sequence[str], widths: Sequence[float], *, head: bool) -> None:
    top, x, height = paper.get_y() + 1, paper.l_margin, 0.0
    for number, (text, width) in enumerate(zip(cells, widths, strict=True)):
        paper.pen(9, bold=head, colour=MUTED if head else INK)
        paper.set_y(top)
        height = max(height, paper.block(text, x + 1, width - 2, "R" if number in table.right else "L"))
        x += width
    paper.set_draw_color(*HAIRLINE)
    paper.set_line_width(0.3 if head else 0.15)
    paper.line(paper.l_margin, top + height + 1, paper.l_margin + paper.epw, top + height + 1)
    paper.set_xy(paper.l_margin, top + height + 1)
