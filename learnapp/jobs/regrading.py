"""The sweeper's share of a corrected key: it goes on with what was decided, wherever it was broken off."""

from __future__ import annotations

from datetime import datetime

import structlog

from learnapp import quiz
from learnapp.db import db, transaction

# A run of the sweeper also closes attempts, which may not wait for long.
LIMIT = 200
_BATCH = 100
_log = structlog.get_logger()


def go_on(at: datetime, limit: int = LIMIT) -> int:
    """Corrects results of at most `limit` members, each in a transaction of their own; returns how many members
    were seen to. Who fails is logged and passed over until the next time. Called outside of any transaction."""
    done = 0
    traces = quiz.regrade.undone()
    db.session.rollback()
    for trace in traces:
        after = ""
        while done < limit:
            members = quiz.regrade.members_left(trace, after=after, most=min(_BATCH, limit - done))
            db.session.rollback()
            if not members:
                with transaction():
                    quiz.regrade.complete(trace, at=at)
                break
            done += sum(_corrected(trace, member_id, at) for member_id in members)
            after = members[-1]
    return done


def _corrected(trace: str, member_id: str, at: datetime) -> bool:
    try:
        with transaction():
            quiz.regrade.correct(trace, member_id, at=at)
        return True
    except Exception:
        _log.exception("result not corrected", member=member_id, trace=trace)
        return False
