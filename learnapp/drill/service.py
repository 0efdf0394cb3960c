"""What can be done with a book. Each act holds the member's lock, so that two tabs come one after the other."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from learnapp import clock, ledger, questions, quiz
from learnapp.db import db, dialect_name, table_of, upsert
from learnapp.drill import queries, rules
from learnapp.drill.models import DrillCard, DrillReview, DrillSource
from learnapp.questions import Answer
from learnapp.quiz import Mistake

_card, _review, _source = table_of(DrillCard), table_of(DrillReview), table_of(DrillSource)
_THIS = (
    _card.c.member_id == bindparam("this_member"),
    _card.c.quiz == bindparam("this_quiz"),
    _card.c.question == bindparam("this_question"),
)
_CHANGE = update(_card).where(*_THIS)
_REKEY = update(_card).where(*_THIS[:2], _card.c.attempt_id == bindparam("this_attempt"))
_OF_QUIZ = (_review.c.member_id == bindparam("this_member"), _review.c.quiz == bindparam("this_quiz"))
_THIS_LOG = (*_OF_QUIZ, _review.c.question == bindparam("this_question"))
_READ = select(_review.c.question, _review.c.right).where(
    *_OF_QUIZ, _review.c.attempt_id == bindparam("this_attempt")
)
_TURN = update(_review).where(*_THIS_LOG, _review.c.attempt_id == bindparam("this_attempt"))


def collect(member_id: str, *, at: datetime, zone: str) -> int:
    """Puts the mistakes of ended attempts into the book, once their keys may be seen; returns how many were new
    there.

    Doing it again adds nothing. A question that is in the book already is taken as answered wrong once more;
    one that the member put away stays away. Where a key was corrected, what was wrong by the old one only goes.
    """
    ledger.lock(member_id)
    added = 0
    for attempt in queries.waiting(member_id, at=at, zone=zone):
        found = quiz.mistakes(member_id, attempt.id, at=at, zone=zone)
        added += sum(_take(member_id, attempt, mistake, zone) for mistake in found)
        _review_again(member_id, attempt, {mistake.question for mistake in found}, zone)
        row = {
            "member_id": member_id,
            "attempt_id": attempt.id,
            "entry_seq": attempt.entry_seq,
            "corrections": attempt.corrections,
            "key_version": attempt.key_version,
        }
        db.session.execute(upsert(_source, dialect_name()), row)
    return added


def _review_again(member_id: str, attempt: Any, wrong: Collection[str], zone: str) -> None:
    """What an attempt that was read before says now: its keys may have been corrected since."""
    held = {"this_member": member_id, "this_quiz": attempt.quiz, "this_attempt": attempt.id}
    db.session.execute(_REKEY.values(key_version=attempt.key_version), held)
    for row in db.session.execute(_READ, held).all():
        if row.right is not (row.question not in wrong):
            _turn(member_id, attempt, row.question, row.question not in wrong, zone)


def _turn(member_id: str, attempt: Any, question: str, right: bool, zone: str) -> None:
    """An answer of a quiz counts as right after all, or as wrong. A card without any wrong answer goes."""
    name = {"member_id": member_id, "quiz": attempt.quiz, "question": question}
    this = {**_this(name), "this_attempt": attempt.id}
    db.session.execute(_TURN.values(right=right), this)
    log = [given for given, _source in queries.log(**name)]
    if all(given.right for given in log):
        db.session.execute(delete(_review).where(*_THIS_LOG), this)
        db.session.execute(delete(_card).where(*_THIS), this)
    else:
        db.session.execute(_CHANGE.values(due_on=_day(log, zone)), this)


def _take(member_id: str, attempt: Any, mistake: Mistake, zone: str) -> bool:
    """One mistake of one attempt; False where this attempt has been counted for the card before."""
    name = {"member_id": member_id, "quiz": attempt.quiz, "question": mistake.question}
    log = queries.log(**name)
    if any(source == attempt.id for _given, source in log):
        return False
    given = rules.Given(attempt.ended_at, False)
    values = {
        "version": attempt.quiz_version,
        "key_version": attempt.key_version,
        "attempt_id": attempt.id,
        "reviews": len(log) + 1,
        "due_on": _day([*(one for one, _source in log), given], zone),
    }
    if log:
        db.session.execute(_CHANGE.values(values), _this(name))
    else:
        db.session.execute(insert(_card), {**name, **values})
    _note(name, len(log) + 1, given, attempt.quiz_version, mistake.answer, attempt.id)
    return True


def answer(
    member_id: str, slug: str, question: str, given: Answer | None, *, number: int, at: datetime, zone: str
) -> bool:
    """Grades an answer (in the definition's terms, None for "I do not know") and says when the card comes back.

    `number` is how many answers the card had when it was asked: what comes in twice, from a double tap, a
    second tab or the back button, counts once. Returns whether this call counted. Raises NotFound.
    """
    ledger.lock(member_id)
    card = queries.card(member_id, slug, question)
    if card.reviews != number:
        return False
    name = {"member_id": member_id, "quiz": slug, "question": question}
    right = questions.grade(card.asked, given).full
    this = rules.Given(at, given is not None and right)
    log = [*(one for one, _source in queries.log(**name)), this]
    db.session.execute(_CHANGE.values(reviews=number + 1, due_on=_day(log, zone)), _this(name))
    text = json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    _note(name, number + 1, this, card.version, text, None)
    return True


def retire(member_id: str, slug: str, question: str, *, at: datetime) -> None:
    """Puts a card away for good: it comes back only when the member fetches it. Raises NotFound."""
    _set_retired(member_id, slug, question, at)


def restore(member_id: str, slug: str, question: str) -> None:
    """Fetches a card back that was put away; its day is what it would have been. Raises NotFound."""
    _set_retired(member_id, slug, question, None)


def _set_retired(member_id: str, slug: str, question: str, at: datetime | None) -> None:
    ledger.lock(member_id)
    queries.card(member_id, slug, question)
    name = {"member_id": member_id, "quiz": slug, "question": question}
    db.session.execute(_CHANGE.values(retired_at=at), _this(name))


def erase(member_id: str) -> None:
    """Removes everything that the book holds about a member, for whoever erases that person's attempts."""
    for table in (_review, _card, _source):
        db.session.execute(delete(table).where(table.c.member_id == member_id))


def _note(
    name: dict[str, str], number: int, given: rules.Given, version: str, text: str, attempt_id: str | None
) -> None:
    row = {"number": number, "at": given.at, "right": given.right, "version": version, "answer": text}
    db.session.execute(insert(_review), {**name, **row, "attempt_id": attempt_id})


def _day(log: list[rules.Given], zone: str) -> Any:
    """The local day from which a card with these answers is offered; None when it rests."""
    found = rules.next_due(log)
    return None if found is None else clock.local_date(found, zone)


def _this(name: dict[str, str]) -> dict[str, str]:
    return {f"this_{key.removesuffix('_id')}": value for key, value in name.items()}
