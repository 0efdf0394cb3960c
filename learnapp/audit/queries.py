"""Reading the security log."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, or_, select

from learnapp.audit.models import AuditEvent
from learnapp.clock import iso, parse_iso
from learnapp.db import db


@dataclass(frozen=True)
class Event:
    """One row of the security log; `at` is an instant in UTC, `actor_id` is empty when nobody knows who."""

    member_id: str
    id: str
    at: datetime
    actor_id: str
    action: str
    subject: str
    address: str
    detail: dict[str, Any]

    @property
    def cursor(self) -> str:
        """Text that stands for this row's place in the log, to read on behind it."""
        return f"{iso(self.at)}~{self.id}"


_COLUMNS = (
    AuditEvent.member_id,
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.actor_id,
    AuditEvent.action,
    AuditEvent.subject,
    AuditEvent.address,
    AuditEvent.detail,
)


def events(
    members: Collection[str] | Select[Any] | CompoundSelect[Any],
    *,
    limit: int,
    action: str = "",
    behind: str = "",
) -> list[Event]:
    """The latest rows about these people (ids, or a SELECT of ids), newest first.

    With `action` only rows of that kind; `behind` is the cursor of the last row already shown, and a text
    that is no cursor starts from the top.
    """
    statement = select(*_COLUMNS).where(AuditEvent.member_id.in_(members))
    if action:
        statement = statement.where(AuditEvent.action == action)
    place = _place(behind)
    if place is not None:
        at, row_id = place
        statement = statement.where(
            or_(AuditEvent.at < at, and_(AuditEvent.at == at, AuditEvent.id < row_id))
        )
    rows = db.session.execute(statement.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit))
    return [Event(*row[:7], json.loads(row[7])) for row in rows]


def _place(cursor: str) -> tuple[datetime, str] | None:
    stamp, _, row_id = cursor.partition("~")
    try:
        return parse_iso(stamp), row_id
    except (ValueError, OverflowError):
        return None
