"""The sweeper's share of old data: it goes on with lists that somebody confirmed, and starts none by itself."""

from __future__ import annotations

from datetime import datetime

import structlog

from learnapp.db import db, transaction
from learnapp.persons import retention

_log = structlog.get_logger()


def go_on(at: datetime, limit: int) -> int:
    """Deletes what confirmed lists have of at most `limit` members; returns how many rows went. Called outside of
    any transaction."""
    found = retention.undone()
    db.session.rollback()
    return sum(carry_out(one, at, limit) for one in found)


def carry_out(found: retention.Run, at: datetime, limit: int | None = None) -> int:
    """Deletes what a confirmed list has, each member in a transaction of their own, at most `limit` members; says
    that it is done when nothing is left. Returns how many rows went."""
    rows = members = 0
    for rule_id in found.plan:
        while batch := retention.members_left(found, rule_id):
            db.session.rollback()
            for member_id in batch:
                if limit is not None and members >= limit:
                    return rows
                with transaction():
                    rows += retention.remove(found, rule_id, member_id)
                members += 1
        db.session.rollback()
    with transaction():
        retention.complete(found, at=at)
    return rows
