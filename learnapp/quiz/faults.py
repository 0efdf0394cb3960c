"""“Something wrong with this question?”: what members report, and what is replied.

A report belongs to a question as it stood on the member's paper. Trainers see the words and how many there are,
never whose they are; the reply goes to everybody who reported the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from sqlalchemy import bindparam, func, insert, select, update

from learnapp import ledger
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Invalid, NotFound, TooMany
from learnapp.quiz import queries
from learnapp.quiz.fault_models import Fault

State = Literal["open", "answered", "fixed"]
STATES: Mapping[State, str] = {
    "open": N_("not answered yet"),
    "answered": N_("answered"),
    "fixed": N_("corrected"),
}
MOST_OPEN = 5
"""So many reports of one member about one quiz may wait for an answer at a time."""
LENGTH = 500

_fault = table_of(Fault)
_THIS = (_fault.c.member_id == bindparam("of_member"), _fault.c.id == bindparam("of_fault"))
_WAITING = select(func.count()).where(
    _fault.c.member_id == bindparam("member"), _fault.c.quiz == bindparam("quiz"), _fault.c.state == "open"
)
_SAME = select(_fault.c.id).where(
    _fault.c.member_id == bindparam("member"),
    _fault.c.attempt_id == bindparam("attempt"),
    _fault.c.question == bindparam("question"),
    _fault.c.text == bindparam("text"),
)
_OWN = (
    select(_fault.c.question, _fault.c.text, _fault.c.made_at, _fault.c.state, _fault.c.reply)
    .where(_fault.c.member_id == bindparam("member"), _fault.c.attempt_id == bindparam("attempt"))
    .order_by(_fault.c.made_at, _fault.c.id)
)
_ORDER = (_fault.c.quiz, _fault.c.question, _fault.c.made_at, _fault.c.id)
_LIST = select(
    _fault.c.quiz,
    _fault.c.question,
    _fault.c.version,
    _fault.c.text,
    _fault.c.made_at,
    _fault.c.state,
    _fault.c.reply,
    _fault.c.decided_at,
)
_OPEN = _LIST.where(_fault.c.state == "open").order_by(*_ORDER)
_ANSWERED = (
    _LIST.where(_fault.c.state != "open")
    .order_by(_fault.c.decided_at.desc(), *_ORDER)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).where(_fault.c.state == "open")
_TO_ANSWER = (
    select(_fault.c.member_id, _fault.c.id)
    .where(
        _fault.c.state == "open",
        _fault.c.quiz == bindparam("quiz"),
        _fault.c.question == bindparam("question"),
        _fault.c.made_at <= bindparam("until"),
    )
    .order_by(_fault.c.member_id, _fault.c.id)
)
_ANSWER = update(_fault).where(*_THIS, _fault.c.state == "open")


@dataclass(frozen=True, slots=True)
class Report:
    """What a member wrote about a question, and what was replied."""

    question: str
    text: str
    made_at: datetime
    state: State
    reply: str


@dataclass(frozen=True, slots=True)
class Told:
    """A report as trainers see it: nobody's name, nobody's id."""

    version: str
    text: str
    made_at: datetime
    state: State
    reply: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    """The reports about one question, the oldest first. `version` is the quiz's version of the latest one."""

    quiz: str
    question: str
    reports: tuple[Told, ...]

    @property
    def version(self) -> str:
        """The version whose question was reported last."""
        return self.reports[-1].version

    @property
    def until(self) -> datetime:
        """When the latest of them was made: a reply is about what its author has read."""
        return self.reports[-1].made_at


@dataclass(frozen=True, slots=True)
class Answered:
    """A report that was answered just now, for whoever tells its member."""

    member_id: str
    id: str
    quiz: str
    version: str
    question: str
    attempt_id: str


