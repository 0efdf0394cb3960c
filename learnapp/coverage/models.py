"""How far a branch has come: one status row per member and plan item, and roll-ups for every ancestor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import ID, KEY, Base, UtcDateTime


class CoverageStatus(Base):
    """The truth about one member and one plan item.

    `state` is one of `open`, `under`, `done`, `out` (not expected: exempt, or joined too late).
    """

    __tablename__ = "coverage_status"
    __table_args__ = (
        Index("ix_coverage_status_branch_id", "branch_id", "item_id"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    item_id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID)
    state: Mapped[str] = mapped_column(KEY)
    entry_seq: Mapped[int | None] = mapped_column(default=None)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CoverageMark(Base):
    """The last entry of a member that has been folded into coverage, and the home it was folded for: where the
    branch or the interval (`home_id`: branch, class and post) differs from today's, somebody moved or became
    something else on a day, and is folded anew. None is a mark from before intervals were remembered."""

    __tablename__ = "coverage_mark"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int]
    branch_id: Mapped[str | None] = mapped_column(ID, default=None)
    home_id: Mapped[str | None] = mapped_column(ID, default=None)


class CoverageDelta(Base):
    """A change of one status row that the roll-ups have not taken yet, written with that row."""

    __tablename__ = "coverage_delta"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID)
    item_id: Mapped[str] = mapped_column(ID)
    open: Mapped[int] = mapped_column(default=0)
    under: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    out: Mapped[int] = mapped_column(default=0)


class CoverageRollup(Base):
    """Counts of a child unit's whole subtree as seen from its parent; (parent, parent) holds the parent's
    own members. The sum over `branch_id` is the parent's figure, so a parent is the sum of its children."""

    __tablename__ = "coverage_rollup"
    __table_args__ = ({"info": {"place": "key:parent_id"}},)

    parent_id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID, primary_key=True)
    item_id: Mapped[str] = mapped_column(ID, primary_key=True)
    open: Mapped[int] = mapped_column(default=0)
    under: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    out: Mapped[int] = mapped_column(default=0)


class CoverageClock(Base):
    """One row: when the roll-up job last started. It is also the job's lock."""

    __tablename__ = "coverage_clock"
    __table_args__ = ({"info": {"place": "local"}},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
