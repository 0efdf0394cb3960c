"""What members reported about questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Fault(Base):
    """What a member found wrong with a question, and what was replied: `open`, `answered`, or `fixed` where
    the question was changed."""

    __tablename__ = "quiz_fault"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "attempt_id"], ["attempt.member_id", "attempt.id"]),
        Index("ix_quiz_fault_state", "state", "quiz"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY)
    version: Mapped[str] = mapped_column(HASH)
    question: Mapped[str] = mapped_column(KEY)
    attempt_id: Mapped[str] = mapped_column(ID)
    text: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(KEY, default="open")
    reply: Mapped[str] = mapped_column(String(500), default="")
    decided_by: Mapped[str | None] = mapped_column(ID, default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
