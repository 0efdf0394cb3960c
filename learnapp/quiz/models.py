"""Attempts at timed quizzes and the acts of answering."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Attempt(Base):
    """One attempt: the paper drawn and frozen at the start, the server's deadline, and the result.

    `paper` is canonical JSON: the questions in order, each with the order of its options. It is what the
    member was shown; the questions themselves are found in the quiz's version.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("member_id", "quiz", "number"),
        Index("ix_attempt_open", "state", "deadline_at"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY)
    quiz_version: Mapped[str] = mapped_column(HASH)
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(HASH)
    paper: Mapped[str] = mapped_column(Text)
    paper_digest: Mapped[str] = mapped_column(HASH)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    state: Mapped[str] = mapped_column(KEY, default="open")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    ended_by: Mapped[str | None] = mapped_column(KEY, default=None)
    earned: Mapped[int | None] = mapped_column(default=None)
    possible: Mapped[int]
    passed: Mapped[bool | None] = mapped_column(default=None)
    entry_seq: Mapped[int | None] = mapped_column(default=None)


class Act(Base):
    """One tap: an answer given to a question, as the phone numbered and timed it.

    Idempotent by (member, attempt, session, number). A session is a random label of one page on one device,
    made for this attempt only. Per question the highest number wins; ties go to the later received.
    Both elapsed times are milliseconds since the page's session began, by wall and by monotonic clock.
    """

    __tablename__ = "act"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "attempt_id"], ["attempt.member_id", "attempt.id"]),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    session: Mapped[str] = mapped_column(KEY, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(KEY)
    answer: Mapped[str] = mapped_column(Text)
    wall_ms: Mapped[int]
    monotonic_ms: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted: Mapped[bool] = mapped_column(default=True)