def report(member_id: str, attempt_id: str, question: str, text: str, *, at: datetime) -> bool:
    """Keeps what a member says about a question of their paper; the same words twice are one report. Returns
    whether this call kept something. Raises NotFound, Invalid for an empty or a too long text, TooMany when
    five reports about this quiz wait for an answer."""
    found = queries.locked(member_id, attempt_id)
    words = " ".join(text.split())
    if not words or len(words) > LENGTH:
        raise Invalid(
            "fault-text",
            N_("Say in at most %(most)s characters what is wrong with the question."),
            most=LENGTH,
        )
    if question not in {sheet.question for sheet in found.sheets}:
        raise NotFound("no-question", N_("There is no such question on this paper."))
    named = {"member": member_id, "attempt": attempt_id, "question": question, "text": words}
    if db.session.execute(_SAME, named).first() is not None:
        return False
    if (db.session.scalar(_WAITING, {"member": member_id, "quiz": found.quiz}) or 0) >= MOST_OPEN:
        raise TooMany(
            "faults-waiting",
            N_(
                "%(most)s of your remarks about this quiz are still waiting for an answer. Please wait for it."
            ),
            most=MOST_OPEN,
        )
    row = {
        "member_id": member_id,
        "id": new_id(),
        "quiz": found.quiz,
        "version": found.quiz_version,
        "question": question,
        "attempt_id": attempt_id,
        "text": words,
        "made_at": at,
        "state": "open",
        "reply": "",
    }
    db.session.execute(insert(_fault), row)
    return True


def own(member_id: str, attempt_id: str) -> dict[str, list[Report]]:
    """What a member reported from an attempt, by question."""
    rows = db.session.execute(_OWN, {"member": member_id, "attempt": attempt_id})
    found: dict[str, list[Report]] = {}
    for row in rows:
        found.setdefault(row.question, []).append(Report(*row))
    return found


def waiting() -> int:
    """How many reports wait for an answer."""
    return db.session.scalar(_COUNT) or 0


def groups(*, answered: bool = False, most: int = 200) -> list[Group]:
    """The reports that wait for an answer, by quiz and question; or those that were answered, the latest
    `most` of them."""
    rows = db.session.execute(_ANSWERED, {"most": most}) if answered else db.session.execute(_OPEN)
    ordered = sorted(rows, key=lambda row: (row.quiz, row.question, row.made_at))
    return [
        Group(quiz, question, tuple(Told(*tuple(row)[2:]) for row in found))
        for (quiz, question), found in groupby(ordered, key=lambda row: (row.quiz, row.question))
    ]


def to_answer(slug: str, question: str, until: datetime) -> Sequence[tuple[str, str]]:
    """The reports about a question that wait for an answer and were made by then, as (member, report)."""
    values = {"quiz": slug, "question": question, "until": until}
    return [(row.member_id, row.id) for row in db.session.execute(_TO_ANSWER, values)]


def check_reply(reply: str, state: str) -> str:
    """The sentence as it is kept. Raises Invalid for an empty or a too long one, and for a state that is none."""
    words = " ".join(reply.split())
    if state not in ("answered", "fixed"):
        raise Invalid("fault-state", N_("Choose whether the question was corrected."))
    if not words or len(words) > LENGTH:
        raise Invalid("fault-reply", N_("Answer in a sentence of at most %(most)s characters."), most=LENGTH)
    return words


def answer(
    member_id: str, fault_id: str, *, reply: str, state: str, actor_id: str, at: datetime
) -> Answered | None:
    """Answers one report; belongs to a transaction of its own. None where it has been answered before.
    Raises Invalid as `check_reply`, NotFound."""
    words = check_reply(reply, state)
    named = {"of_member": member_id, "of_fault": fault_id}
    values = {"state": state, "reply": words, "decided_by": actor_id, "decided_at": at}
    done = db.session.execute(
        _ANSWER.values(values).returning(
            _fault.c.quiz, _fault.c.version, _fault.c.question, _fault.c.attempt_id
        ),
        named,
    ).one_or_none()
    if done is not None:
        return Answered(member_id, fault_id, *done)
    if db.session.execute(select(_fault.c.id).where(*_THIS), named).first() is None:
        raise NotFound("no-fault", N_("There is no such remark."))
    return None


def credit_answer(actor_id: str, slug: str, question: str, fault_id: str, *, on: date, at: datetime) -> None:
    """Notes in the trainer's own stream that a question of a member was answered; `fault_id` is one of the reports
    that it answered, and noting it again changes nothing. `on` is the local day. Belongs to a transaction of its
    own, since the stream is another one than the member's."""
    ledger.record(
        ledger.WorkDone(work="question-answered", ref=f"quiz/{slug}/{question}", on=on.isoformat()),
        member_id=actor_id,
        uid=f"work/question-answered/{fault_id}",
        occurred_at=at,
        at=at,
        recorder=actor_id,
        source="quiz",
    )
