"""How hard the questions of drawn quizzes are, as measured: numbered tables that papers are balanced on.

The sweeper makes a table when enough attempts were added; it is never changed, and a paper names its number.
Each member's first attempt counts, a question left empty as nothing earned. Answers given to an earlier
version count where it asked the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, bindparam, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from learnapp import catalogue, questions
from learnapp.catalogue import Quiz
from learnapp.db import db, dialect_name, table_of
from learnapp.errors import N_, NotFound
from learnapp.questions import ENOUGH, Facility, Question, Score, asks_the_same
from learnapp.quiz import rules
from learnapp.quiz.facility_models import QuizFacility
from learnapp.quiz.keys import held_keys
from learnapp.quiz.models import Act, Attempt, Grade
from learnapp.quiz.rules import Tap

MOST = 5_000
"""Of the newest so many attempts the facilities are computed: more would tell little more, and take longer."""

_CHUNK = 200

_attempt, _act, _grade = table_of(Attempt), table_of(Act), table_of(Grade)
_facility = table_of(QuizFacility)

_THIS = _facility.c.version == bindparam("version")
_LATEST = select(func.max(_facility.c.number)).where(_THIS)
_ONE = select(_facility.c.data).where(_THIS, _facility.c.number == bindparam("number"))
_KNOWN = select(_facility.c.number, _facility.c.attempts).where(_THIS).order_by(_facility.c.number.desc())
_COUNTS = select(_attempt.c.quiz, func.count()).group_by(_attempt.c.quiz)
_PAPERS = (
    select(
        _attempt.c.member_id,
        _attempt.c.id,
        _attempt.c.quiz_version,
        _attempt.c.key_version,
        _attempt.c.pending,
        _attempt.c.paper,
    )
    .where(_attempt.c.quiz == bindparam("quiz"), _attempt.c.number == 1, _attempt.c.state == "ended")
    .order_by(_attempt.c.id.desc())
    .limit(bindparam("most"))
)
_ACTS = select(
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
).order_by(_act.c.member_id, _act.c.attempt_id)
_CORRECTED = select(_grade.c.member_id, _grade.c.attempt_id, _grade.c.marks).order_by(_grade.c.number)

Key = tuple[str, str]


def paper(quiz: Quiz, seed: str) -> str:
    """The paper of this seed as canonical JSON, balanced on the newest table where the quiz draws."""
    return rules.draw_paper(
        quiz.hash,
        quiz.questions,
        quiz.draws,
        seed,
        quiz.shuffle,
        [section.id for section in quiz.settings.sections],
        latest(quiz.hash) if quiz.draws else None,
    )


def latest(version: str) -> tuple[int, Facility] | None:
    """The newest table of a version of a quiz with its number; None where nothing was measured yet."""
    number = db.session.execute(_LATEST, {"version": version}).scalar()
    return None if number is None else (number, table(version, number))


def table(version: str, number: int) -> Facility:
    """The table of this number. Raises NotFound."""
    return _table(db.engine, version, number)


# The engine is part of the key, since tests and tools may open several databases in one process.
@lru_cache(maxsize=256)
def _table(engine: Engine, version: str, number: int) -> Facility:
    data = db.session.execute(_ONE, {"version": version, "number": number}).scalar()
    if data is None:
        raise NotFound("no-facility", N_("There is no such table of facilities."))
    return {name: (n, share) for name, (n, share) in json.loads(data).items()}


# Making tables ------------------------------------------------------------------------------------------


def due() -> list[tuple[str, int]]:
    """The quizzes that draw and whose attempts grew enough since their last table, each with how many there
    are now. Practice is counted along: this is about when to look, not about what is found."""
    counts: dict[str, int] = {row[0]: row[1] for row in db.session.execute(_COUNTS)}
    found = []
    for quiz in catalogue.quizzes():
        there = counts.get(quiz.slug, 0)
        if quiz.draws and there >= ENOUGH and grown(_last(quiz.hash)[1], there):
            found.append((quiz.slug, there))
    return found


def grown(before: int, now: int) -> bool:
    """Whether a new table is due: by 30 attempts, and by a fifth, so that a large quiz is not measured again
    and again."""
    return now - before >= max(ENOUGH, before // 5)


def _last(version: str) -> tuple[int, int]:
    """Number and attempts of the newest table; zeros where there is none."""
    row = db.session.execute(_KNOWN, {"version": version}).first()
    return (0, 0) if row is None else (row.number, row.attempts)


def measure(slug: str) -> tuple[str, Facility]:
    """The facilities of the questions of a quiz's current version, and that version. Reads only."""
    quiz = catalogue.quiz(slug)
    graders: dict[Key, _Grader] = {}
    totals: dict[str, list[int]] = {}
    papers = db.session.execute(_PAPERS, {"quiz": slug, "most": MOST}).all()
    for start in range(0, len(papers), _CHUNK):
        some = papers[start : start + _CHUNK]
        keys = [(row.member_id, row.id) for row in some]
        taps, corrected = _taps(keys), _corrected(keys)
        for row, key in zip(some, keys, strict=True):
            versions = (row.quiz_version, row.key_version or row.quiz_version)
            if versions not in graders:
                graders[versions] = _Grader(quiz, *versions)
            graders[versions].add(row, taps.get(key, ()), corrected.get(key, {}), totals)
    return quiz.hash, {name: (n, earned * 10_000 // most) for name, (n, earned, most) in totals.items()}


class _Grader:
    """Adds up what was earned at one version of a quiz, on those questions that the present one still asks."""

    def __init__(self, quiz: Quiz, version: str, keys: str) -> None:
        now = {one.id: one for one in quiz.questions}
        self._bank = {
            name: one
            for name, one in held_keys(version, keys).items()
            if name in now and not one.grading and asks_the_same(one, now[name])
        }
        self._known: dict[tuple[str, str], Score] = {}

    def add(
        self, row: Any, taps: Sequence[Tap], corrected: Mapping[str, int], totals: dict[str, list[int]]
    ) -> None:
        """Adds one attempt: question -> [how many had it, earned, possible]. An answer that waits for a
        person's marks is left out."""
        paper = rules.read_paper(row.paper)
        won = rules.winners(taps, paper)
        for question in (self._bank[sheet.question] for sheet in paper if sheet.question in self._bank):
            score = self._score(question, won[question.id].answer if question.id in won else "null")
            if score.pending and (row.pending or question.id not in corrected):
                continue
            had = totals.setdefault(question.id, [0, 0, 0])
            had[0] += 1
            had[1] += corrected.get(question.id, score.earned_hundredths)
            had[2] += question.points_hundredths

    def _score(self, question: Question, answer: str) -> Score:
        if (question.id, answer) not in self._known:
            self._known[question.id, answer] = questions.grade(question, json.loads(answer))
        return self._known[question.id, answer]


def _taps(keys: Sequence[Key]) -> dict[Key, list[Tap]]:
    """Every act of these attempts."""
    rows = db.session.execute(_ACTS.where(tuple_(_act.c.member_id, _act.c.attempt_id).in_(keys)))
    return {
        key: [Tap(*tuple(row)[2:]) for row in found]
        for key, found in groupby(rows, key=lambda row: (row.member_id, row.attempt_id))
    }


def _corrected(keys: Sequence[Key]) -> dict[Key, dict[str, int]]:
    """What each question earned where a result was corrected: the newest correction counts."""
    rows = db.session.execute(_CORRECTED.where(tuple_(_grade.c.member_id, _grade.c.attempt_id).in_(keys)))
    return {(row.member_id, row.attempt_id): json.loads(row.marks) for row in rows}


def keep(version: str, facility: Facility, attempts: int, *, at: datetime) -> int:
    """Stores what was measured as the next table of this version; returns its number."""
    number = _last(version)[0] + 1
    values = {
        "version": version,
        "number": number,
        "attempts": attempts,
        "data": rules.canonical({name: list(pair) for name, pair in facility.items()}),
        "made_at": at,
    }
    dialect = postgresql if dialect_name() == "postgresql" else sqlite
    # Another sweeper may have stored the same one meanwhile.
    db.session.execute(dialect.insert(_facility).values(values).on_conflict_do_nothing())
    return number
