"""A coverage board as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask_babel import gettext

from learnapp import coverage
from learnapp.web.coverage.board import Board

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Chinese Excel takes a file for UTF-8 only when it begins with this mark.
_MARK = "\ufeff"


def escaped(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what could begin one is put behind an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def written(rows: Iterable[Sequence[str | int]]) -> bytes:
    """The rows as CSV in UTF-8 with a byte order mark and CRLF, every text escaped."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])
    return (_MARK + out.getvalue()).encode()


def board_rows(board: Board, *, made_by: str, made_at: str, as_of: str) -> Iterable[list[str | int]]:
    """Head lines that say what this is and who made it; then names with their states for a branch's own, and
    the counts of the unit and of those below it."""
    yield [gettext("Coverage: %(name)s", name=board.unit.name)]
    yield [gettext("As of"), as_of]
    yield [gettext("Exported by"), made_by, made_at]
    yield []
    heads = [gettext("Done"), gettext("Under way"), gettext("Not started"), gettext("Not expected")]
    yield [gettext("Course or quiz"), gettext("Due"), gettext("Expected"), *heads]
    for item in board.items:
        if board.item is None or item.item_id == board.item.item_id:
            yield [item.title, item.due_on.isoformat(), *_counts(item.counts)]
    if board.units:
        yield []
        yield [gettext("Unit"), gettext("Expected"), *heads]
        for unit in board.units:
            name = unit.name or gettext("Members of this unit itself")
            yield [name, *(_counts(unit.counts) if unit.counts else [gettext("not shown")])]
    if board.people is not None:
        yield []
        yield [gettext("Name"), gettext("State")]
        for person in board.people:
            yield [person.name, gettext(coverage.STATES[person.state])]


def _counts(counts: coverage.Counts) -> list[int]:
    return [counts.due, counts.done, counts.under, counts.open, counts.out]
