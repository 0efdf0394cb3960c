"""Two accounts that are one person, the wish to be erased, and what was decided about old data."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class GivenUp(Base):
    """The given-up side of a merge: `member_id` was given up for `kept_id`. `state` is standing, then undone.

    `before` is JSON: what ended with the merge and comes back when it is undone. `note` commits to the reason.
    """

    __tablename__ = "person_given_up"
    __table_args__ = (Index("ix_person_given_up_kept_id", "kept_id"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kept_id: Mapped[str] = mapped_column(ID)
    state: Mapped[str] = mapped_column(KEY, default="standing")
    decided_by: Mapped[str] = mapped_column(ID)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_on: Mapped[date] = mapped_column(Date)
    kept_seq: Mapped[int]
    kept_hash: Mapped[str] = mapped_column(HASH)
    note: Mapped[str] = mapped_column(HASH)
    before: Mapped[str] = mapped_column(Text)


class Carried(Base):
    """The side of a merge that goes on. `seq` is how far the other stream has been carried over; `state` is
    standing, then undone.

    `home_id` is the home that came over, `brought` JSON of what study progress came over, so that undoing takes
    away exactly that.
    """

    __tablename__ = "person_carried"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    merge_id: Mapped[str] = mapped_column(ID, primary_key=True)
    other_id: Mapped[str] = mapped_column(ID)
    state: Mapped[str] = mapped_column(KEY, default="standing")
    seq: Mapped[int]
    home_id: Mapped[str | None] = mapped_column(ID, default=None)
    brought: Mapped[str] = mapped_column(Text, default="{}")
    undone_by: Mapped[str | None] = mapped_column(ID, default=None)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    undo_note: Mapped[str] = mapped_column(HASH, default="")


class ErasureRequest(Base):
    """A person is to be erased: `open`, then `withdrawn`, `refused`, `decided` or `done`. Asked by themselves
    (`page`) or handed in on paper (`paper`) and entered by `asked_by`. `due_on` is the last day for the reply,
    `reply` what was written to somebody who was refused."""

    __tablename__ = "erasure_request"
    __table_args__ = (Index("ix_erasure_request_state", "state"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    way: Mapped[str] = mapped_column(KEY)
    asked_by: Mapped[str] = mapped_column(ID)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(KEY, default="open")
    decided_by: Mapped[str | None] = mapped_column(ID, default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reply: Mapped[str] = mapped_column(String(500), default="")


class RetentionRun(Base):
    """Somebody confirmed the list with this digest. `plan` is JSON: rule -> [the time before which it deletes,
    how many rows were listed], `removed` JSON: rule -> how many went. Until `done_at` a sweeper goes on."""

    __tablename__ = "retention_run"
    __table_args__ = ({"info": {"place": "reference"}},)

    digest: Mapped[str] = mapped_column(HASH, primary_key=True)
    plan: Mapped[str] = mapped_column(Text)
    removed: Mapped[str] = mapped_column(Text, default="{}")
    set_by: Mapped[str] = mapped_column(ID)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
