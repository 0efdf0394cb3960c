"""Who would change from what to what if the attempts at a version were marked by the keys of another one.

Nothing is written. Papers and acts of all members are read once, side by side and an attempt at a time; what an
answer to a question earns is computed once, since thousands gave the same answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from learnapp import catalogue, questions
from learnapp.db import db, snapshot, table_of
from learnapp.errors import N_, Invalid
from learnapp.questions import Question, Score
from learnapp.quiz import grading, queries, rules
from learnapp.quiz.keys import compare, held_keys
from learnapp.quiz.models import Act, Attempt
from learnapp.quiz.regrade_models import Regrade
from learnapp.quiz.regrade_rules import Comparison
from learnapp.quiz.rules import Result, Sheet, Tap

_attempt, _act, _regrade = table_of(Attempt), table_of(Act), table_of(Regrade)

AT_VERSION = (_attempt.c.quiz == bindparam("quiz"), _attempt.c.quiz_version == bindparam("version"))
OTHER_KEY = func.coalesce(_attempt.c.key_version, _attempt.c.quiz_version) != bindparam("keys")
_ENDED = (*AT_VERSION, _attempt.c.state == "ended", _attempt.c.number > 0)

_PAPERS = (
    select(
        _attempt.c.member_id,
        _attempt.c.id,
        _attempt.c.number,
        _attempt.c.paper,
        _attempt.c.earned,
        _attempt.c.possible,
        _attempt.c.passed,
        _attempt.c.pending,
        _attempt.c.key_version,
    )
    .where(*_ENDED)
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
    .where(*_ENDED)
    .order_by(_act.c.member_id, _act.c.attempt_id)
)
_STANDING = select(
    func.count(),
    func.coalesce(func.sum(_attempt.c.corrections), 0),
    func.coalesce(func.sum(_attempt.c.earned), 0),
    func.max(_attempt.c.ended_at, type_=_attempt.c.ended_at.type),
).where(*_ENDED)
_OPEN = select(func.count()).select_from(_attempt).where(*AT_VERSION, _attempt.c.state == "open", OTHER_KEY)
_OTHERS = select(func.count()).select_from(_attempt).where(*AT_VERSION, OTHER_KEY)
_BEFORE = (
    select(_regrade.c.id)
    .where(_regrade.c.quiz == bindparam("quiz"))
    .order_by(_regrade.c.set_at.desc(), _regrade.c.id)
    .limit(1)
)

BANDS = 10
"""The chart of before and after has so many bars of equal width."""


@dataclass(frozen=True, slots=True)
class Change:
    """A result that would change. Amounts are hundredths of a point; passed says what the ledger would say."""

    member_id: str
    attempt_id: str
    number: int
    was_earned: int
    was_possible: int
    was_passed: bool
    earned: int
    possible: int
    passed: bool


@dataclass(slots=True)
class Shift:
    """How many answers to a question would earn more, and how many less, and how many there are."""

    more: int = 0
    less: int = 0
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A dry run. `rows` are the results that would change, `total` all ended attempts at the version, `members`
    how many people these are of, `open` the running ones that will end under the new keys; practice is left
    out. `bands` count results by their percentage before and after, `passed` those that are passed. `corrects`
    says that there is anything to decide.

    `digest` is over every attempt and what would come of it, so a plan is outdated as soon as one more ends.
    """

    quiz: str
    from_version: str
    to_version: str
    trace: str
    digest: str
    comparison: Comparison
    rows: tuple[Change, ...]
    total: int
    members: int
    open: int
    passed: tuple[int, int]
    bands: tuple[tuple[int, ...], tuple[int, ...]]
    shifts: Mapping[str, Shift]
    corrects: bool
    standing: tuple[Any, ...] = field(repr=False)

    @property
    def changed(self) -> int:
        """How many results would change."""
        return len(self.rows)

    @property
    def unchanged(self) -> int:
        """How many results would stay as they are."""
        return self.total - len(self.rows)

    @property
    def newly_passed(self) -> int:
        """How many would be passed that are not."""
        return sum(row.passed and not row.was_passed for row in self.rows)

    @property
    def no_longer_passed(self) -> int:
        """How many would not be passed any more."""
        return sum(row.was_passed and not row.passed for row in self.rows)


