"""The sweeper's share of assessments: it goes on closing periods, and telling of amended rules, wherever it was
broken off, and reminds once of an objection that waits for longer than it should."""

from __future__ import annotations

from datetime import date, datetime

import structlog

from learnapp import assessment, clock, follow, notices, points
from learnapp.db import db, transaction

LIMIT = 500
_BATCH = 100
_log = structlog.get_logger()
# Of which objections this process has reminded: no fact, only a saving, since told twice is told once.
_reminded: set[str] = set()


def go_on(at: datetime, zone: str, limit: int = LIMIT) -> int:
    """Closes at most `limit` members, each in a transaction of their own, and the period once none is left; tells
    at most as many of amended rules. Returns how many were closed or told. Who fails is logged and passed over
    until the next time. Called outside of any transaction."""
    today = clock.local_date(at, zone)
    periods = assessment.closing.under_way()
    untold = assessment.amending.untold()
    late = assessment.objections.overdue(today)
    recognising = assessment.recognition.under_way()
    db.session.rollback()
    done = sum(close(period_id, at, zone, limit) for period_id in periods)
    done += sum(_tell(trace, at, limit) for trace in untold)
    done += sum(recognise(list_id, at) for list_id in recognising)
    return done + sum(_remind(one, today, at) for one in late)


def close(period_id: str, at: datetime, zone: str, limit: int = LIMIT) -> int:
    """Goes on closing one period; returns how many members were closed."""
    today, done, after = clock.local_date(at, zone), 0, ""
    period = points.period(period_id)
    db.session.rollback()
    while done < limit:
        members = assessment.closing.left(period, today, min(_BATCH, limit - done), after)
        db.session.rollback()
        if not members:
            break
        done += sum(_closed(period, member_id, at) for member_id in members)
        after = members[-1]
    if not _left(period, today):
        _finish(period, today, at)
    return done


def recognise(list_id: str, at: datetime) -> int:
    """Goes on publishing a recognition list, or taking it back; returns for how many members."""
    members = assessment.recognition.left(list_id)
    db.session.rollback()
    for member_id in members:
        with transaction():
            assessment.recognition.go_on(list_id, member_id, at=at)
    with transaction():
        assessment.recognition.finish(list_id)
    return len(members)


def _left(period: points.PeriodInfo, today: date) -> bool:
    found = bool(assessment.closing.left(period, today, 1))
    db.session.rollback()
    return found


def _closed(period: points.PeriodInfo, member_id: str, at: datetime) -> bool:
    try:
        with transaction():
            return assessment.closing.close_member(member_id, period, at=at)
    except Exception:
        _log.exception("member not closed", member=member_id, period=period.id)
        return False


def _finish(period: points.PeriodInfo, today: date, at: datetime) -> None:
    with transaction():
        opened = assessment.closing.finish(period, today=today, at=at)
        if opened is not None:
            follow.stale([points.period(opened).branch_id], today)


def _tell(found: assessment.amending.AmendmentInfo, at: datetime, limit: int) -> int:
    """Tells the next of those whom amended rules concern, each in a transaction of their own."""
    members = assessment.amending.concerned(found, limit)
    db.session.rollback()
    for member_id in members:
        with transaction():
            notices.tell(
                member_id,
                "amended",
                found.id,
                subject=f"period/{found.period_id}",
                at=at,
                period=found.period_id,
                trace=found.id,
            )
    with transaction():
        after = members[-1] if members else found.told_after
        assessment.amending.told(found.id, after, done=len(members) < limit, at=at)
    return len(members)


def _remind(found: assessment.ObjectionInfo, today: date, at: datetime) -> int:
    """One reminder for each who may decide; told twice it is told once."""
    told = 0
    if found.id in _reminded:
        return told
    for member_id in assessment.objections.deciders(found, today):
        with transaction():
            told += notices.tell(
                member_id,
                "objection-late",
                found.id,
                subject=f"objection/{found.id}",
                at=at,
                about=found.member_id,
            )
    _reminded.add(found.id)
    return told
