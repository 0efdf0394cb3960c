"""The tree of units, and who belongs where, in which class, with which role, from when to when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import ID, KEY, Base, UtcDateTime


class Branch(Base):
    """A unit: committee (党委), general branch (党总支), branch (党支部) or group (党小组)."""

    __tablename__ = "branch"
    __table_args__ = ({"info": {"place": "reference"}},)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"), default=None, index=True)
    kind: Mapped[str] = mapped_column(KEY)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    founded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BranchPath(Base):
    """Every (ancestor, unit) pair of the tree, the unit itself included at depth 0."""

    __tablename__ = "branch_path"
    __table_args__ = ({"info": {"place": "reference"}},)

    ancestor_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), primary_key=True, index=True)
    depth: Mapped[int]


class Membership(Base):
    """A member belongs to a unit for an interval: at home, or as a guest of a host branch.

    `valid_to` is the first day after; None is "until further notice".
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_branch_id", "branch_id", "valid_from"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(KEY)
    member_class: Mapped[str] = mapped_column(KEY)
    post: Mapped[str | None] = mapped_column(KEY, default=None)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, default=None)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(ID)


class MembershipBefore(Base):
    """A membership as it stood until somebody changed it, so that what was known on a day can still be told.

    Whoever corrects an interval, or ends it, leaves here what it said before, since when, and until when.
    """

    __tablename__ = "membership_before"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    membership_id: Mapped[str] = mapped_column(ID)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(KEY)
    member_class: Mapped[str] = mapped_column(KEY)
    post: Mapped[str | None] = mapped_column(KEY, default=None)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, default=None)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(ID)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by: Mapped[str] = mapped_column(ID)


class Transfer(Base):
    """A member's move from one home to another, from being asked for to its end.

    `state` is one of `asked`, `received`, `confirmed`, `declined`, `withdrawn`, `expired`. `moves_on` is the first
    day in the new home. What is neither confirmed nor ended by `expires_on` counts as expired from that day on,
    without a job: the next who touches it writes that down.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        Index("ix_transfer_from_id", "from_id", "state"),
        Index("ix_transfer_to_id", "to_id", "state"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    from_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    moves_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(KEY)
    expires_on: Mapped[date] = mapped_column(Date)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(ID)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    received_by: Mapped[str | None] = mapped_column(ID, default=None)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    ended_by: Mapped[str | None] = mapped_column(ID, default=None)


class RoleGrant(Base):
    """A role given to a person on a unit and everything below it."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_branch_id", "branch_id"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    role: Mapped[str] = mapped_column(KEY)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, default=None)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(ID)


class Exemption(Base):
    """A member is not expected to study in an interval. Who approved it is kept, the reason is not."""

    __tablename__ = "exemption"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    approved_by: Mapped[str] = mapped_column(ID)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
