"""Asking for a member's notices."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from learnapp.db import db, table_of
from learnapp.notices.models import Notice

_notice = table_of(Notice)

_ALL = (
    select(
        _notice.c.id,
        _notice.c.kind,
        _notice.c.subject,
        _notice.c.entry_seq,
        _notice.c.data,
        _notice.c.made_at,
        _notice.c.seen_at,
    )
    .where(_notice.c.member_id == bindparam("of_member"))
    .order_by(_notice.c.made_at.desc(), _notice.c.id.desc())
    .limit(bindparam("most"))
)
_WAITING = _ALL.where(_notice.c.seen_at.is_(None))


@dataclass(frozen=True, slots=True)
class Told:
    """A notice. `data` holds codes, ids and numbers, `what` among them: why a result changed, or what is
    replied to. Times are in UTC."""

    id: str
    kind: str
    subject: str
    entry_seq: int | None
    data: Mapping[str, Any]
    made_at: datetime
    seen_at: datetime | None

    @property
    def what(self) -> str:
        """The cause of a changed result, or what a reply is about."""
        return str(self.data["what"])


def waiting(member_id: str, *, most: int = 100) -> list[Told]:
    """The member's notices that were not seen yet, the newest first. One statement."""
    return _rows(db.session.execute(_WAITING, {"of_member": member_id, "most": most}))


def all_of(member_id: str, *, most: int = 100) -> list[Told]:
    """The member's notices, the newest first."""
    return _rows(db.session.execute(_ALL, {"of_member": member_id, "most": most}))


def _rows(rows: Any) -> list[Told]:
    return [_told(row) for row in rows]


def _told(row: Sequence[Any]) -> Told:
    ident, kind, subject, seq, data, made_at, seen_at = row
    return Told(ident, kind, subject, seq, json.loads(data), made_at, seen_at)
