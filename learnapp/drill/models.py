"""The wrong-answer book of a member."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class DrillCard(Base):
    """A question that a member got wrong, as it was: `version` is the quiz's version of the latest mistake in
    a quiz, `attempt_id` the attempt in which it was made, and `key_version` the later version, if any, whose
    keys hold for it since.

    `reviews` is the number of the latest review. `due_on` is the local day from which the card is offered; None
    once it rests because it was answered right often enough. `retired_at` is set when the member put it away.
    """

    __tablename__ = "drill_card"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY, primary_key=True)
    question: Mapped[str] = mapped_column(KEY, primary_key=True)
    version: Mapped[str] = mapped_column(HASH)
    key_version: Mapped[str | None] = mapped_column(HASH, default=None)
    attempt_id: Mapped[str] = mapped_column(ID)
    reviews: Mapped[int]
    due_on: Mapped[date | None] = mapped_column(Date, default=None)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class DrillReview(Base):
    """One answer to a card's question, in a quiz or in the book; what the schedule is computed from.

    `attempt_id` is empty for answers in the book. `answer` is canonical JSON in the definition's terms.
    """

    __tablename__ = "drill_review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "quiz", "question"],
            ["drill_card.member_id", "drill_card.quiz", "drill_card.question"],
        ),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY, primary_key=True)
    question: Mapped[str] = mapped_column(KEY, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    right: Mapped[bool]
    version: Mapped[str] = mapped_column(HASH)
    attempt_id: Mapped[str | None] = mapped_column(ID, default=None)
    answer: Mapped[str] = mapped_column(Text)


class DrillSource(Base):
    """An attempt whose mistakes are in the book. `entry_seq` is the ledger entry that ended it, `corrections`
    how often its result had been corrected, `key_version` by whose keys it was marked: one that was opened
    again, or corrected, is read once more, also where the sum stayed the same."""

    __tablename__ = "drill_source"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    entry_seq: Mapped[int]
    corrections: Mapped[int] = mapped_column(default=0, server_default="0")
    key_version: Mapped[str | None] = mapped_column(HASH, default=None)
