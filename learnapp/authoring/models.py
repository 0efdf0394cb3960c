"""Drafts: what a trainer is writing and has not published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Draft(Base):
    """The text of one module in one language, based on a published version. `revision` grows with each
    save, so that a second author who saves over a newer text is told instead of overwriting it."""

    __tablename__ = "draft"
    __table_args__ = ({"info": {"place": "reference"}},)

    course: Mapped[str] = mapped_column(KEY, primary_key=True)
    module_id: Mapped[str] = mapped_column(KEY, primary_key=True)
    language: Mapped[str] = mapped_column(KEY, primary_key=True)
    base_hash: Mapped[str] = mapped_column(HASH)
    text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(ID)
