"""Appeals: a member asks that somebody else looks at a mark again, once per answer.

Whoever decides is neither the member nor anybody who marked the answer. The decision is a reply, and where the
mark changes a new mark beside the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, or_, select, update

from learnapp import questions
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound
from learnapp.questions import Answer, Marked
from learnapp.quiz import grading, marking, queries, rules, scripts
from learnapp.quiz.keys import held_keys
from learnapp.quiz.marking import Marking, Sheaf
from learnapp.quiz.marking_models import Appeal, Mark
from learnapp.quiz.queries import AttemptInfo, Frozen

MOST_TEXT = 500

_appeal, _mark = table_of(Appeal), table_of(Mark)

_COLUMNS = (
    _appeal.c.member_id,
    _appeal.c.attempt_id,
    _appeal.c.question,
    _appeal.c.quiz,
    _appeal.c.lot,
    _appeal.c.text,
    _appeal.c.made_at,
    _appeal.c.state,
    _appeal.c.decided_by,
    _appeal.c.decided_at,
    _appeal.c.reply,
)
_OF_ATTEMPT = select(*_COLUMNS).where(
    _appeal.c.member_id == bindparam("member_id"), _appeal.c.attempt_id == bindparam("attempt_id")
)
_MARKED_BY = (
    select(_mark.c.number)
    .where(
        _mark.c.member_id == _appeal.c.member_id,
        _mark.c.attempt_id == _appeal.c.attempt_id,
        _mark.c.question == _appeal.c.question,
        _mark.c.made_by == bindparam("reviewer"),
    )
    .exists()
)
_OPEN = (
    select(*_COLUMNS, or_(_appeal.c.member_id == bindparam("reviewer"), _MARKED_BY).label("mine"))
    .where(_appeal.c.state == "open")
    .order_by(_appeal.c.made_at, _appeal.c.lot)
)
_DECIDE = update(_appeal).where(
    _appeal.c.member_id == bindparam("this_member"),
    _appeal.c.attempt_id == bindparam("this_attempt"),
    _appeal.c.question == bindparam("this_question"),
)


@dataclass(frozen=True, slots=True)
class AppealInfo:
    """An appeal; see `marking_models.Appeal`."""

    member_id: str
    attempt_id: str
    question: str
    quiz: str
    lot: str
    text: str
    made_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    reply: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a member sees of the marking of an own answer: the marks, once the result is final and as long as
    they hold; the appeal, and whether one may be made."""

    marked: Marked | None
    appeal: AppealInfo | None
    may_appeal: bool


def told(found: Frozen, answers: Mapping[str, Answer]) -> dict[str, Told]:
    """For each answer of an attempt that somebody marked, what its member sees of that; `answers` are those
    that count. Nothing is asked of the database where the paper has nothing for a person."""
    bank = held_keys(found.quiz_version, found.key_version or found.quiz_version)
    final = not found.open and not found.pending and not found.practice
    marks = scripts.given(found) if final and scripts.asked(found, bank) else {}
    made = {one.question: one for one in _of_attempt(found)} if marks else {}
    return {
        name: Told(
            given[-1].marked
            if questions.marks_fit(bank[name], answers.get(name), given[-1].criteria)
            else None,
            made.get(name),
            name not in made,
        )
        for name, given in marks.items()
    }


def _of_attempt(found: AttemptInfo) -> list[AppealInfo]:
    rows = db.session.execute(_OF_ATTEMPT, {"member_id": found.member_id, "attempt_id": found.id})
    return [AppealInfo(*row) for row in rows]


def waiting() -> int:
    """How many appeals nobody has decided yet."""
    statement = select(func.count()).select_from(_appeal).where(_appeal.c.state == "open")
    return int(db.session.execute(statement).scalar_one())


def queue(reviewer_id: str) -> list[tuple[AppealInfo, bool]]:
    """The undecided appeals, the oldest first, each with whether this person may decide it."""
    rows = db.session.execute(_OPEN, {"reviewer": reviewer_id})
    return [(AppealInfo(*tuple(row)[:-1]), not row.mine) for row in rows]


