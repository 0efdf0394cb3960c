"""Reading the security log."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from learnapp.audit.models import AuditEvent
from learnapp.db import db


@dataclass(frozen=True)
class Event:
    """One row of the security log."""

    member_id: str
    at: datetime
    actor_id: str
    action: str
    subject: str
    address: str
    detail: dict[str, Any]


def events(members: Collection[str], before: datetime, limit: int) -> list[Event]:
    """The latest rows about these members older than `before`, newest first."""
    rows = db.session.execute(
        select(
            AuditEvent.member_id,
            AuditEvent.at,
            AuditEvent.actor_id,
            AuditEvent.action,
            AuditEvent.subject,
            AuditEvent.address,
            AuditEvent.detail,
        )
        .where(AuditEvent.member_id.in_(members), AuditEvent.at < before)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(limit)
    )
    return [Event(*row[:6], json.loads(row[6])) for row in rows]
