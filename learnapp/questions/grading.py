"""What an answer earns: by itself, and by what a person made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions import kinds
from learnapp.questions.contract import (
    Answer,
    Criterion,
    Human,
    Marked,
    Part,
    Question,
    ReviewedCriterion,
    Score,
    pick,
)


def grade(question: Question, answer: Answer | None) -> Score:
    """What the answer earns in hundredths of a point, 0 <= earned <= max. Independent of any order."""
    points = question.points_hundredths
    if question.grading:
        return _decided(question)
    if answer is None:
        return Score(0, points, (Part("", 0, points),))
    parts = kinds.get(question.kind).grade(question.body, answer, points)
    return _score(points, parts, pending=bool(to_mark(question, answer)))


def _score(points: int, parts: tuple[Part, ...], *, pending: bool) -> Score:
    return Score(sum(part.earned_hundredths for part in parts), points, parts, pending)


def worth(question: Question) -> int:
    """What the question can earn, in hundredths of a point; nothing where it was decided that it counts for
    nothing."""
    return 0 if question.grading == "none" else question.points_hundredths


def _decided(question: Question) -> Score:
    """What a question earns that turned out faulty: whatever was answered, all or nothing of what it is worth."""
    points = worth(question)
    return Score(points, points, (Part("", points, points),))


def human(question: Question) -> bool:
    """Whether a person has to look at answers to it, or to a question inside it."""
    return bool(criteria(question)) and not question.grading


def criteria(question: Question) -> tuple[Criterion, ...]:
    """What a person looks for in an answer to this question."""
    kind = _marked_kind(question)
    return () if kind is None else kind.criteria(question.body)


def to_mark(question: Question, answer: Answer | None) -> tuple[Criterion, ...]:
    """The criteria that a person has to judge in this answer; none where nothing was written, or where the
    question was taken out of the reckoning later."""
    kind = _marked_kind(question)
    if kind is None or answer is None or question.grading:
        return ()
    return kind.to_mark(question.body, answer)


def _marked_kind(question: Question) -> Human[Any] | None:
    """The question's kind where a person may have to mark. Asked for every answer that is graded, and
    isinstance with a protocol takes sixty times as long."""
    kind: Any = kinds.get(question.kind)
    return kind if hasattr(kind, "to_mark") else None


def grade_marked(question: Question, answer: Answer | None, marks: Mapping[str, int]) -> Score:
    """What the answer earns by a person's marks, criterion -> hundredths, and by itself where no person is
    needed. Raises Invalid unless `marks` has exactly one possible mark for each criterion of `to_mark`."""
    if question.grading:
        return _decided(question)
    wanted = to_mark(question, answer)
    _check_marks(wanted, marks)
    kind = _marked_kind(question)
    if answer is None or not wanted or kind is None:
        return grade(question, answer)
    points = question.points_hundredths
    return _score(points, kind.grade_marked(question.body, answer, points, marks), pending=False)


def marks_fit(question: Question, answer: Answer | None, marks: Mapping[str, int]) -> bool:
    """Whether `grade_marked` takes these marks for the answer."""
    wanted = {one.id: one for one in to_mark(question, answer)}
    return (
        bool(wanted)
        and wanted.keys() == marks.keys()
        and all(one.allows(marks[name]) for name, one in wanted.items())
    )


def _check_marks(wanted: Sequence[Criterion], marks: Mapping[str, int]) -> None:
    if marks.keys() - {one.id for one in wanted}:
        raise Invalid("marks", N_("These marks belong to another answer."))
    for one in wanted:
        if one.id not in marks:
            raise Invalid("unmarked", N_("Give a mark for “%(criterion)s” as well."), criterion=one.text)
        if not one.allows(marks[one.id]):
            raise Invalid(
                "mark-range", N_("“%(criterion)s” cannot earn what was entered."), criterion=one.text
            )


def within(marks: Mapping[str, int], name: str) -> dict[str, int]:
    """The marks of a question inside another one, under its own criteria."""
    start = f"{name}."
    return {key[len(start) :]: mark for key, mark in marks.items() if key.startswith(start)}


def marked_inside(marked: Marked | None, name: str) -> Marked | None:
    """What a person made of a question inside another one; the comment is about the whole."""
    return None if marked is None else Marked(within(marked.marks, name))


def reviewed_criteria(
    question: Question, answer: Answer | None, marked: Marked | None, lang: str
) -> tuple[ReviewedCriterion, ...]:
    """What the marks gave; those of a question inside another one are shown there."""
    if marked is None:
        return ()
    return tuple(
        _reviewed(one, marked.marks[one.id], lang) for one in to_mark(question, answer) if not one.place
    )


def _reviewed(one: Criterion, mark: int, lang: str) -> ReviewedCriterion:
    steps = [pick(lang, level.text, level.text_en) for level in one.levels if level.points_hundredths == mark]
    return ReviewedCriterion(
        pick(lang, one.text, one.text_en), mark, one.points_hundredths, steps[0] if steps else ""
    )
