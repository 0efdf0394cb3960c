"""Writing the security log."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select, update

from learnapp.audit.models import AuditEvent
from learnapp.audit.rules import ACTIONS, CODES, truncate_address
from learnapp.db import db, new_id


def write(
    action: str,
    *,
    member_id: str,
    actor_id: str,
    at: datetime,
    subject: str = "",
    address: str | None = None,
    **detail: str | int,
) -> None:
    """Adds one row to the caller's transaction. `member_id` is the person concerned, `actor_id` who acted.

    Raises ValueError for an action outside `ACTIONS`.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is no action of the security log")
    db.session.add(
        AuditEvent(
            member_id=member_id,
            id=new_id(),
            at=at,
            actor_id=actor_id,
            action=action,
            subject=subject,
            address=truncate_address(address),
            detail=json.dumps(detail, ensure_ascii=False, sort_keys=True),
        )
    )
    db.session.flush()


def forget_words(member_id: str) -> None:
    """For whoever erases a person: of the rows about them only ids, times and codes stay. What was written in
    words goes, whoever wrote it."""
    rows = db.session.execute(
        select(AuditEvent.id, AuditEvent.detail).where(
            AuditEvent.member_id == member_id, AuditEvent.detail != "{}"
        )
    ).all()
    for row in rows:
        kept = {name: value for name, value in json.loads(row.detail).items() if name in CODES}
        text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        mine = (AuditEvent.member_id == member_id, AuditEvent.id == row.id)
        db.session.execute(update(AuditEvent).where(*mine).values(detail=text))
