"""Tables of marks: who earned how much on which question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Marks:
    """What each person earned on each question, in whole `unit`ths of a point.

    `rows` are persons, their cells stand in the order of `questions`. None: the person did not have this
    question; whoever had it and left it empty earned 0. `guesses` is the share of the maximum that guessing
    earns on average, where that can be told.
    """

    questions: tuple[str, ...]
    maxima: tuple[int, ...]
    rows: tuple[tuple[int | None, ...], ...]
    unit: int = 1
    guesses: Mapping[str, Fraction] = field(default_factory=dict)


def present(marks: Marks) -> Marks:
    """Without the persons who had no question at all."""
    rows = tuple(row for row in marks.rows if any(cell is not None for cell in row))
    return replace(marks, rows=rows)


def sums(marks: Marks) -> list[tuple[int, int]]:
    """For each person: earned, and how much was possible on the questions that they had."""
    return [
        (
            sum(cell for cell in row if cell is not None),
            sum(most for cell, most in zip(row, marks.maxima, strict=True) if cell is not None),
        )
        for row in marks.rows
    ]


def rests(marks: Marks, place: int, earned_of: Sequence[tuple[int, int]]) -> dict[int, float]:
    """What each person who had the question in this column earned on their other questions, as a share of
    what was possible there: person's row -> share. Persons without other questions have none. `earned_of`
    is `sums(marks)`.

    Moodle takes the sum of the other marks. Where everybody had every question the share is that sum divided
    by the same number for all, which changes neither a correlation nor an efficiency.
    """
    most = marks.maxima[place]
    found = {}
    for person, (earned, possible) in enumerate(earned_of):
        mark = marks.rows[person][place]
        if mark is not None and possible > most:
            found[person] = (earned - mark) / (possible - most)
    return found
