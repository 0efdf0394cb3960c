"""Answers that a person marks, as grading sees them: what was given so far, and what still waits."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from learnapp import questions
from learnapp.db import db, table_of
from learnapp.questions import Answer, Marked, Question, Score
from learnapp.quiz import rules
from learnapp.quiz.marking_models import Lot, Mark, Script
from learnapp.quiz.queries import AttemptInfo, Frozen

_script, _lot, _mark = table_of(Script), table_of(Lot), table_of(Mark)

_MARKS = (
    select(
        _mark.c.question,
        _mark.c.number,
        _mark.c.answer_digest,
        _mark.c.criteria,
        _mark.c.comment,
        _mark.c.cause,
        _mark.c.made_by,
        _mark.c.made_at,
    )
    .where(_mark.c.member_id == bindparam("member_id"), _mark.c.attempt_id == bindparam("attempt_id"))
    .order_by(_mark.c.question, _mark.c.number)
)
_STATES = select(_script.c.question, _script.c.state).where(
    _script.c.member_id == bindparam("member_id"), _script.c.attempt_id == bindparam("attempt_id")
)
_THIS = (
    _script.c.member_id == bindparam("this_member"),
    _script.c.attempt_id == bindparam("this_attempt"),
    _script.c.question == bindparam("this_question"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """One person's mark of one answer; see `marking_models.Mark`."""

    question: str
    number: int
    answer_digest: str
    criteria: Mapping[str, int]
    comment: str
    cause: str
    made_by: str
    made_at: datetime

    @property
    def marked(self) -> Marked:
        """As questions know it."""
        return Marked(self.criteria, self.comment)

    def fits(self, answer: Answer | None) -> bool:
        """Whether it was given for this answer; one that arrived late may have replaced it."""
        return answer is not None and self.answer_digest == digest(answer)


def digest(answer: Answer) -> str:
    """By what a mark knows its answer."""
    return rules.digest(rules.canonical(answer))


def lot_of(member_id: str, attempt_id: str, question: str) -> str:
    """The lot of an answer. An attempt's id holds 74 random bits, so nobody who does not know it finds the
    answer's author by trying."""
    return rules.digest(f"lot|{member_id}|{attempt_id}|{question}")[:32]


def given(found: AttemptInfo) -> dict[str, list[Given]]:
    """All marks of an attempt by question, the one that holds last."""
    marks: dict[str, list[Given]] = {}
    for row in db.session.execute(_MARKS, {"member_id": found.member_id, "attempt_id": found.id}):
        one = Given(row[0], row[1], row[2], json.loads(row[3]), *row[4:])
        marks.setdefault(one.question, []).append(one)
    return marks


def asked(found: Frozen, bank: Mapping[str, Question]) -> bool:
    """Whether the paper has a question that a person marks."""
    return any(questions.human(bank[sheet.question]) for sheet in found.sheets)


def scores(found: Frozen, bank: Mapping[str, Question], answers: Mapping[str, Answer]) -> tuple[Score, ...]:
    """What each question of the paper earned, in its order, by itself or by the marks that hold."""
    marks = given(found) if asked(found, bank) else {}
    return tuple(
        _score(bank[sheet.question], answers.get(sheet.question), marks.get(sheet.question, ()))
        for sheet in found.sheets
    )


def _score(question: Question, answer: Answer | None, marks: Sequence[Given]) -> Score:
    """By the last mark if it was given for this answer and by the criteria that hold now."""
    if marks and marks[-1].fits(answer) and questions.marks_fit(question, answer, marks[-1].criteria):
        return questions.grade_marked(question, answer, marks[-1].criteria)
    return questions.grade(question, answer)


def settle(found: Frozen, waiting: Collection[str], at: datetime) -> None:
    """Puts the answers to these questions into the queue of those who mark, and takes out what does not wait
    any more. The caller holds the member's lock."""
    key = {"member_id": found.member_id, "attempt_id": found.id}
    states = {row.question: row.state for row in db.session.execute(_STATES, key)}
    for question in waiting:
        if question not in states:
            lot = lot_of(found.member_id, found.id, question)
            row = {**key, "question": question, "lot": lot}
            of = {"quiz": found.quiz, "quiz_version": found.quiz_version}
            db.session.execute(insert(_script), {**row, **of, "state": "waiting", "since": at})
            db.session.execute(insert(_lot), row)
        elif states[question] == "marked":
            set_state(found, question, "waiting")
    done = [name for name, state in states.items() if state == "waiting" and name not in waiting]
    marked = given(found) if done else {}
    for question in done:
        if question in marked:
            # Somebody marked an earlier answer, and an appeal may be about that: its lot stays.
            set_state(found, question, "marked")
        else:
            db.session.execute(delete(_script).where(*_THIS), _this(found, question))
            lot = lot_of(found.member_id, found.id, question)
            db.session.execute(delete(_lot).where(_lot.c.lot == lot))


def set_state(found: AttemptInfo, question: str, state: str) -> None:
    """Notes whether the answer waits or is marked."""
    db.session.execute(update(_script).where(*_THIS).values(state=state), _this(found, question))


def waits(found: AttemptInfo) -> bool:
    """Whether an answer of this attempt still waits."""
    key = {"member_id": found.member_id, "attempt_id": found.id}
    return any(row.state == "waiting" for row in db.session.execute(_STATES, key))


def _this(found: AttemptInfo, question: str) -> dict[str, str]:
    return {"this_member": found.member_id, "this_attempt": found.id, "this_question": question}
