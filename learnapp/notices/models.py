"""Notices of a member, and how far the ledger has been read for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import ID, KEY, Base, UtcDateTime


class Notice(Base):
    """One thing a member should hear: a `result` that changed, a `decision` about their record, or a `reply`.

    `key` names the matter, so that hearing of it twice is one notice. `entry_seq` is the ledger entry that it
    was read from, None where it was told. `data` is canonical JSON with codes, ids and numbers; the words are
    made when it is shown, in the reader's language.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("member_id", "key"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(KEY)
    subject: Mapped[str] = mapped_column(String(200))
    entry_seq: Mapped[int | None] = mapped_column(default=None)
    data: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class NoticeMark(Base):
    """The last entry of a member that has been read for notices."""

    __tablename__ = "notice_mark"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int]
