"""What the readers made of the ledger, to be compared with what they make of it anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from learnapp.db import db, table_of
from learnapp.points import PointsLine, Standing


def points_of_all() -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Every line of points and every standing, without what says when it was made."""
    line, standing = table_of(PointsLine), table_of(Standing)
    lines = {
        (row.member_id, row.period_id, row.entry_seq, row.rule): (row.worth, row.counted, row.reason)
        for row in db.session.execute(select(line))
    }
    standings = {
        (row.member_id, row.period_id): (row.base, row.bonus, row.deduction, row.total)
        for row in db.session.execute(select(standing))
    }
    return lines, standings
