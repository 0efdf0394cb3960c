"""Marking by people: what waits, the next answer, and the marks.

Markers work question by question, so that equal answers get equal marks, and where the quiz is blind they
learn nothing about who wrote an answer. Nobody marks their own. Every call belongs to a transaction that a
door opened; what changes anything holds the lock of the member whose answer it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, insert, select

from learnapp import questions
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound
from learnapp.questions import Answer, Question
from learnapp.questions.folding import tidy_lines
from learnapp.quiz import grading, queries, rules, scripts
from learnapp.quiz.keys import held_keys
from learnapp.quiz.marking_models import Appeal, Lot, Mark, Script
from learnapp.quiz.queries import Frozen
from learnapp.quiz.scripts import Given

MOST_COMMENT = 1000

_script, _lot, _mark, _appeal = table_of(Script), table_of(Lot), table_of(Mark), table_of(Appeal)

_QUEUE = (
    select(
        _script.c.quiz,
        _script.c.question,
        func.sum(case((_script.c.state == "waiting", 1), else_=0)).label("waiting"),
        func.count().label("all"),
        func.max(_script.c.quiz_version).label("version"),
    )
    .group_by(_script.c.quiz, _script.c.question)
    .order_by(_script.c.quiz, _script.c.question)
)
_NEXT = (
    select(_script.c.lot)
    .where(
        _script.c.quiz == bindparam("quiz"),
        _script.c.question == bindparam("question"),
        _script.c.state == "waiting",
        _script.c.member_id != bindparam("marker"),
        _script.c.lot > bindparam("after"),
    )
    .order_by(_script.c.lot)
    .limit(1)
)
_BY_LOT = select(_lot.c.member_id, _lot.c.attempt_id, _lot.c.question).where(_lot.c.lot == bindparam("lot"))
_STATE = select(_script.c.state).where(
    _script.c.member_id == bindparam("member_id"),
    _script.c.attempt_id == bindparam("attempt_id"),
    _script.c.question == bindparam("question"),
)
_APPEALED = select(_appeal.c.state).where(
    _appeal.c.member_id == bindparam("member_id"),
    _appeal.c.attempt_id == bindparam("attempt_id"),
    _appeal.c.question == bindparam("question"),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the answers to one question are marked; `version` is one of those that asked it."""

    quiz: str
    question: str
    waiting: int
    all: int
    version: str

    @property
    def marked(self) -> int:
        """How many are done."""
        return self.all - self.waiting


@dataclass(frozen=True, slots=True)
class Sheaf:
    """An answer as a marker gets it: the question by whose criteria it is marked, the answer in its own terms,
    the marks so far. `attempt` says whose it is; what a blind marker may see of that, the door decides."""

    lot: str
    attempt: Frozen
    question: Question
    answer: Answer | None
    given: tuple[Given, ...]
    waiting: bool


@dataclass(frozen=True, slots=True)
class Marking:
    """What became of a mark: whether this call gave it, and whether the attempt's result changed with it."""

    member_id: str
    created: bool
    final: bool


def queue(slug: str | None = None) -> list[Progress]:
    """Every question with answers that a person marks, at one quiz or at all, in the order of their ids."""
    statement = _QUEUE if slug is None else _QUEUE.where(_script.c.quiz == slug)
    rows = db.session.execute(statement)
    return [Progress(row.quiz, row.question, int(row.waiting), row.all, row.version) for row in rows]


def progress(slug: str, question: str) -> Progress | None:
    """How far one question is; None where it has no answers for a person."""
    return next((one for one in queue(slug) if one.question == question), None)


def waiting() -> int:
    """How many answers wait in all."""
    statement = select(func.count()).select_from(_script).where(_script.c.state == "waiting")
    return int(db.session.execute(statement).scalar_one())


def next_lot(slug: str, question: str, marker_id: str, after: str | None = None) -> str | None:
    """The lot of an answer that waits for this marker, never an own one; None when there is none.

    Each marker begins at another place in the ring of lots, so that two seldom meet at the same answer;
    `after` goes on behind a lot, for who leaves one to somebody else.
    """
    start = after or hashlib.sha256(f"{marker_id}|{slug}|{question}".encode()).hexdigest()[:32]
    for place in (start, ""):
        values = {"quiz": slug, "question": question, "marker": marker_id, "after": place}
        found: str | None = db.session.execute(_NEXT, values).scalar_one_or_none()
        if found is not None and (found != after):
            return found
    return None


def sheaf(lot: str, marker_id: str) -> Sheaf:
    """The answer of a lot. Raises NotFound, and Forbidden for one's own."""
    member_id, attempt_id, question = _behind(lot)
    if member_id == marker_id:
        raise Forbidden("own-answer", N_("Nobody marks their own answers."))
    return _sheaf(lot, queries.attempt(member_id, attempt_id), question)


