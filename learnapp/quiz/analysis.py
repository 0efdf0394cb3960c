"""Item analysis of this instance's own quizzes: the marks of ended attempts, read and analysed.

No name, no id and no single attempt leaves this module; under five members nothing does. By default only
each member's first attempt counts, as in Moodle: later ones were made knowing the explanations. An attempt
counts once everything in it is marked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from sqlalchemy import Engine, and_, bindparam, func, or_, select

from learnapp import catalogue, questions
from learnapp.catalogue import Quiz
from learnapp.db import db, table_of
from learnapp.questions import Marked, Question
from learnapp.quiz import rules, statistics
from learnapp.quiz.choices import LEAST, Choices, Finding, Given, choices, findings
from learnapp.quiz.marking_models import Mark
from learnapp.quiz.marks import Marks, rests, sums
from learnapp.quiz.models import Act, Attempt
from learnapp.quiz.rules import Tap
from learnapp.quiz.statistics import Item, Whole

_attempt, _act, _mark = table_of(Attempt), table_of(Act), table_of(Mark)

_COUNTED = and_(
    _attempt.c.state == "ended",
    _attempt.c.number > 0,
    _attempt.c.pending == 0,
    or_(_attempt.c.number == 1, bindparam("every", type_=_attempt.c.passed.type)),
)
_RUNS = (
    select(
        _attempt.c.quiz,
        _attempt.c.quiz_version,
        func.count(),
        func.max(_attempt.c.ended_at, type_=_attempt.c.ended_at.type),
        func.sum(_attempt.c.earned),
        func.sum(_attempt.c.entry_seq),
        func.count(_attempt.c.member_id.distinct()),
    )
    .where(_COUNTED)
    .group_by(_attempt.c.quiz, _attempt.c.quiz_version)
)
_PAPERS = (
    select(_attempt.c.member_id, _attempt.c.id, _attempt.c.paper)
    .where(_COUNTED, _attempt.c.quiz_version == bindparam("version"))
    .order_by(_attempt.c.member_id, _attempt.c.id)
)
_ACTS = (
    select(
        _act.c.member_id,
        _act.c.attempt_id,
        _act.c.session,
        _act.c.number,
        _act.c.question,
        _act.c.answer,
        _act.c.wall_ms,
        _act.c.monotonic_ms,
        _act.c.received_at,
        _act.c.accepted,
    )
    .join(_attempt, and_(_attempt.c.member_id == _act.c.member_id, _attempt.c.id == _act.c.attempt_id))
    .where(_COUNTED, _attempt.c.quiz_version == bindparam("version"))
    .order_by(_act.c.member_id, _act.c.attempt_id)
)
_MARKS = (
    select(_mark.c.member_id, _mark.c.attempt_id, _mark.c.question, _mark.c.criteria)
    .join(_attempt, and_(_attempt.c.member_id == _mark.c.member_id, _attempt.c.id == _mark.c.attempt_id))
    .where(_COUNTED, _attempt.c.quiz_version == bindparam("version"))
    .order_by(_mark.c.member_id, _mark.c.attempt_id, _mark.c.question, _mark.c.number)
)


@dataclass(frozen=True, slots=True)
class Run:
    """How many attempts there are at a version of a quiz, and of how many members; the rest tells whether
    anything of them changed."""

    quiz: str
    version: str
    attempts: int
    last_ended_at: datetime
    earned: int
    entries: int
    members: int

    @property
    def enough(self) -> bool:
        """Whether something may be said about them: five attempts of one member are about one member."""
        return self.members >= LEAST


@dataclass(frozen=True, slots=True)
class Analysed:
    """One question. With answers of fewer than five members there are no numbers but how many there are."""

    number: int
    question: Question
    n: int
    item: Item | None = None
    choices: Choices | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A version of a quiz. `whole` is None and there are no questions with attempts of fewer than five members."""

    quiz: Quiz
    attempts: int
    drawn: bool
    whole: Whole | None
    questions: tuple[Analysed, ...]

    @property
    def doubtful(self) -> tuple[Analysed, ...]:
        """The questions that somebody should look at: what may as well be chance stands with the question, and
        is nobody's task."""
        return tuple(one for one in self.questions if any(not doubt.chance for doubt in one.findings))


def runs(*, every: bool = False) -> list[Run]:
    """How many ended attempts there are, by quiz and version: the first of each member, or all of them."""
    return [Run(*row) for row in db.session.execute(_RUNS, {"every": every})]


def report(version: str, *, every: bool = False) -> Report:
    """The analysis of a version of a quiz. Raises NotFound for what is no version of a quiz."""
    quiz = catalogue.quiz_version(version)
    run = next((one for one in runs(every=every) if one.version == version), None)
    if run is None or not run.enough:
        return Report(quiz, run.attempts if run else 0, False, None, ())
    return _report(db.engine, run, every)


def doubtful() -> list[Report]:
    """The current versions of quizzes with questions that somebody should look at, in shelf order."""
    known = {run.version: run for run in runs()}
    found = [
        _report(db.engine, known[quiz.hash], False)
        for quiz in catalogue.quizzes()
        if quiz.hash in known and known[quiz.hash].enough
    ]
    return [one for one in found if one.doubtful]


