"""The sweeper's share of page leaves: they go when the assessment period of their time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from learnapp import clock, points, quiz
from learnapp.db import db, transaction

# Where no period was ever opened, a year is as long as one would be.
YEAR = timedelta(days=366)


def forget(at: datetime, zone: str, limit: int) -> int:
    """Deletes the leaves from before every period that still runs, of at most `limit` members, each in a
    transaction of their own; returns how many members. Called outside of any transaction."""
    today = clock.local_date(at, zone)
    first = points.assessed_from(today) or today - YEAR
    before, _end = clock.day_bounds(first, zone)
    members = quiz.leaves.members_with(before, limit)
    db.session.rollback()
    for member_id in members:
        with transaction():
            quiz.leaves.forget(member_id, before)
    return len(members)
