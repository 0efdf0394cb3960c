"""What is remembered of a stored file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, KEY, Base, UtcDateTime


class MediaFile(Base):
    """A file named by the SHA-256 of its bytes; the bytes lie in the data folder."""

    __tablename__ = "media_file"
    __table_args__ = ({"info": {"place": "reference"}},)

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    media_type: Mapped[str] = mapped_column(KEY)
    size: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
