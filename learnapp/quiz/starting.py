"""Starting an attempt: whether it may begin now, and if not, from when; drawing and freezing its paper."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert

from learnapp import catalogue, ledger
from learnapp.db import db, new_id
from learnapp.errors import N_, Conflict, NotFound
from learnapp.quiz import clocks, facility, queries, reviewing, rules, timing
from learnapp.quiz.clocks import Known
from learnapp.quiz.models import Attempt
from learnapp.quiz.queries import AttemptInfo
from learnapp.quiz.service import close
from learnapp.quiz.timing import Begun, Clock, Terms, Verdict

_INSERT = insert(cast(Table, Attempt.__table__))

REFUSALS: Mapping[str, str] = {
    "no-attempts-left": N_("All attempts at this quiz have been used."),
    "paused": N_("This quiz is paused: %(reason)s As soon as it goes on, it can be started here."),
    "not-open": N_("This quiz can be started from %(at)s on."),
    "closed": N_("This quiz closed on %(at)s and cannot be started any more."),
    "wait": N_("The next attempt can be started from %(at)s on."),
    "wait-closed": N_(
        "The next attempt would be possible from %(at)s on, but the quiz closes on %(closes)s before that."
    ),
}


@dataclass(frozen=True, slots=True)
class Started:
    """The attempt that is running now. `ended_one` says that an older one was closed by the clock on the way,
    so that the ledger grew."""

    attempt_id: str
    created: bool
    ended_one: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands to a quiz before the next attempt: what holds for them, their share of the limit in
    percent, whether they may start now, and how often they did."""

    terms: Terms
    percent: int
    verdict: Verdict
    used: int


def standing(
    member_id: str, quiz: catalogue.Quiz, earlier: Sequence[AttemptInfo], *, at: datetime, zone: str
) -> Standing:
    """How the member, whose attempts at this quiz are `earlier`, stands to it. One statement."""
    return _standing(quiz, earlier, clocks.known(member_id, quiz.slug), at, zone)


def _standing(
    quiz: catalogue.Quiz, earlier: Sequence[AttemptInfo], found: Known, at: datetime, zone: str
) -> Standing:
    terms = clocks.terms_for(quiz, found, zone)
    counted = [one for one in earlier if not one.practice]
    verdict = timing.may_start(
        terms,
        used=len(counted),
        last_ended_at=max((one.ended_at for one in counted if one.ended_at), default=None),
        wait_minutes=quiz.settings.wait_minutes,
        at=at,
    )
    percent = timing.percent(terms.minutes, exam=quiz.exam, longer=False, allowance=found.allowance)
    return Standing(terms, percent, verdict, len(counted))


def start(
    member_id: str,
    slug: str,
    *,
    at: datetime,
    zone: str,
    longer: bool = False,
    practice: bool = False,
    seed: str | None = None,
) -> Started:
    """Starts an attempt at the quiz's current version, or returns the one that is running.

    However often and at once this is called, one attempt comes of it. The paper is drawn from `seed` (64
    hexadecimal characters; by default random ones) and frozen. The quiz's local times are those of `zone`.
    `longer` asks for half as much time again, where the quiz is timed and no exam; `practice` has no clock, no
    entry in the ledger and never counts. Raises NotFound for an unknown quiz, Conflict with a code of `REFUSALS`
    (whose instants are in UTC) when it may not begin now, or when it may not be practised.
    """
    ledger.lock(member_id)
    quiz = catalogue.quiz(slug)
    if quiz.settings.bank:
        raise NotFound("no-quiz", N_("There is no such quiz."))
    earlier = queries.attempts(member_id, slug)
    running, ended_one = _running(earlier, practice, at)
    if running is not None:
        return Started(running.id, created=False, ended_one=ended_one)
    if ended_one:
        earlier = queries.attempts(member_id, slug)
    begin = _practise if practice else _begin
    return Started(begin(member_id, quiz, earlier, at, zone, longer, seed), True, ended_one)


def _running(earlier: Sequence[AttemptInfo], practice: bool, at: datetime) -> tuple[AttemptInfo | None, bool]:
    """The attempt of this sort that is still running; one whose time is up is closed first."""
    ended_one = False
    for found in earlier:
        if not found.open or found.practice is not practice:
            continue
        if found.clock.overdue(at) and close(found.member_id, found.id, at=at):
            ended_one = True
        else:
            return found, ended_one
    return None, ended_one


