"""The questions behind a quiz or in a bank: since when each is as it is, where it is used, how it does.

Numbers come from item analysis, which says nothing of fewer than five members. No key leaves this module.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Engine, bindparam, func, select

from learnapp import catalogue
from learnapp.catalogue import Quiz
from learnapp.db import db, table_of
from learnapp.errors import N_, NotFound
from learnapp.questions import ENOUGH, Draw, Facility, Question, to_canonical
from learnapp.quiz import analysis, facility, queries
from learnapp.quiz.analysis import Analysed
from learnapp.quiz.models import Attempt

_attempt = table_of(Attempt)
_MINE = (_attempt.c.quiz == bindparam("quiz"), _attempt.c.number > 0)
_HOW_MANY = select(func.count()).select_from(_attempt).where(*_MINE)
_PAPERS = select(_attempt.c.paper).where(*_MINE)


@dataclass(frozen=True, slots=True)
class Use:
    """A quiz that has the question: how many attempts had it on their paper, and its analysis there, if enough
    members answered."""

    quiz: Quiz
    attempts: int
    analysed: Analysed | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A question. `since` is the number of the version since which it is unchanged, `bank` the slug of the
    bank that it comes from, "" for the quiz's own."""

    question: Question
    since: int
    bank: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A draw of the blueprint: it takes `draw.count` of `there` questions, balanced on facility or not."""

    draw: Draw
    there: int
    balanced: bool


@dataclass(frozen=True, slots=True)
class Inventory:
    """All of it. `asked` is how many questions a paper has; 0 for a bank."""

    quiz: Quiz
    entries: tuple[Entry, ...]
    plan: tuple[Taken, ...]
    asked: int


def inventory(slug: str) -> Inventory:
    """The questions of the current version of a quiz or bank. Raises NotFound."""
    name = catalogue.current_hash("quiz", slug)
    if name is None:
        raise NotFound("no-quiz", N_("There is no such quiz."))
    quiz = catalogue.quiz_version(name)
    versions = [queries.bank(one.hash) for one in reversed(catalogue.versions("quiz", slug))]
    banks = {one.slug: queries.bank(one.hash) for one in catalogue.banks()}
    shelf = [_Shelved(one) for one in catalogue.quizzes()]
    active = sum(one.status == "active" for one in quiz.questions)
    draws = quiz.draws
    return Inventory(
        quiz,
        tuple(_entry(one, quiz, versions[: quiz.number], banks, shelf) for one in quiz.questions),
        _plan(quiz),
        0 if quiz.settings.bank else sum(draw.count for draw in draws) if draws else active,
    )


def _entry(
    question: Question,
    quiz: Quiz,
    versions: Sequence[Mapping[str, Question]],
    banks: Mapping[str, Mapping[str, Question]],
    shelf: Sequence[_Shelved],
) -> Entry:
    bank = next((slug for slug in quiz.settings.uses if question.id in banks.get(slug, ())), "")
    home = quiz.slug if quiz.settings.bank else bank
    uses = tuple(
        one.use(question.id)
        for one in shelf
        if one.quiz.slug == quiz.slug or (home and home in one.quiz.settings.uses)
    )
    return Entry(question, _since(question, versions), bank, uses)


def _since(question: Question, versions: Sequence[Mapping[str, Question]]) -> int:
    """The number of the version since which the question is as it is now; versions count from 1."""
    now, since = to_canonical(question), len(versions)
    for number in range(len(versions), 0, -1):
        then = versions[number - 1].get(question.id)
        if then is None or to_canonical(then) != now:
            break
        since = number
    return since


class _Shelved:
    """A quiz on the shelf with what is known of its questions, read when it is first needed."""

    def __init__(self, quiz: Quiz) -> None:
        self.quiz = quiz
        self._known: tuple[Mapping[str, int], Mapping[str, Analysed]] | None = None

    def use(self, question: str) -> Use:
        """How the question is used in it."""
        if self._known is None:
            report = analysis.report(self.quiz.hash)
            analysed = {one.question.id: one for one in report.questions if one.item is not None}
            self._known = (_times(self.quiz.slug), analysed)
        times, known = self._known
        return Use(self.quiz, times.get(question, 0), known.get(question))


def _times(slug: str) -> Mapping[str, int]:
    """How many attempts had each question on their paper, whatever the version."""
    many = db.session.execute(_HOW_MANY, {"quiz": slug}).scalar() or 0
    return _counted(db.engine, slug, many) if many else {}


# Papers are only ever added, so their number tells whether there are new ones.
@lru_cache(maxsize=64)
def _counted(engine: Engine, slug: str, many: int) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for (paper,) in db.session.execute(_PAPERS, {"quiz": slug}):
        found.update(item["id"] for item in json.loads(paper)["questions"])
    return found


def _plan(quiz: Quiz) -> tuple[Taken, ...]:
    measured = facility.latest(quiz.hash) if quiz.draws else None
    table = measured[1] if measured else {}
    return tuple(_taken(quiz, draw, table) for draw in quiz.draws)


def _taken(quiz: Quiz, draw: Draw, table: Facility) -> Taken:
    there = [one.id for one in quiz.questions if draw.source.has(one)]
    return Taken(draw, len(there), all(table.get(name, (0, 0))[0] >= ENOUGH for name in there))