# The engine is part of the key, since tests and tools may open several databases in one process. A run is
# counted anew every time, so that a new or a corrected attempt makes a new analysis.
@lru_cache(maxsize=64)
def _report(engine: Engine, run: Run, every: bool) -> Report:
    quiz = catalogue.quiz_version(run.version)
    bank = {question.id: question for question in quiz.questions}
    owners, rows = _answers(run.version, bank, every)
    marks = _marks(quiz, rows)
    earned_of = sums(marks)
    analysed = []
    for place, (question, item) in enumerate(zip(quiz.questions, statistics.items(marks), strict=True)):
        given = {person: row[question.id][1] for person, row in enumerate(rows) if question.id in row}
        if len({owners[person] for person in given}) < LEAST:
            analysed.append(Analysed(place + 1, question, item.n))
            continue
        found = choices(given, _rights(question), rests(marks, place, earned_of), owners)
        doubts = findings(found, item.discrimination, item.n)
        analysed.append(Analysed(place + 1, question, item.n, item, found, doubts))
    drawn = any(None in row for row in marks.rows)
    whole = statistics.whole(marks, _places(quiz, rows) if drawn else None)
    return Report(quiz, run.attempts, drawn, whole, tuple(analysed))


def option_texts(question: Question, lang: str) -> list[str]:
    """The options in their written order; those of true or false are message ids. Empty for typed answers."""
    seen = questions.review(question, questions.written_order(question), None, lang)
    return [option.text for option in seen.options]


Row = Mapping[str, tuple[int, Given]]
"""One attempt: question -> hundredths earned, and the answer."""


def _answers(version: str, bank: Mapping[str, Question], every: bool) -> tuple[list[str], list[Row]]:
    """Every counted attempt with what was earned and given on each question of its paper; before them, whose
    each attempt is."""
    values = {"version": version, "every": every}
    taps = {
        key: [Tap(*tuple(row)[2:]) for row in rows]
        for key, rows in groupby(
            db.session.execute(_ACTS, values), key=lambda row: (row.member_id, row.attempt_id)
        )
    }
    judged = _judged(values) if any(questions.human(one) for one in bank.values()) else {}
    known: dict[tuple[str, str, str], tuple[int, Given]] = {}

    def graded(attempt: tuple[str, str], question: str, answer: str) -> tuple[int, Given]:
        marks = judged.get((*attempt, question), "{}")
        if (question, answer, marks) not in known:
            known[question, answer, marks] = _graded(bank[question], answer, json.loads(marks))
        return known[question, answer, marks]

    owners: list[str] = []
    found: list[Row] = []
    for member_id, attempt_id, paper in db.session.execute(_PAPERS, values):
        sheets = rules.read_paper(paper)
        won = rules.winners(taps.get((member_id, attempt_id), ()), sheets)
        names = [sheet.question for sheet in sheets]
        owners.append(member_id)
        attempt = (member_id, attempt_id)
        found.append(
            {name: graded(attempt, name, won[name].answer if name in won else "null") for name in names}
        )
    return owners, found


def _judged(values: Mapping[str, object]) -> dict[tuple[str, str, str], str]:
    """What people gave that holds, as JSON, by member, attempt and question."""
    rows = db.session.execute(_MARKS, values)
    return {(row.member_id, row.attempt_id, row.question): row.criteria for row in rows}


def _graded(question: Question, text: str, marks: Mapping[str, int]) -> tuple[int, Given]:
    answer = json.loads(text)
    marked = Marked(marks) if questions.marks_fit(question, answer, marks) else None
    seen = questions.review(question, questions.written_order(question), answer, "zh", marked=marked)
    chosen = tuple(place for place, option in enumerate(seen.options) if option.chosen)
    score = seen.score
    given = Given(answer is not None, chosen, seen.given, answer is not None and score.full)
    return score.earned_hundredths, given


def _rights(question: Question) -> tuple[bool, ...]:
    seen = questions.review(question, questions.written_order(question), None, "zh")
    return tuple(option.right for option in seen.options)


def _marks(quiz: Quiz, rows: Sequence[Row]) -> Marks:
    guesses = {one.id: chance for one in quiz.questions if (chance := questions.chance(one)) is not None}
    return Marks(
        questions=tuple(one.id for one in quiz.questions),
        maxima=tuple(one.points_hundredths for one in quiz.questions),
        rows=tuple(
            tuple(row[one.id][0] if one.id in row else None for one in quiz.questions) for row in rows
        ),
        unit=100,
        guesses=guesses,
    )


def _places(quiz: Quiz, rows: Sequence[Row]) -> Marks:
    """The marks of a drawn quiz by place: the first question that the first draw reaches, the second, …, each
    with the most that it could have been worth."""
    sources = [draw.source for draw in quiz.draws]
    order = sorted(
        quiz.questions,
        key=lambda one: next((at for at, source in enumerate(sources) if source.has(one)), -1),
    )
    table = [[(row[one.id][0], one.points_hundredths) for one in order if one.id in row] for row in rows]
    columns = list(zip(*table, strict=True))
    return Marks(
        questions=tuple(str(place) for place in range(1, len(columns) + 1)),
        maxima=tuple(max(most for _, most in column) for column in columns),
        rows=tuple(tuple(earned for earned, _ in row) for row in table),
        unit=100,
    )