def locked_sheaf(lot: str, marker_id: str) -> Sheaf:
    """The same under the lock of the member whose answer it is, for whoever is going to mark it."""
    member_id, attempt_id, question = _behind(lot)
    if member_id == marker_id:
        raise Forbidden("own-answer", N_("Nobody marks their own answers."))
    return _sheaf(lot, queries.locked(member_id, attempt_id), question)


def _behind(lot: str) -> tuple[str, str, str]:
    row = db.session.execute(_BY_LOT, {"lot": lot}).one_or_none()
    if row is None:
        raise NotFound("no-answer", N_("There is no such answer to mark."))
    return row.member_id, row.attempt_id, row.question


def _sheaf(lot: str, found: Frozen, name: str) -> Sheaf:
    answers = rules.latest(queries.taps(found.member_id, found.id), found.sheets)
    key = {"member_id": found.member_id, "attempt_id": found.id, "question": name}
    state = db.session.execute(_STATE, key).scalar_one_or_none()
    given = tuple(scripts.given(found).get(name, ()))
    question = held_keys(found.quiz_version, found.key_version or found.quiz_version)[name]
    return Sheaf(lot, found, question, answers.get(name), given, state == "waiting")


def mark(
    lot: str, marker_id: str, marks: Mapping[str, int], comment: str = "", *, number: int, at: datetime
) -> Marking:
    """Gives an answer its marks, criterion -> hundredths. When it was the last one of its attempt that waited,
    the result is final.

    `number` is how many marks the answer had when the marker's page was made: a double tap counts once, and of
    two markers at once the second is told (Conflict). Whoever marked it may change their mind by marking again.
    Raises NotFound; Forbidden for one's own; Conflict when somebody else marked it, or an appeal was made;
    Invalid for marks that do not fit the answer.
    """
    found = locked_sheaf(lot, marker_id)
    comment = read_text(comment, MOST_COMMENT)
    if found.attempt.open or found.answer is None:
        raise Conflict("not-to-mark", N_("This answer is being changed and cannot be marked now."))
    questions.grade_marked(found.question, found.answer, marks)
    if _repeated(found, marker_id, marks, comment, number):
        return Marking(found.attempt.member_id, created=False, final=False)
    _check_turn(found, marker_id, number)
    keep(found, marker_id, marks, comment, "mark", at)
    final = not scripts.waits(found.attempt)
    if final:
        grading.again(found.attempt, cause="marked", trace=new_id(), actor_id=marker_id, at=at)
    return Marking(found.attempt.member_id, created=True, final=final)


def _repeated(found: Sheaf, marker_id: str, marks: Mapping[str, int], comment: str, number: int) -> bool:
    """Whether the same marker has said the same just before."""
    if len(found.given) != number + 1 or found.waiting:
        return False
    last = found.given[-1]
    return last.made_by == marker_id and last.criteria == marks and last.comment == comment


def _check_turn(found: Sheaf, marker_id: str, number: int) -> None:
    appealed = db.session.execute(
        _APPEALED,
        {
            "member_id": found.attempt.member_id,
            "attempt_id": found.attempt.id,
            "question": found.question.id,
        },
    ).one_or_none()
    if appealed is not None and not found.waiting:
        raise Conflict("appealed", N_("A second look was asked for, so the first mark stays as it is."))
    if len(found.given) != number:
        raise Conflict("marked-already", N_("This answer has been marked meanwhile."))
    if not found.waiting and found.given[-1].made_by != marker_id:
        raise Conflict("marked-by-other", N_("Somebody else marked this answer."))


def keep(
    found: Sheaf, marker_id: str, marks: Mapping[str, int], comment: str, cause: str, at: datetime
) -> None:
    """Writes a mark down; the caller has checked it and holds the lock."""
    assert found.answer is not None
    db.session.execute(
        insert(_mark),
        {
            "member_id": found.attempt.member_id,
            "attempt_id": found.attempt.id,
            "question": found.question.id,
            "number": len(found.given) + 1,
            "answer_digest": scripts.digest(found.answer),
            "criteria": rules.canonical(dict(marks)),
            "comment": comment,
            "cause": cause,
            "made_by": marker_id,
            "made_at": at,
        },
    )
    scripts.set_state(found.attempt, found.question.id, "marked")


def read_text(text: str, most: int) -> str:
    """A typed text fit for storing. Raises Invalid when it is longer than `most` characters."""
    tidied = tidy_lines(text)
    if len(tidied) > most:
        raise Invalid("too-long", N_("This text is too long; at most %(count)s characters."), count=most)
    return tidied
