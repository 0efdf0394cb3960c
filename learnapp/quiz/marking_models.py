"""Answers that a person marks, what markers gave, and appeals against it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


def _of_attempt() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["member_id", "attempt_id"], ["attempt.member_id", "attempt.id"])


class Script(Base):
    """An answer of an ended attempt that a person marks: `waiting` or `marked`. It is called by its `lot`, a
    hash that says nothing about who wrote it and when; markers get answers in the order of their lots."""

    __tablename__ = "quiz_script"
    __table_args__ = (
        _of_attempt(),
        Index("ix_quiz_script_queue", "quiz", "question", "state", "lot"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    question: Mapped[str] = mapped_column(KEY, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY)
    quiz_version: Mapped[str] = mapped_column(HASH)
    lot: Mapped[str] = mapped_column(ID)
    state: Mapped[str] = mapped_column(KEY, default="waiting")
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Lot(Base):
    """Finds the script behind a lot; read first and never joined."""

    __tablename__ = "quiz_lot"
    __table_args__ = ({"info": {"place": "key:lot"}},)

    lot: Mapped[str] = mapped_column(ID, primary_key=True)
    member_id: Mapped[str] = mapped_column(ID)
    attempt_id: Mapped[str] = mapped_column(ID)
    question: Mapped[str] = mapped_column(KEY)


class Mark(Base):
    """What a person gave for an answer: `criteria` is canonical JSON, criterion -> hundredths. The highest
    number holds, as long as `answer_digest` (SHA-256 of the answer's canonical JSON) is that of the answer that
    counts. `cause` is "mark", or "appeal" where it was given after one."""

    __tablename__ = "quiz_mark"
    __table_args__ = (_of_attempt(), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    question: Mapped[str] = mapped_column(KEY, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer_digest: Mapped[str] = mapped_column(HASH)
    criteria: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(KEY)
    made_by: Mapped[str] = mapped_column(ID)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Appeal(Base):
    """A member asked somebody else to look at a mark again: `open`, then `kept` or `changed`. Once per answer."""

    __tablename__ = "quiz_appeal"
    __table_args__ = (_of_attempt(), Index("ix_quiz_appeal_state", "state"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    question: Mapped[str] = mapped_column(KEY, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY)
    lot: Mapped[str] = mapped_column(ID)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(KEY, default="open")
    decided_by: Mapped[str | None] = mapped_column(ID, default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reply: Mapped[str] = mapped_column(Text, default="")
