"""Page leaves of exams, where the author asked for them: written down, shown to the member and to who marks,
and of no consequence by themselves.

Off unless an exam says otherwise, and said before it starts. What the browser reports is a claim: whoever wants
to leave no trace leaves none, so an empty list proves nothing, and a leave may be a call or a notice that came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from learnapp import catalogue
from learnapp.db import db, table_of
from learnapp.quiz import clocks
from learnapp.quiz.leave_models import Leave
from learnapp.quiz.queries import AttemptInfo

# Reloading the page, or going on to the next one without a script, hides it for a moment.
LEAST = timedelta(seconds=3)

# Of one attempt no more are kept; beyond it somebody fills the disk.
MOST = 200

_leave = table_of(Leave)
_OF = (
    select(_leave.c.number, _leave.c.left_at, _leave.c.back_at)
    .where(_leave.c.member_id == bindparam("member_id"), _leave.c.attempt_id == bindparam("attempt_id"))
    .order_by(_leave.c.number)
)
_THIS = (
    _leave.c.member_id == bindparam("this_member"),
    _leave.c.attempt_id == bindparam("this_attempt"),
    _leave.c.number == bindparam("this_number"),
)
_KEEPERS = (
    select(_leave.c.member_id)
    .where(_leave.c.left_at < bindparam("before"))
    .distinct()
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Away:
    """One leave: out of sight since, and until (None: nothing was heard after it). Times in UTC."""

    left_at: datetime
    back_at: datetime | None

    @property
    def length(self) -> timedelta | None:
        """How long it was; None where nobody knows."""
        return None if self.back_at is None else self.back_at - self.left_at


def kept_for(found: AttemptInfo) -> bool:
    """Whether leaves of this attempt are written down: in an exam whose version says so, practice excepted."""
    quiz = catalogue.quiz_version(found.quiz_version)
    return quiz.exam and quiz.settings.leaves and not found.practice


def left(member_id: str, attempt_id: str, *, at: datetime) -> None:
    """The page went out of sight. Nothing is written where leaves are not kept, or the attempt is over. Raises
    NotFound."""
    found = clocks.locked(member_id, attempt_id, at)
    if not _written(found, at):
        return
    rows = _rows(found)
    if len(rows) < MOST and not (rows and rows[-1].back_at is None):
        row = {"member_id": member_id, "attempt_id": attempt_id, "number": len(rows) + 1, "left_at": at}
        db.session.execute(insert(_leave), row)


def back(member_id: str, attempt_id: str, *, at: datetime) -> None:
    """The page is in sight again. What was only a moment is forgotten. Raises NotFound."""
    found = clocks.locked(member_id, attempt_id, at)
    last = _rows(found)[-1:] if _written(found, at) else []
    for row in last:
        if row.back_at is None:
            this = {"this_member": member_id, "this_attempt": attempt_id, "this_number": row.number}
            if at - row.left_at < LEAST:
                db.session.execute(delete(_leave).where(*_THIS), this)
            else:
                db.session.execute(update(_leave).where(*_THIS).values(back_at=at), this)


def _written(found: AttemptInfo, at: datetime) -> bool:
    return found.open and not found.clock.overdue(at) and kept_for(found)


def _rows(found: AttemptInfo) -> Sequence[Any]:
    return db.session.execute(_OF, {"member_id": found.member_id, "attempt_id": found.id}).all()


def of(found: AttemptInfo) -> tuple[Away, ...]:
    """The leaves of an attempt in their order. Handing in hides the page as well: what began in the last moment
    of an attempt is none. One statement, and none where leaves are not kept."""
    if not kept_for(found):
        return ()
    return tuple(
        Away(row.left_at, row.back_at)
        for row in _rows(found)
        if row.back_at is not None or found.ended_at is None or found.ended_at - row.left_at >= LEAST
    )


def members_with(before: datetime, most: int) -> list[str]:
    """Members of whom leaves from before that time are kept: work for the sweeper."""
    return list(db.session.scalars(_KEEPERS, {"before": before, "most": most}))


def forget(member_id: str, before: datetime) -> None:
    """Deletes a member's leaves from before that time."""
    db.session.execute(delete(_leave).where(_leave.c.member_id == member_id, _leave.c.left_at < before))
