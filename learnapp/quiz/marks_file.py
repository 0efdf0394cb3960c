"""Reading a table of marks from elsewhere, a paper exam say: CSV with a header row, a row for each person, a
column for each question. Pure; what is wrong is told with its row and column, and nothing is guessed then."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from learnapp.errors import N_, Problem
from learnapp.quiz.marks import Marks

Cells = tuple[int, list[str]]
"""A row: its line in the file, and its cells without spaces around."""

# Not "Max", which is a name.
_MAX = frozenset({"max", "MAX", "maximum", "满分"})
_LABEL = re.compile(
    r"(person|people|student|candidate|participant|member|user|label|name|id|no\.?|nr\.?|number|#)"
    r"([ _.-]?(id|no\.?|nr\.?|number|name|label|code))?|姓名|人员|编号|序号|学号|考号|准考证号|工号|用户名|",
    re.IGNORECASE,
)
_MOST_WHOLE, _MOST_PLACES = 9, 30


@dataclass(frozen=True, slots=True)
class MarksFile:
    """What was read. `label` is the header of the column that names persons, None when there is none;
    `stated`: the file gives the maxima. Without them each is the highest mark in its column, at least 1."""

    marks: Marks
    label: str | None
    stated: bool


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, with or without a mark, else GB 18030, in which Excel in China writes.
    Raises UnicodeDecodeError when it is neither."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def read_marks(
    text: str, file: str, *, empty_is_zero: bool = False
) -> tuple[MarksFile | None, list[Problem]]:
    """The table in a CSV text (commas, semicolons or tabs), or what is wrong with it.

    A row whose first cell is `max` gives the maxima. The first column names persons when its header says so
    or is empty, or when it holds anything that is not a number. An empty cell is a question that the person
    did not have, or with `empty_is_zero` one that they left unanswered.
    """
    reader = _Reader(file, empty_is_zero)
    found = reader.read(text)
    return (None if reader.problems else found), reader.problems


class _Reader:
    """One reading and the problems that it meets."""

    def __init__(self, file: str, empty_is_zero: bool) -> None:
        self.file, self.empty_is_zero = file, empty_is_zero
        self.problems: list[Problem] = []

    def error(self, code: str, line: int, message: str, remedy: str, **params: object) -> None:
        self.problems.append(Problem(code, self.file, line, message, remedy, params))

    def read(self, text: str) -> MarksFile | None:
        header, rows = self._rows(text)
        named = [(line, cells) for line, cells in rows if cells[0] in _MAX]
        persons = [(line, cells) for line, cells in rows if cells[0] not in _MAX]
        if not header or not persons:
            self.error(
                "no-persons",
                1,
                N_("There is no header row with a row of marks below it."),
                N_("Write one row for each person and one column for each question under a header row."),
            )
            return None
        labelled = self._labelled(header, [cells for _, cells in persons], [cells for _, cells in named])
        questions = header[1:] if labelled else header
        # A table without names may still have a row of maxima, which then has one cell more.
        named = [(line, cells[1:]) for line, cells in named]
        persons = [(line, cells[1:] if labelled else cells) for line, cells in persons]
        self._check_header(questions, 2 if labelled else 1)
        self._check_widths([*persons, *named], len(questions))
        if len(named) > 1:
            self.error(
                "max-twice",
                named[1][0],
                N_("Row %(row)s is a second row named “max”."),
                N_("Keep one of them."),
                row=named[1][0],
            )
        if self.problems:
            return None
        return self._table(questions, persons, named, header[0] if labelled else None)

    def _rows(self, text: str) -> tuple[list[str], list[Cells]]:
        first = text.lstrip().partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        rows: list[Cells] = []
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                if any(cells):
                    rows.append((reader.line_num, cells))
        except csv.Error as error:
            self.error(
                "csv",
                reader.line_num,
                N_("Row %(row)s cannot be read: %(reason)s."),
                N_("Save the table as CSV again."),
                row=reader.line_num,
                reason=error,
            )
        return (rows[0][1], rows[1:]) if rows else ([], [])

    def _labelled(
        self, header: Sequence[str], persons: Sequence[Sequence[str]], named: Sequence[Sequence[str]]
    ) -> bool:
        if _LABEL.fullmatch(header[0]) or any(len(cells) == len(header) for cells in named):
            return True
        return any(cells[0] and _number(cells[0]) is None for cells in persons) and len(header) > 1

    def _check_header(self, questions: Sequence[str], first: int) -> None:
        if not questions:
            self.error(
                "no-questions",
                1,
                N_("The header row names no question."),
                N_("Write a column for each question."),
            )
        for place, name in enumerate(questions, first):
            if not name:
                self.error(
                    "no-name",
                    1,
                    N_("Column %(column)s has no name in the header row."),
                    N_("Give it one, or remove the column."),
                    column=place,
                )
            elif name in questions[: place - first]:
                self.error(
                    "name-twice",
                    1,
                    N_("Column %(column)s has the name “%(name)s”, which another column has too."),
                    N_("Give each question a name of its own."),
                    column=place,
                    name=name,
                )

    def _check_widths(self, rows: Sequence[Cells], width: int) -> None:
        for line, cells in rows:
            if len(cells) != width:
                self.error(
                    "width",
                    line,
                    N_("Row %(row)s has %(count)s marks, but the header row names %(width)s questions."),
                    N_("Give each row one cell for each column; leave a cell empty rather than out."),
                    row=line,
                    count=len(cells),
                    width=width,
                )

    def _table(
        self, questions: Sequence[str], persons: Sequence[Cells], named: Sequence[Cells], label: str | None
    ) -> MarksFile | None:
        maxima = self._cells(questions, named[0]) if named else None
        table = [(line, self._cells(questions, (line, cells))) for line, cells in persons]
        if maxima:
            self._check_maxima(questions, named[0][0], maxima)
        if self.problems:
            return None
        if maxima is None:
            columns = zip(*(cells for _, cells in table), strict=True)
            maxima = [max([Decimal(1), *(cell for cell in column if cell is not None)]) for column in columns]
        most = [one for one in maxima if one is not None]
        self._check_marks(questions, table, most)
        if self.problems:
            return None
        every = [*most, *(cell for _, cells in table for cell in cells)]
        unit = 10 ** max(_places(cell) for cell in every)
        rows = tuple(
            tuple(None if one is None else int(Fraction(one) * unit) for one in cells) for _, cells in table
        )
        marks = Marks(tuple(questions), tuple(int(Fraction(one) * unit) for one in most), rows, unit)
        return MarksFile(marks, label, bool(named))

    def _cells(self, questions: Sequence[str], row: Cells) -> list[Decimal | None]:
        line, cells = row
        found = []
        for name, cell in zip(questions, cells, strict=True):
            number = _number(cell) if cell else Decimal(0) if self.empty_is_zero else None
            if cell and number is None:
                self.error(
                    "number",
                    line,
                    N_("Row %(row)s, column “%(column)s”: “%(cell)s” is not a number."),
                    N_("Write the mark in digits, such as 2 or 0.5."),
                    row=line,
                    column=name,
                    cell=cell,
                )
            found.append(number)
        return found

    def _check_maxima(self, questions: Sequence[str], line: int, maxima: Sequence[Decimal | None]) -> None:
        for name, most in zip(questions, maxima, strict=True):
            if most is None or most <= 0:
                self.error(
                    "maximum",
                    line,
                    N_("Row %(row)s, column “%(column)s”: a maximum must be a number above 0."),
                    N_("Write what the question is worth at most."),
                    row=line,
                    column=name,
                )

    def _check_marks(
        self,
        questions: Sequence[str],
        table: Sequence[tuple[int, Sequence[Decimal | None]]],
        maxima: Sequence[Decimal],
    ) -> None:
        for line, cells in table:
            for name, cell, most in zip(questions, cells, maxima, strict=True):
                if cell is not None and cell > most:
                    self.error(
                        "above",
                        line,
                        N_("Row %(row)s, column “%(column)s”: %(cell)s is more than the maximum, %(most)s."),
                        N_("Correct the mark, or the row named “max”."),
                        row=line,
                        column=name,
                        cell=cell,
                        most=most,
                    )


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    fits = number.is_finite() and number.adjusted() <= _MOST_WHOLE and _places(number) <= _MOST_PLACES
    return number if fits else None


def _places(number: Decimal | None) -> int:
    """How many digits stand behind the point."""
    exponent = number.as_tuple().exponent if number is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