def ask(member_id: str, attempt_id: str, question: str, text: str, *, at: datetime) -> bool:
    """Asks for a second look at the mark of an own answer; returns whether this call did it, since a second
    tap asks once. Raises NotFound; Conflict while the result is not final, or when it was asked before;
    Invalid for an empty or too long text."""
    found = queries.locked(member_id, attempt_id)
    text = marking.read_text(text, MOST_TEXT)
    if not text:
        raise Invalid("no-text", N_("Please say in a sentence what should be looked at again."))
    answers = rules.latest(queries.taps(member_id, attempt_id), found.sheets)
    standing = told(found, answers).get(question)
    if standing is None or standing.marked is None:
        raise NotFound("no-mark", N_("Nobody has marked this answer."))
    if standing.appeal is not None and standing.appeal.text == text:
        return False
    if not standing.may_appeal:
        raise Conflict("asked-before", N_("A second look can be asked for once."))
    lot = scripts.lot_of(member_id, attempt_id, question)
    db.session.execute(insert(_appeal), _row(found, question, lot, text, at))
    return True


def _row(found: Frozen, question: str, lot: str, text: str, at: datetime) -> dict[str, object]:
    return {
        "member_id": found.member_id,
        "attempt_id": found.id,
        "question": question,
        "quiz": found.quiz,
        "lot": lot,
        "text": text,
        "made_at": at,
        "state": "open",
    }


def may_decide(found: Sheaf, reviewer_id: str) -> bool:
    """Whether this person is neither the member nor somebody who marked the answer."""
    return reviewer_id not in {found.attempt.member_id, *(one.made_by for one in found.given)}


def of(found: Sheaf) -> AppealInfo:
    """The appeal about an answer. Raises NotFound."""
    for one in _of_attempt(found.attempt):
        if one.question == found.question.id:
            return one
    raise NotFound("no-appeal", N_("There is no such appeal."))


def decide(
    lot: str, reviewer_id: str, marks: Mapping[str, int] | None, reply: str, *, at: datetime
) -> Marking:
    """Decides an appeal: `marks` that differ from those that hold change the result, None or equal ones keep
    it. Saying the same twice is saying it once.

    Raises NotFound; Forbidden for the member and for whoever marked the answer; Conflict when somebody decided
    otherwise; Invalid without a reply, or for marks that do not fit.
    """
    found = marking.locked_sheaf(lot, reviewer_id)
    appeal, reply = of(found), marking.read_text(reply, marking.MOST_COMMENT)
    held = found.given[-1].criteria
    wanted = held if marks is None else dict(marks)
    if wanted != held:
        questions.grade_marked(found.question, found.answer, wanted)
    if appeal.decided_by == reviewer_id and appeal.reply == reply and wanted == held:
        return Marking(appeal.member_id, created=False, final=False)
    if appeal.state != "open":
        raise Conflict("decided", N_("This appeal has been decided meanwhile."))
    if found.attempt.open:
        raise Conflict("running-again", N_("This attempt was opened again. Please decide once it is over."))
    if not may_decide(found, reviewer_id):
        raise Forbidden("own-mark", N_("Whoever marked an answer does not decide about it."))
    if not reply:
        raise Invalid("no-reply", N_("Please say in a sentence why; the member reads it."))
    changed, told = wanted != held, False
    if changed:
        marking.keep(found, reviewer_id, wanted, reply, "appeal", at)
        result = grading.again(found.attempt, cause="appeal", trace=new_id(), actor_id=reviewer_id, at=at)
        told = result.told
    state = "changed" if changed else "kept"
    key = {
        "this_member": appeal.member_id,
        "this_attempt": appeal.attempt_id,
        "this_question": appeal.question,
    }
    values = {"state": state, "decided_by": reviewer_id, "decided_at": at, "reply": reply}
    db.session.execute(_DECIDE.values(**values), key)
    return Marking(appeal.member_id, created=True, final=told)
