"""A table as an .xlsx file: who made it and when at its head, every text a text and never a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from learnapp.web.coverage.sheet import escaped

Cell = str | int | float | None
_WIDEST = 40


def workbook(
    title: str,
    head: Sequence[Sequence[Cell]],
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    at: datetime,
) -> bytes:
    """One sheet: the title, the lines of `head` that say what this is, then the table under its heads."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "".join(one for one in title if one not in "[]:*?/\\'")[:31] or "1"
    book.properties.creator, book.properties.title = "learnapp", title
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    lines: list[Sequence[Cell]] = [[title], *head, [], heads, *rows]
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(number, column, escaped(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.alignment = Alignment(vertical="top", wrap_text=number > len(head) + 2)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    top = len(head) + 3
    for column, name in enumerate(heads, start=1):
        sheet.cell(top, column).font = Font(bold=True)
        widths = [_width(name), *(_width(row[column - 1]) for row in rows if column <= len(row))]
        sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, max(widths) + 3)
    sheet.freeze_panes = f"B{top + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(value: Cell) -> int:
    return sum(1 if ord(one) < 256 else 2 for one in str(value if value is not None else ""))