@snapshot()
def dry_run(from_version: str, to_version: str) -> Plan:
    """Works out what confirming would do. Raises NotFound for what is no version of a quiz, Invalid for versions
    of two quizzes."""
    first, last = catalogue.quiz_version(from_version), catalogue.quiz_version(to_version)
    if first.slug != last.slug:
        raise Invalid("two-quizzes", N_("These are versions of two quizzes."))
    values = {"quiz": first.slug, "version": from_version, "keys": to_version}
    standing = standing_of(first.slug, from_version)
    tally = _Tally(from_version, to_version, first.pass_percent, db.session.scalar(_BEFORE, values) or "")
    for row, taps in _attempts(values):
        tally.take(row, taps)
    digest = tally.digest.hexdigest()
    comparison = compare(from_version, to_version)
    others = db.session.scalar(_OTHERS, values)
    return Plan(
        quiz=first.slug,
        from_version=from_version,
        to_version=to_version,
        trace=digest[:32],
        digest=digest,
        comparison=comparison,
        rows=tuple(tally.rows),
        total=tally.total,
        members=tally.members,
        open=db.session.scalar(_OPEN, values) or 0,
        passed=(tally.passed[0], tally.passed[1]),
        bands=(tuple(tally.bands[0]), tuple(tally.bands[1])),
        shifts=tally.shifts,
        corrects=bool(tally.rows)
        or ((bool(comparison.corrections) or from_version == to_version) and bool(others)),
        standing=standing,
    )


def standing_of(slug: str, version: str) -> tuple[Any, ...]:
    """What differs as soon as an attempt at the version ends or is corrected. One statement."""
    return tuple(db.session.execute(_STANDING, {"quiz": slug, "version": version}).one())


def _attempts(values: Mapping[str, str]) -> Iterator[tuple[Any, list[Tap]]]:
    """Every ended attempt with its acts. Both come in the same order, so neither is held in memory."""
    found = db.session.execute(_ACTS, values, execution_options={"yield_per": 2000})
    acts = groupby(found, key=lambda row: (row.member_id, row.attempt_id))
    key, rows = next(acts, (None, iter(())))
    for row in db.session.execute(_PAPERS, values, execution_options={"yield_per": 500}):
        if key == (row.member_id, row.id):
            yield row, [Tap(*tuple(one)[2:]) for one in rows]
            key, rows = next(acts, (None, iter(())))
        else:
            yield row, []


class _Tally:
    """What is known of a dry run while it goes through the attempts."""

    def __init__(self, from_version: str, to_version: str, pass_percent: int, decided_before: str) -> None:
        self.from_version, self.to_version, self.pass_percent = from_version, to_version, pass_percent
        self.digest = hashlib.sha256(rules.canonical([from_version, to_version, decided_before]).encode())
        self.rows: list[Change] = []
        self.total = self.members = 0
        self.passed = [0, 0]
        self.bands = [[0] * BANDS, [0] * BANDS]
        self.shifts: dict[str, Shift] = {}
        self._known: dict[tuple[str, str, str], Score] = {}
        self._last = ""

    def take(self, row: Any, taps: list[Tap]) -> None:
        """One more attempt."""
        sheets = rules.read_paper(row.paper)
        was_passed = bool(row.passed) and not row.pending
        now, pending = self._result(row, sheets, taps)
        passed = now.passed and not pending
        before, after = (row.earned or 0, row.possible, was_passed), (now.earned, now.possible, passed)
        self.total += 1
        self.members += row.member_id != self._last
        self._last = row.member_id
        for place, (earned, possible, done) in enumerate((before, after)):
            self.passed[place] += done
            self.bands[place][_band(earned, possible)] += 1
        self.digest.update(rules.canonical([row.member_id, row.id, before, after]).encode())
        if before != after or pending != row.pending:
            self.rows.append(Change(row.member_id, row.id, row.number, *before, *after))

    def _result(self, row: Any, sheets: tuple[Sheet, ...], taps: list[Tap]) -> tuple[Result, int]:
        """The result under the new keys, and how many answers wait for a person."""
        keys = held_keys(self.from_version, self.to_version)
        if any(questions.human(keys[sheet.question]) for sheet in sheets):
            graded = grading.graded(queries.attempt(row.member_id, row.id), taps, self.to_version)
            return graded.result, graded.pending
        won = rules.winners(taps, sheets)
        scores = []
        for sheet in sheets:
            text = won[sheet.question].answer if sheet.question in won else "null"
            old = self._score(row.key_version or self.from_version, sheet.question, text)
            new = self._score(self.to_version, sheet.question, text)
            self._shifted(sheet.question, new.earned_hundredths - old.earned_hundredths)
            scores.append(new)
        return rules.result(scores, self.pass_percent), 0

    def _score(self, keys: str, question: str, text: str) -> Score:
        known = (keys, question, text)
        if known not in self._known:
            marked_by: Question = held_keys(self.from_version, keys)[question]
            self._known[known] = questions.grade(marked_by, json.loads(text))
        return self._known[known]

    def _shifted(self, question: str, by: int) -> None:
        shift = self.shifts.setdefault(question, Shift())
        shift.answers += 1
        shift.more += by > 0
        shift.less += by < 0


def _band(earned: int, possible: int) -> int:
    """The bar of a result: 0 for less than a tenth of what was possible, the last one for nine tenths and all."""
    return min(BANDS - 1, earned * BANDS // possible) if possible else BANDS - 1