def _begin(
    member_id: str,
    quiz: catalogue.Quiz,
    earlier: Sequence[AttemptInfo],
    at: datetime,
    zone: str,
    longer: bool,
    seed: str | None,
) -> str:
    found = clocks.known(member_id, quiz.slug)
    stands = _standing(quiz, earlier, found, at, zone)
    if not stands.verdict.may:
        raise refusal(stands.verdict, stands.terms)
    percent = timing.percent(stands.terms.minutes, exam=quiz.exam, longer=longer, allowance=found.allowance)
    closes_at = timing.local(quiz.settings.closes, zone)
    attempt_id = new_id(int(at.timestamp() * 1000))
    run = timing.run(Begun(attempt_id, at, quiz.minutes, percent, closes_at), found.moves)
    _open(member_id, attempt_id, quiz, stands.used + 1, at, seed, run.clock, percent, closes_at, found.count)
    if run.touched:
        clocks.record_moves(queries.attempt(member_id, attempt_id), run.touched, at)
    return attempt_id


def _practise(
    member_id: str,
    quiz: catalogue.Quiz,
    earlier: Sequence[AttemptInfo],
    at: datetime,
    zone: str,
    longer: bool,
    seed: str | None,
) -> str:
    if not may_practise(quiz, at, zone):
        raise Conflict("no-practice", N_("This quiz cannot be practised now."))
    number = min((one.number for one in earlier if one.practice), default=0) - 1
    attempt_id = new_id(int(at.timestamp() * 1000))
    _open(member_id, attempt_id, quiz, number, at, seed, Clock(), 100, None, 0)
    return attempt_id


def practise(
    member_id: str, quiz: catalogue.Quiz, *, at: datetime, zone: str, seed: str | None = None
) -> Started:
    """Starts practice at this very version, on the shelf or not, or returns the one that is running. Raises
    Conflict when it may not be practised."""
    ledger.lock(member_id)
    earlier = queries.attempts(member_id, quiz.slug)
    running, _ = _running(earlier, True, at)
    if running is not None:
        return Started(running.id, created=False, ended_one=False)
    return Started(_practise(member_id, quiz, earlier, at, zone, False, seed), True, False)


def may_practise(quiz: catalogue.Quiz, at: datetime, zone: str) -> bool:
    """Whether the quiz may be practised: where its author allows it and it has opened. An exam, and any quiz with a
    closing time, only once its keys may be seen: who tries without limit finds what the others must not know."""
    opens = timing.local(quiz.settings.opens, zone)
    if not quiz.settings.practice or (opens is not None and at < opens):
        return False
    guarded = quiz.exam or quiz.settings.closes is not None
    return not guarded or reviewing.keys_open(quiz, at, zone)


def refusal(verdict: Verdict, terms: Terms) -> Conflict:
    """Why an attempt may not start now, as an error; its instants are in UTC."""
    reason = terms.paused.reason if terms.paused is not None else ""
    return Conflict(verdict.code, REFUSALS[verdict.code], at=verdict.at, closes=verdict.closes, reason=reason)


def _open(
    member_id: str,
    attempt_id: str,
    quiz: catalogue.Quiz,
    number: int,
    at: datetime,
    seed: str | None,
    clock: Clock,
    percent: int,
    closes_at: datetime | None,
    measures: int,
) -> None:
    seed = seed or secrets.token_hex(32)
    paper = facility.paper(quiz, seed)
    row = {
        "member_id": member_id,
        "id": attempt_id,
        "quiz": quiz.slug,
        "quiz_version": quiz.hash,
        "number": number,
        "seed": seed,
        "paper": paper,
        "paper_digest": rules.digest(paper),
        "started_at": at,
        "closes_at": closes_at,
        "deadline_at": clock.deadline_at,
        "paused_at": clock.paused_at,
        "limit_percent": percent,
        "measures": measures,
        "state": "open",
        "possible": rules.possible(rules.read_paper(paper), queries.bank(quiz.hash)),
    }
    db.session.execute(_INSERT, row)
