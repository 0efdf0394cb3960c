"""The sweeper's share of old data: it goes on with lists that somebody confirmed, and starts none by itself."""

from __future__ import annotations

from datetime import datetime

from learnapp.db import db
from learnapp.persons import retention


def go_on(at: datetime, limit: int) -> int:
    """Deletes what confirmed lists have of at most `limit` members; returns how many rows went. Called outside of
    any transaction."""
    found = retention.undone()
    db.session.rollback()
    return sum(retention.carry_out(one, at=at, limit=limit) for one in found)
