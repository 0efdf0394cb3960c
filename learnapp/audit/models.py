"""What the security log remembers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import ID, KEY, Base, UtcDateTime


class AuditEvent(Base):
    """One use of power or of an account, written in the same transaction as the act it tells of.

    `member_id` is the person concerned, `actor_id` who did it. The address is truncated before it gets here.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_at", "at"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(ID)
    action: Mapped[str] = mapped_column(KEY)
    subject: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(60), default="")
    detail: Mapped[str] = mapped_column(Text, default="{}")
