"""The sweeper's share of erasures: it completes what was decided, account by account."""

from __future__ import annotations

from datetime import datetime

import structlog

from learnapp import follow, persons
from learnapp.db import db, transaction

_log = structlog.get_logger()


def go_on(at: datetime, zone: str) -> int:
    """Carries out every decided erasure; returns how many. What fails is logged and tried again by the next run.
    Called outside of any transaction."""
    found = [one for one in persons.open_requests() if one.state == "decided"]
    db.session.rollback()
    return sum(_carried_out(one, at, zone) for one in found)


def _carried_out(found: persons.Request, at: datetime, zone: str) -> bool:
    try:
        for member_id in persons.carry_out(found.member_id, found.id, at=at, zone=zone):
            with transaction():
                follow.member(member_id, at=at, zone=zone)
        return True
    except Exception:
        _log.exception("erasure not finished", member=found.member_id, request=found.id)
        return False
