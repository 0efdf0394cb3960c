"""When the page of an exam was left, where its author had that written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import ID, Base, UtcDateTime


class Leave(Base):
    """The page of a running exam was out of sight: since when, and until when (None: nothing was heard after).

    Times are the server's. Nothing else is kept: no address, no device, not what was there instead. It goes when
    the assessment period of its time is over, and is never in the ledger.
    """

    __tablename__ = "quiz_leave"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "attempt_id"], ["attempt.member_id", "attempt.id"]),
        Index("ix_quiz_leave_left_at", "left_at"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    back_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
