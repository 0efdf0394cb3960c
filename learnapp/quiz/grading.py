"""What an attempt is worth: its first result, and every correction of it.

A correction never changes what was recorded. It is a row of `quiz_grade`, and where the ledger says something
else, the old entry is voided and a new one recorded in the same transaction. Whoever calls holds the member's
lock by `queries.locked`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, insert, update

from learnapp import catalogue, hours, ledger
from learnapp.db import db, new_id, table_of, zone
from learnapp.ledger import QuizEnded
from learnapp.questions import Score
from learnapp.quiz import queries, rules, scripts
from learnapp.quiz.keys import held_keys
from learnapp.quiz.models import Attempt, Grade
from learnapp.quiz.queries import AttemptInfo, Frozen
from learnapp.quiz.rules import Result, Tap

Cause = Literal["late", "marked", "regraded", "appeal", "credited"]

_attempt, _grade = table_of(Attempt), table_of(Grade)
_CHANGE = update(_attempt).where(
    _attempt.c.member_id == bindparam("this_member"), _attempt.c.id == bindparam("this_attempt")
)


@dataclass(frozen=True, slots=True)
class Graded:
    """What each question of a paper earned, in its order, and the result. `key_version` is the version of the
    quiz whose keys were applied, `pending` how many answers wait for a person's marks."""

    scores: tuple[Score, ...]
    result: Result
    pending: int
    key_version: str

    @property
    def passed(self) -> bool | None:
        """None while answers wait: neither passed nor failed."""
        return None if self.pending else self.result.passed


@dataclass(frozen=True, slots=True)
class Changed:
    """A result before and after a correction; `seq` is the new ledger entry, None where there is none. `told` says
    that the ledger tells another result now, so that the member hears of it from there."""

    before: Result
    after: Result
    pending: int
    seq: int | None
    told: bool = False


def graded(found: Frozen, taps: Sequence[Tap], key_version: str | None = None) -> Graded:
    """The result of these acts under the keys of `key_version` (by default those that hold for the attempt)."""
    held = key_version or found.key_version or found.quiz_version
    scores = scripts.scores(found, held_keys(found.quiz_version, held), rules.latest(taps, found.sheets))
    # Nobody marks practice, so what a person would have to mark counts for nothing there.
    counted = [score for score in scores if not (found.practice and score.pending)]
    result = rules.result(counted, catalogue.quiz_version(found.quiz_version).pass_percent)
    pending = 0 if found.practice else sum(score.pending for score in scores)
    return Graded(scores, result, pending, held)


def _settle(found: Frozen, now: Graded, at: datetime) -> None:
    """Tells those who mark what waits; most papers have nothing for them."""
    pairs = zip(found.sheets, now.scores, strict=True)
    waiting = [sheet.question for sheet, score in pairs if score.pending and not found.practice]
    if waiting or found.pending:
        scripts.settle(found, waiting, at)


def end(found: Frozen, at: datetime) -> int | None:
    """Ends an open attempt: grades what the server has and records it. Returns the ledger's seq; None for
    practice, which is nobody's business but the member's."""
    taps = queries.taps(found.member_id, found.id)
    now = graded(found, taps)
    ended_by, ended_at = found.clock.ending(at)
    seq = None
    if not found.practice:
        # What it takes the place of gives its hours back first: a test counts once a year.
        _supersede(found, at)
        seq = _record(found, taps, now, ended_by, ended_at, at, found.member_id)
    _write(
        found,
        state="ended",
        ended_at=ended_at,
        ended_by=ended_by,
        earned=now.result.earned,
        possible=now.result.possible,
        passed=now.passed,
        pending=now.pending,
        entry_seq=seq,
    )
    _settle(found, now, at)
    if found.corrections and not now.passed:
        _pass_on(found, new_id(), found.member_id, at)
    return seq


