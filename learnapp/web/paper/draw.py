"""One PDF file being drawn: A4, millimetres, two weights of one font, text that is broken into lines."""

from __future__ import annotations

import string
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from fpdf import FPDF

from learnapp.web.paper.fonts import WEIGHTS, cut, lacks, named
from learnapp.web.paper.lines import wrapped

Colour = tuple[int, int, int]
INK, MUTED, PINE, CINNABAR, HAIRLINE = (
    (29, 37, 33),
    (85, 96, 90),
    (31, 90, 74),
    (168, 50, 31),
    (200, 197, 190),
)
_FONT = "paper"
_POINT = 25.4 / 72
_LINE = 1.5


class Paper(FPDF):
    """A file in which only the characters of `text` can be written; `foot` stands at the foot of every page, beside
    the page's number."""

    def __init__(
        self, text: str, *, title: str, language: Literal["zh", "en"], at: datetime, foot: str = ""
    ) -> None:
        super().__init__(format="A4", unit="mm")
        everything = text + title + foot + string.printable[:-5] + "\u3000"
        self.absent: Sequence[str] = lacks(text + title + foot)
        self._foot = foot
        with TemporaryDirectory() as folder:
            for style, weight in WEIGHTS.items():
                path = Path(folder, f"{weight}.ttf")
                path.write_bytes(cut(everything, weight))
                self.add_font(_FONT, style, path)
        self.set_title(title)
        self.set_lang("zh-CN" if language == "zh" else "en")
        self.set_creation_date(at)
        self.set_producer("learnapp")
        self.set_margins(20, 18, 20)
        self.set_auto_page_break(auto=False)
        self.alias_nb_pages("[all]")

    @property
    def room(self) -> float:
        """The millimetres left above the foot of the page."""
        return float(self.h - 22 - self.get_y())

    def footer(self) -> None:
        """What stands at the foot of a page."""
        if self._foot:
            self.pen(8, colour=MUTED)
            self.text(self.l_margin, self.h - 12, named(self._foot))
            self.set_xy(self.w - 60, self.h - 15)
            self.cell(40, 4, f"{self.page_no()} / [all]", align="R")

    def pen(self, size: float, *, bold: bool = False, colour: Colour = INK) -> None:
        """The font from here on; size in points."""
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*colour)

    def leading(self) -> float:
        """The distance of two lines in millimetres."""
        return float(self.font_size_pt * _POINT * _LINE)

    def broken(self, text: str, width: float) -> list[str]:
        """The text in lines of this width in the present font, characters that it lacks named."""
        return wrapped(named(text), width, self.get_string_width)

    def block(self, text: str, x: float, width: float, align: Literal["L", "C", "R"] = "L") -> float:
        """Writes a text from the present height on, into a column; returns its height and goes below it."""
        top, lines = self.get_y(), self.broken(text, width)
        for number, line in enumerate(lines):
            self.set_xy(x, top + number * self.leading())
            self.cell(width, self.leading(), line, align=align)
        self.set_xy(self.l_margin, top + len(lines) * self.leading())
        return len(lines) * self.leading()
