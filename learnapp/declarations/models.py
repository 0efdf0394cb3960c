"""Acts that somebody declared or recorded, the file that may hang on one, and what a member has signed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class DeclaredAct(Base):
    """How one act stands, so that what waits can be found. The truth is in the ledger: everything but the branch
    follows from the member's entries, and `check` says whether it does.

    `branch_id` is where the member was at home when it was entered; that branch answers. `origin` is declared or
    recorded, `seq` the entry that began it, `decided_seq` the one that ended it. `note` and `reply` are the
    commitments to what was said, which stands beside the chain.
    """

    __tablename__ = "declared_act"
    __table_args__ = (
        Index("ix_declared_act_branch_id", "branch_id", "state"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    act: Mapped[str] = mapped_column(KEY)
    origin: Mapped[str] = mapped_column(KEY)
    state: Mapped[str] = mapped_column(KEY)
    done_on: Mapped[date] = mapped_column(Date)
    proposer: Mapped[str] = mapped_column(ID)
    seq: Mapped[int]
    note: Mapped[str] = mapped_column(HASH)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_seq: Mapped[int | None] = mapped_column(default=None)
    decided_by: Mapped[str | None] = mapped_column(ID, default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reason: Mapped[str] = mapped_column(KEY, default="")
    reply: Mapped[str] = mapped_column(HASH, default="")
    branch_id: Mapped[str] = mapped_column(ID)


class ActFile(Base):
    """A file that a member chose to add to an act. It lies in the member's own row and in no shared folder, so
    that nobody else can name it and it goes with the person."""

    __tablename__ = "act_file"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    act_id: Mapped[str] = mapped_column(ID, primary_key=True)
    media_type: Mapped[str] = mapped_column(KEY)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuarterSignature(Base):
    """The last signature of a member under a quarter of a period; follows from the entries like an act."""

    __tablename__ = "quarter_signature"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ID, primary_key=True)
    quarter: Mapped[str] = mapped_column(KEY, primary_key=True)
    digest: Mapped[str] = mapped_column(HASH)
    seq: Mapped[int]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