def again(
    found: Frozen,
    *,
    cause: Cause,
    trace: str,
    actor_id: str,
    at: datetime,
    key_version: str | None = None,
    note: str = "",
) -> Changed:
    """Computes the result of an ended attempt once more, from the acts that are accepted now, the marks that
    people gave, and the keys of `key_version`. Where anything differs from the result before, or an answer that
    waited was marked, the correction is kept and the ledger's entry replaced. Doing it again changes nothing.
    `note` is the commitment to a reason in words that `ledger.note` keeps.
    """
    taps = queries.taps(found.member_id, found.id)
    now = graded(found, taps, key_version)
    _settle(found, now, at)
    before = Result(found.earned or 0, found.possible, bool(found.passed), 0)
    if _same(found, now, cause):
        if now.key_version != (found.key_version or found.quiz_version):
            _write(found, key_version=now.key_version)
        return Changed(before, now.result, now.pending, None)
    seq, lost = _replace(found, taps, now, cause, trace, actor_id, at, note)
    _keep(found, now, before, cause, trace, actor_id, at, seq)
    _write(
        found,
        earned=now.result.earned,
        possible=now.result.possible,
        passed=now.passed,
        pending=now.pending,
        key_version=now.key_version,
        corrections=found.corrections + 1,
        entry_seq=seq if seq is not None else found.entry_seq,
    )
    if lost:
        _pass_on(found, trace, actor_id, at)
    return Changed(before, now.result, now.pending, seq, seq is not None and _held(found) != _fresh(now))


def reopen(
    found: Frozen, deadline_at: datetime | None, *, trace: str, actor_id: str, at: datetime, note: str
) -> None:
    """Opens an ended attempt again until `deadline_at`: its entry is voided, `note` being the commitment to
    the reason. What was answered stays."""
    before = Result(found.earned or 0, found.possible, bool(found.passed), 0)
    if found.entry_seq is not None and _effective(found):
        ledger.void(
            found.member_id,
            found.entry_seq,
            reason="reopened",
            actor_id=actor_id,
            at=at,
            trace=trace,
            note=note,
        )
    taps = queries.taps(found.member_id, found.id)
    _keep(found, graded(found, taps), before, "reopened", trace, actor_id, at, None)
    if found.pending:
        scripts.settle(found, (), at)
    _write(
        found,
        state="open",
        ended_at=None,
        ended_by=None,
        earned=None,
        passed=None,
        pending=0,
        entry_seq=None,
        deadline_at=deadline_at,
        corrections=found.corrections + 1,
    )


def _same(found: Frozen, now: Graded, cause: Cause) -> bool:
    """Whether a correction would say what is known already."""
    return _held(found) == _fresh(now) and cause not in ("late", "credited")


def _held(found: Frozen) -> tuple[int | None, int, bool | None, int]:
    return found.earned, found.possible, found.passed, found.pending


def _fresh(now: Graded) -> tuple[int | None, int, bool | None, int]:
    return now.result.earned, now.result.possible, now.passed, now.pending


def _replace(
    found: Frozen,
    taps: Sequence[Tap],
    now: Graded,
    cause: Cause,
    trace: str,
    actor_id: str,
    at: datetime,
    note: str,
) -> tuple[int | None, bool]:
    """Voids the entry that stands and records the new result. An entry that is void already (a later attempt
    counts) stays so, and practice has none. Also says whether the study hours of the test are lost by that."""
    if found.practice or found.entry_seq is None or not _effective(found):
        return None, False
    old = ledger.void(
        found.member_id, found.entry_seq, reason=cause, actor_id=actor_id, at=at, trace=trace, note=note
    )
    assert found.ended_by is not None and found.ended_at is not None
    rule = str(old.data.get("hour_rule", ""))
    seq = _record(found, taps, now, found.ended_by, found.ended_at, at, actor_id, cause, trace, rule)
    return seq, old.data.get("hours", 0) > 0 and not now.passed


