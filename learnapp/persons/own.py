"""What is kept of a person beside the study record, for the person themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from learnapp.clock import iso
from learnapp.db import Base, db

# Table -> the columns that the person is given. No secrets, no words about others, and no results, which may not
# be said yet and stand in the study record when they may.
GIVEN: dict[str, tuple[str, ...]] = {
    "account": ("member_id", "name", "sign_in", "phone", "created_at"),
    "membership": ("branch_id", "kind", "member_class", "post", "valid_from", "valid_to"),
    "role_grant": ("role", "branch_id", "valid_from", "valid_to"),
    "exemption": ("valid_from", "valid_to"),
    "quiz_allowance": ("percent", "set_at"),
    "quiz_fault": ("quiz", "question", "text", "made_at", "state", "reply"),
    "quiz_appeal": ("quiz", "question", "text", "made_at", "state", "reply"),
    "study_progress": ("course", "module_id", "sections", "check_passed_at", "completed_at"),
    "ledger_note": ("text",),
    "notice": ("kind", "subject", "made_at", "seen_at"),
    "erasure_request": ("way", "asked_at", "due_on", "state", "reply"),
    "audit_event": ("at", "action", "subject", "address"),
}


def own_data(member_id: str) -> dict[str, list[dict[str, Any]]]:
    """The person's rows by table, as JSON values; times in UTC."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, columns in GIVEN.items():
        table = Base.metadata.tables[name]
        rows = select(*(table.c[column] for column in columns)).where(table.c.member_id == member_id)
        ordered = rows.order_by(*table.primary_key)
        found[name] = [
            {key: _plain(value) for key, value in row.items()}
            for row in db.session.execute(ordered).mappings()
        ]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value
