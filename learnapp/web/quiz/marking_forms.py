"""What marking pages show and read: the answer as HTML, the rubric as fields, numbers as people type them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from learnapp import catalogue, questions, quiz
from learnapp.catalogue import Quiz
from learnapp.errors import N_, Invalid
from learnapp.questions import Criterion, Reviewed
from learnapp.questions.numbers import decimal_text, in_points, read_decimal
from learnapp.quiz.marking import Progress, Sheaf
from learnapp.web.doors import in_language, language
from learnapp.web.quiz import shown


@dataclass(frozen=True)
class Line:
    """A question in the list of what waits."""

    progress: Progress
    stem: str


@dataclass(frozen=True)
class Group:
    """A quiz with its questions for a person."""

    quiz: Quiz
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Step:
    """One mark that can be chosen."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One criterion as fields: steps to choose from, or a number. `part` is the number of the question inside
    a case, 0 where there is none."""

    name: str
    text: str
    most: int
    part: int
    steps: tuple[Step, ...]
    value: str


def groups(found: Iterable[Progress]) -> list[Group]:
    """What waits, by quiz, in the words of a version that asked it."""
    made = []
    for _slug, rows in groupby(found, key=lambda one: one.quiz):
        lines = [_line(one) for one in rows]
        made.append(Group(catalogue.quiz_version(lines[0].progress.version), tuple(lines)))
    return made


def _line(one: Progress) -> Line:
    question = quiz.bank(one.version)[one.question]
    return Line(one, in_language(question.stem, question.stem_en))


def answer_html(found: Sheaf) -> Markup:
    """Question, answer, model answer and explanation, by the templates of the review."""
    sheet = next(one for one in found.attempt.sheets if one.question == found.question.id)
    told = questions.review(
        found.question, sheet.order, found.answer, language(), shows=frozenset({"answer", "key"})
    )
    return shown.rendered("review", found.question.kind, r=_without_verdict(told), other=True)


def _without_verdict(told: Reviewed) -> Reviewed:
    """That it waits for a person is no news to the one who marks it."""
    inner = tuple(_without_verdict(one) for one in told.inner)
    return replace(told, verdict="untold" if told.verdict == "waiting" else told.verdict, inner=inner)


def rubric(found: Sheaf, typed: Mapping[str, str] | None = None) -> list[Field]:
    """The criteria of the answer with what was typed, or with the marks that hold."""
    held = found.given[-1].criteria if found.given else {}
    wanted = questions.to_mark(found.question, found.answer)
    parts = list(dict.fromkeys(one.place for one in wanted))
    return [_field(one, parts, held.get(one.id), typed) for one in wanted]


def _field(one: Criterion, parts: Sequence[str], held: int | None, typed: Mapping[str, str] | None) -> Field:
    value = "" if held is None else decimal_text(in_points(held))
    if typed is not None:
        value = typed.get(field_name(one), "")
    steps = tuple(
        Step(step := decimal_text(in_points(level.points_hundredths)), _level(level), step == value)
        for level in one.levels
    )
    part = parts.index(one.place) + 1 if one.place and len(parts) > 1 else 0
    text = in_language(one.text, one.text_en)
    return Field(field_name(one), text, one.points_hundredths, part, steps, value)


def _level(level: questions.Level) -> str:
    return in_language(level.text, level.text_en)


def field_name(one: Criterion) -> str:
    """The form field of a criterion."""
    return f"c-{one.id}"


def comment(found: Sheaf, typed: Mapping[str, str] | None = None) -> str:
    """The comment as typed, or the one that holds."""
    if typed is not None:
        return typed.get("comment", "")
    return found.given[-1].comment if found.given else ""


def read_marks(found: Sheaf, form: Mapping[str, str]) -> dict[str, int]:
    """The marks in a form, in hundredths; numbers as people type them, in full or half width. What is empty is
    left out. Raises Invalid for what is no number."""
    marks = {}
    for one in questions.to_mark(found.question, found.answer):
        text = form.get(field_name(one), "")
        if not text.strip():
            continue
        points = read_decimal(text)
        if points is None or points * 100 != int(points * 100):
            raise Invalid("no-mark", N_("“%(text)s” is no number of points."), text=text)
        marks[one.id] = int(points * 100)
    return marks


def number(form: Mapping[str, str]) -> int:
    """How many marks the answer had when the page was made."""
    text = form.get("number", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
