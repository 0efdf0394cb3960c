"""What was decided about the keys of a quiz after it had been answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Regrade(Base):
    """Somebody decided that the attempts at `from_version` are marked by the keys of `to_version`.

    `id` is the trace of everything that follows from it, the beginning of the plan's `digest`: confirming the
    same plan twice is one decision. `changed` and `total` are those of the plan. `done_at` says that every
    attempt has been seen to; until then a sweeper goes on. A later decision about the same version ends an
    earlier one.
    """

    __tablename__ = "quiz_regrade"
    __table_args__ = (
        Index("ix_quiz_regrade_quiz", "quiz", "from_version"),
        Index("ix_quiz_regrade_done_at", "done_at"),
        {"info": {"place": "reference"}},
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY)
    from_version: Mapped[str] = mapped_column(HASH)
    to_version: Mapped[str] = mapped_column(HASH)
    digest: Mapped[str] = mapped_column(HASH)
    changed: Mapped[int]
    total: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[str] = mapped_column(ID)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
