"""Carrying a corrected key through to results that are known already.

A key is corrected by publishing a new version of the quiz. `dry_run` says who would change from what to what,
`confirm` decides it, and then each member's results are corrected in a transaction of their own: that may be
broken off and taken up again anywhere. A decision marks open attempts as well, which end under the new key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from learnapp import audit
from learnapp.db import db, table_of
from learnapp.errors import N_, Conflict, Invalid, NotFound
from learnapp.quiz import grading, queries
from learnapp.quiz.keys import compare
from learnapp.quiz.models import Attempt, Grade
from learnapp.quiz.regrade_models import Regrade
from learnapp.quiz.regrade_plan import AT_VERSION, BANDS, OTHER_KEY, Change, Plan, Shift, dry_run, standing_of
from learnapp.quiz.regrade_rules import WHAT, Comparison, Correction

__all__ = [
    "BANDS",
    "REASON_LIMIT",
    "WHAT",
    "Change",
    "Comparison",
    "Correction",
    "Decided",
    "Plan",
    "Progress",
    "Shift",
    "compare",
    "complete",
    "confirm",
    "correct",
    "decided",
    "decisions",
    "dry_run",
    "members_left",
    "progress",
    "reasons",
    "undone",
    "unmarked_by",
]

REASON_LIMIT = 500
"""Characters of the sentence that members read."""

_attempt, _grade, _regrade = table_of(Attempt), table_of(Grade), table_of(Regrade)

_COLUMNS = (
    _regrade.c.id,
    _regrade.c.quiz,
    _regrade.c.from_version,
    _regrade.c.to_version,
    _regrade.c.digest,
    _regrade.c.changed,
    _regrade.c.total,
    _regrade.c.reason,
    _regrade.c.set_by,
    _regrade.c.set_at,
    _regrade.c.done_at,
)
_ONE = select(*_COLUMNS).where(_regrade.c.id == bindparam("trace"))
_OF_QUIZ = select(*_COLUMNS).where(_regrade.c.quiz == bindparam("quiz")).order_by(_regrade.c.set_at.desc())
_UNDONE = select(_regrade.c.id).where(_regrade.c.done_at.is_(None)).order_by(_regrade.c.set_at)
_REASONS = select(_regrade.c.id, _regrade.c.reason).where(
    _regrade.c.id.in_(bindparam("traces", expanding=True))
)
# An earlier decision about the same version is over when a later one is made, whether or not it was carried out.
_OVERTAKE = (
    update(_regrade)
    .where(_regrade.c.from_version == bindparam("version"), _regrade.c.done_at.is_(None))
    .values(done_at=bindparam("at"))
)
_DONE = update(_regrade).where(_regrade.c.id == bindparam("trace")).values(done_at=bindparam("at"))

_LEFT = (*AT_VERSION, OTHER_KEY)
_MEMBERS = (
    select(_attempt.c.member_id)
    .distinct()
    .where(*_LEFT, _attempt.c.member_id > bindparam("after"))
    .order_by(_attempt.c.member_id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(_attempt).where(*_LEFT)
_MINE = (
    select(_attempt.c.id).where(*_LEFT, _attempt.c.member_id == bindparam("member")).order_by(_attempt.c.id)
)
_CHANGED = select(func.count()).select_from(_grade).where(_grade.c.trace == bindparam("trace"))
_NOT_KEYED = (
    select(_attempt.c.quiz_version, func.count(), func.count(_attempt.c.member_id.distinct()))
    .where(
        _attempt.c.quiz == bindparam("quiz"),
        _attempt.c.state == "ended",
        _attempt.c.number > 0,
        OTHER_KEY,
    )
    .group_by(_attempt.c.quiz_version)
)
_KEY = update(_attempt).where(
    _attempt.c.member_id == bindparam("of_member"), _attempt.c.id == bindparam("of_attempt")
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision to mark the attempts at one version by the keys of another. `id` is the trace of everything
    that follows from it; `changed` and `total` are those of its plan, `done_at` is None while it is at work."""

    id: str
    quiz: str
    from_version: str
    to_version: str
    digest: str
    changed: int
    total: int
    reason: str
    set_by: str
    set_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many attempts a decision has not seen to yet, and how many results it has changed so far."""

    left: int
    changed: int


# Deciding -----------------------------------------------------------------------------------------------


def confirm(plan: Plan, *, digest: str, actor_id: str, reason: str, at: datetime) -> Decided:
    """Decides that the results change as planned. `digest` is that of the plan which somebody looked at, `plan`
    the present one: a dry run of this very moment. `reason` is a sentence that the members concerned read.

    Deciding the same plan again returns the first decision. Raises Conflict when the plan is no longer the one
    that was looked at, Invalid without a reason or where nothing was corrected.
    """
    known = _found(digest[:32])
    if known is not None and known.digest == digest:
        return known
    if plan.digest != digest or standing_of(plan.quiz, plan.from_version) != plan.standing:
        raise Conflict(
            "plan-outdated",
            N_("Results have come in since this was worked out. Please look at it once more, then confirm."),
        )
    if not plan.corrects:
        raise Invalid("nothing-corrected", N_("Nothing about these results would change."))
    text = _sentence(reason)
    db.session.execute(_OVERTAKE, {"version": plan.from_version, "at": at})
    row: dict[str, Any] = {
        "id": plan.trace,
        "quiz": plan.quiz,
        "from_version": plan.from_version,
        "to_version": plan.to_version,
        "digest": plan.digest,
        "changed": plan.changed,
        "total": plan.total,
        "reason": text,
        "set_by": actor_id,
        "set_at": at,
        "done_at": None,
    }
    db.session.execute(insert(_regrade), row)
    audit.write("quiz-regraded", member_id=actor_id, actor_id=actor_id, at=at, subject=f"quiz/{plan.quiz}")
    return Decided(**row)


def _sentence(reason: str) -> str:
    text = " ".join(reason.split())
    if text and len(text) <= REASON_LIMIT:
        return text
    raise Invalid(
        "regrade-reason",
        N_("Say in a sentence of at most %(most)s characters what was corrected; the members read it."),
        most=REASON_LIMIT,
    )


# Carrying it out ----------------------------------------------------------------------------------------


def undone() -> list[str]:
    """Decisions that are not carried out in full yet, the oldest first: work for the sweeper."""
    return list(db.session.scalars(_UNDONE))


def members_left(trace: str, *, after: str = "", most: int = 200) -> list[str]:
    """Members with attempts that the decision has not seen to, by id from behind `after`. Raises NotFound."""
    values = {**_named(decided(trace)), "after": after, "most": most}
    return list(db.session.scalars(_MEMBERS, values))


def correct(trace: str, member_id: str, *, at: datetime) -> int:
    """Corrects what a decision says about one member, and returns how many results changed. Belongs to a
    transaction of its own. Doing it again changes nothing; a decision that is over corrects nothing.
    Raises NotFound."""
    found = decided(trace)
    if found.done_at is not None:
        return 0
    attempts = list(db.session.scalars(_MINE, {**_named(found), "member": member_id}))
    return sum(_correct(found, member_id, attempt_id, at) for attempt_id in attempts)


def _correct(found: Decided, member_id: str, attempt_id: str, at: datetime) -> bool:
    attempt = queries.locked(member_id, attempt_id)
    if attempt.open:
        # It ends under this key; there is no result yet that could change.
        key = {"of_member": member_id, "of_attempt": attempt_id}
        db.session.execute(_KEY.values(key_version=found.to_version), key)
        return False
    changed = grading.again(
        attempt,
        cause="regraded",
        trace=found.id,
        actor_id=found.set_by,
        at=at,
        key_version=found.to_version,
    )
    was, now = changed.before, changed.after
    return (was.earned, was.possible, was.passed) != (now.earned, now.possible, now.passed)


def complete(trace: str, *, at: datetime) -> bool:
    """Says that a decision is carried out, if it is. Raises NotFound."""
    if members_left(trace, most=1):
        return False
    if decided(trace).done_at is None:
        db.session.execute(_DONE, {"trace": trace, "at": at})
    return True


# Asking -------------------------------------------------------------------------------------------------


def decided(trace: str) -> Decided:
    """One decision. Raises NotFound."""
    found = _found(trace)
    if found is None:
        raise NotFound("no-regrade", N_("There is no such decision."))
    return found


def _found(trace: str) -> Decided | None:
    row = db.session.execute(_ONE, {"trace": trace}).one_or_none()
    return None if row is None else Decided(*row)


def decisions(slug: str) -> list[Decided]:
    """Every decision about a quiz, the newest first."""
    return [Decided(*row) for row in db.session.execute(_OF_QUIZ, {"quiz": slug})]


def progress(found: Decided) -> Progress:
    """How far a decision has been carried out."""
    left = 0 if found.done_at is not None else db.session.scalar(_COUNT, _named(found))
    return Progress(left or 0, db.session.scalar(_CHANGED, {"trace": found.id}) or 0)


def reasons(traces: Sequence[str]) -> dict[str, str]:
    """The sentences behind decisions, by trace; traces of something else are left out."""
    if not traces:
        return {}
    return {row.id: row.reason for row in db.session.execute(_REASONS, {"traces": list(set(traces))})}


def unmarked_by(slug: str, key_version: str) -> dict[str, tuple[int, int]]:
    """Versions of a quiz with ended attempts that are marked by other keys than those of `key_version`, itself
    included where they are: version -> attempts, members."""
    rows = db.session.execute(_NOT_KEYED, {"quiz": slug, "keys": key_version})
    return {version: (attempts, members) for version, attempts, members in rows}


def _named(found: Decided) -> dict[str, str]:
    return {"quiz": found.quiz, "version": found.from_version, "keys": found.to_version}