def _pass_on(found: Frozen, trace: str, actor_id: str, at: datetime) -> None:
    """A test counts once a calendar year: where an attempt does not pass any more, its study hours go to the first
    other one of that year that was passed, whose entry is replaced by one that credits them."""
    for other in queries.attempts(found.member_id, found.quiz):
        if other.id == found.id or not other.passed or other.practice or other.ended_at is None:
            continue
        credit = hours.for_test(found.member_id, found.quiz, at=other.ended_at, zone=zone())
        if credit.hours and _counts(other) and _effective(other):
            passed = queries.attempt(found.member_id, other.id)
            again(passed, cause="credited", trace=trace, actor_id=actor_id, at=at)
            return


def _effective(found: AttemptInfo) -> bool:
    return found.entry_seq not in ledger.voided_seqs(ledger.entries_after(found.member_id, 0))


def _record(
    found: Frozen,
    taps: Sequence[Tap],
    now: Graded,
    ended_by: str,
    ended_at: datetime,
    at: datetime,
    recorder: str,
    cause: str = "ended",
    trace: str = "",
    hour_rule: str = "",
) -> int:
    counts, credit = _counts(found), hours.NOTHING
    if now.passed and counts:
        credit = hours.for_test(found.member_id, found.quiz, at=ended_at, zone=zone(), version=hour_rule)
    # A correction has the number of its row. What ends an attempt that was opened again has none of its own: it
    # takes the number of the reopening, which recorded no result.
    number = found.corrections + (2 if trace else 1)
    event = QuizEnded(
        quiz=found.quiz,
        version=found.quiz_version,
        attempt=found.id,
        number=found.number,
        ended_by=ended_by,
        earned=now.result.earned,
        possible=now.result.possible,
        passed=bool(now.passed),
        paper_digest=found.paper_digest,
        acts_digest=rules.acts_digest(taps),
        pending=now.pending,
        counts=counts,
        cause=cause,
        trace=trace,
        hours=credit.hours,
        hour_rule=credit.rule,
        blind=rules.blind(found.seed, number),
    )
    return ledger.record(
        event,
        member_id=found.member_id,
        uid=f"quiz/{found.id}" + (f"/{number}" if number > 1 else ""),
        occurred_at=ended_at,
        at=at,
        recorder=recorder,
        source="quiz",
    )


def _counts(found: AttemptInfo) -> bool:
    """Whether this attempt counts when it ends: where the first one does, no later one; where the last one does,
    none after which another one has ended, as when it was opened again."""
    rule = catalogue.quiz_version(found.quiz_version).settings.counts
    if rule == "last":
        mine = queries.attempts(found.member_id, found.quiz)
        return not any(one.number > found.number and not one.open for one in mine)
    return rule != "first" or found.number == 1


def _supersede(found: Frozen, at: datetime) -> None:
    """Where the last attempt counts, the entries of those before it are voided."""
    if catalogue.quiz_version(found.quiz_version).settings.counts != "last" or found.number == 1:
        return
    for earlier in queries.attempts(found.member_id, found.quiz):
        if 0 < earlier.number < found.number and earlier.entry_seq is not None and _effective(earlier):
            ledger.void(
                found.member_id, earlier.entry_seq, reason="superseded", actor_id=found.member_id, at=at
            )


def _keep(
    found: Frozen,
    now: Graded,
    before: Result,
    cause: str,
    trace: str,
    actor_id: str,
    at: datetime,
    seq: int | None,
) -> None:
    marks = {
        sheet.question: score.earned_hundredths for sheet, score in zip(found.sheets, now.scores, strict=True)
    }
    row = {
        "member_id": found.member_id,
        "attempt_id": found.id,
        "number": found.corrections + 2,
        "cause": cause,
        "trace": trace,
        "key_version": now.key_version,
        "was_earned": before.earned,
        "was_possible": before.possible,
        "was_passed": before.passed,
        "earned": now.result.earned,
        "possible": now.result.possible,
        "passed": bool(now.passed),
        "pending": now.pending,
        "marks": rules.canonical(marks),
        "made_by": actor_id,
        "made_at": at,
        "entry_seq": seq,
    }
    db.session.execute(insert(_grade), row)


def _write(found: AttemptInfo, **values: object) -> None:
    db.session.execute(_CHANGE.values(**values), {"this_member": found.member_id, "this_attempt": found.id})
