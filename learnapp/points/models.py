"""Rule sets, assessment periods, and what each member's entries are worth in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class RuleSet(Base):
    """A rule set's TOML source, named by its SHA-256."""

    __tablename__ = "rule_set"
    __table_args__ = ({"info": {"place": "reference"}},)

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    adopted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    adopted_by: Mapped[str] = mapped_column(ID)


class Period(Base):
    """An assessment period of a committee's subtree under one frozen rule set. `ends_on` is the last day.

    `state` is planned, open, posted or closed. `people` says whom it assesses, "members" or "workers". `engine` is
    the version of the evaluation that reads the rules, kept from the opening on. `post_until` is the last day of
    the posting (公示). Closing is a job in batches: between `closing_at` and `closed_at` it is under way, and
    `digest` is over the digests of all members once it is done.
    """

    __tablename__ = "period"
    __table_args__ = ({"info": {"place": "reference"}},)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120), default="")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(KEY, default="open")
    rule_set: Mapped[str] = mapped_column(ForeignKey("rule_set.hash"))
    people: Mapped[str] = mapped_column(KEY, default="members", server_default="members")
    engine: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    show_totals: Mapped[bool] = mapped_column(default=False, server_default=false())
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    post_until: Mapped[date | None] = mapped_column(Date)
    closing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closing_by: Mapped[str | None] = mapped_column(ID)
    closing_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(HASH, default="", server_default="")


class PointsLine(Base):
    """What one entry is worth under one rule: `worth` as the rule says, `counted` after windows and caps.

    Both in hundredths. `reason` says why they differ (a code), empty when they do not.
    """

    __tablename__ = "points_line"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    entry_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(KEY, primary_key=True)
    worth: Mapped[int]
    counted: Mapped[int]
    reason: Mapped[str] = mapped_column(KEY, default="")
    occurred_on: Mapped[date] = mapped_column(Date)


class Standing(Base):
    """A member's total in a period with its parts, in hundredths, as folded up to `seq`.

    `adjustment` is what earlier, closed periods have brought since they closed. `veto` says that a veto item
    stands. `branch_id` is the unit of the period's tree where the member was at home last.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_period_id", "period_id", "branch_id"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID)
    base: Mapped[int]
    bonus: Mapped[int]
    deduction: Mapped[int]
    total: Mapped[int]
    seq: Mapped[int]
    adjustment: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    veto: Mapped[bool] = mapped_column(default=False, server_default=false())


class PointsAdjustment(Base):
    """What an entry changed in a period that had closed before: it counts in the period named here.

    `origin_period` is the closed one, `entry_seq` and `rule` name the line there, `amount` is by how much it
    changed, in hundredths. `cause` is a code of `adjusting.CAUSES`, `cause_seq` the entry behind it. Entry 0 is
    the floor: what a change does not bring since the closed sum stood at its floor.
    """

    __tablename__ = "points_adjustment"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    origin_period: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    entry_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(KEY, primary_key=True)
    amount: Mapped[int]
    cause: Mapped[str] = mapped_column(KEY)
    cause_seq: Mapped[int]


class PointsFrozen(Base):
    """A member's lines in a period were frozen: nothing folds into them any more.

    `digest` is over lines, adjustments and sum, `seq` the entry up to which they were made, `engine` the version
    that made them. `terms` is the canonical JSON of homes, classes and exemptions that held then: what is
    recorded about them later makes no other lines here.
    """

    __tablename__ = "points_frozen"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    seq: Mapped[int]
    engine: Mapped[int]
    total: Mapped[int]
    digest: Mapped[str] = mapped_column(HASH)
    terms: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PointsMark(Base):
    """The last entry of a member that has been folded into points, and what besides entries decided then:
    `terms` is a digest over homes, classes, exemptions and periods."""

    __tablename__ = "points_mark"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int]
    terms: Mapped[str] = mapped_column(HASH, default="", server_default="")
