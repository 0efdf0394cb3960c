"""How far a member is in a module."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class StudyProgress(Base):
    """A member in a module: the sections completed (JSON list of section ids), the check, the completion.

    No times of reading are kept, only that a section was completed. `completed_version` is the version of
    the course that was completed; a later version does not reopen it.
    """

    __tablename__ = "study_progress"
    __table_args__ = (
        Index("ix_study_progress_day", "member_id", "completed_on"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    course: Mapped[str] = mapped_column(KEY, primary_key=True)
    module_id: Mapped[str] = mapped_column(KEY, primary_key=True)
    sections: Mapped[str] = mapped_column(Text, default="[]")
    check_passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    completed_on: Mapped[date | None] = mapped_column(Date, default=None)
    completed_version: Mapped[str | None] = mapped_column(HASH, default=None)
    hours_hundredths: Mapped[int] = mapped_column(default=0)
    entry_seq: Mapped[int | None] = mapped_column(default=None)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
