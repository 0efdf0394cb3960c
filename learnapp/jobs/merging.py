"""The sweeper's share of joined accounts: it finishes what a door left, and carries on what came later."""

from __future__ import annotations

from datetime import datetime

import structlog

from learnapp import follow, persons
from learnapp.db import db, transaction

_log = structlog.get_logger()


def go_on(at: datetime, zone: str) -> int:
    """Brings every joining of accounts up to its given-up stream, or ends one that was undone on one side only,
    each member in a transaction of their own; returns how many. A stream that was given up for another one that
    was given up itself is carried in as many runs as there are links. Called outside of any transaction."""
    found = persons.unfinished()
    db.session.rollback()
    return sum(_finished(given_id, merge_id, at, zone) for given_id, merge_id in found)


def _finished(given_id: str, merge_id: str, at: datetime, zone: str) -> bool:
    try:
        kept_id = persons.merge_of(given_id, merge_id).kept_id
        db.session.rollback()
        with transaction():
            persons.carry(given_id, merge_id, at=at, zone=zone)
        with transaction():
            persons.give_back(given_id, merge_id, at=at)
        for member_id in (kept_id, given_id):
            with transaction():
                follow.member(member_id, at=at, zone=zone)
        return True
    except Exception:
        _log.exception("joining not finished", member=given_id, merge=merge_id)
        return False
