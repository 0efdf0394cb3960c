"""What is remembered about an assessment besides the points themselves."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Amendment(Base):
    """The rule set of an open period was replaced by another, for the whole period, with a reason.

    `id` is the trace of the decision. Everyone concerned is told, in batches and in the order of their ids:
    `told_after` is the last one told, `told_at` is set once all were.
    """

    __tablename__ = "period_amendment"
    __table_args__ = ({"info": {"place": "reference"}},)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), index=True)
    rule_set_before: Mapped[str] = mapped_column(HASH)
    rule_set: Mapped[str] = mapped_column(HASH)
    reason: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(ID)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_after: Mapped[str] = mapped_column(ID, default="")
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PostedLine(Base):
    """A recognised act as it was posted: which entry, under which rule, for how much, on which day. Deductions are
    never posted, nor anything that says why."""

    __tablename__ = "posted_line"
    __table_args__ = (
        Index("ix_posted_line_period_id", "period_id", "branch_id"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    entry_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(KEY, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID)
    counted: Mapped[int]
    occurred_on: Mapped[date] = mapped_column(Date)


class PostedTotal(Base):
    """A member's sum in hundredths as it stood when the period was posted."""

    __tablename__ = "posted_total"
    __table_args__ = (
        Index("ix_posted_total_period_id", "period_id", "branch_id"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID)
    total: Mapped[int]


class Objection(Base):
    """Somebody says that what was posted about a member is wrong: a line (`entry_seq`) or the sum (0).

    The row belongs to the member concerned; `raised_by` is they or another member of the branch. `text` is the one
    sentence of it, a person's words, which go when that person is erased. `unit_id` is the unit that has to decide:
    the branch, or the nearest above it that has somebody who may. `outcome` is empty until it is decided, with the
    entry that says so; `voided_seq` is the entry that was voided in consequence.
    """

    __tablename__ = "objection"
    __table_args__ = (
        Index("ix_objection_period_id", "period_id", "unit_id"),
        Index("ix_objection_raised_by", "raised_by"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    branch_id: Mapped[str] = mapped_column(ID)
    unit_id: Mapped[str] = mapped_column(ID)
    entry_seq: Mapped[int] = mapped_column(default=0)
    raised_by: Mapped[str] = mapped_column(ID)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    reply_by: Mapped[date] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(KEY, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_seq: Mapped[int | None] = mapped_column()
    voided_seq: Mapped[int | None] = mapped_column()


class Grade(Base):
    """The grade that a meeting decided for a member, beside the chain: entry `entry_seq` commits to it.

    A changed decision is a row with the next number, whose entry voids the one before, and says why in `reason`.
    `suggested` is what the rule set suggested at that moment. `minute` is where it stands in the minutes.
    """

    __tablename__ = "grade"
    __table_args__ = (Index("ix_grade_period_id", "period_id"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    branch_id: Mapped[str] = mapped_column(ID)
    grade: Mapped[str] = mapped_column(KEY)
    suggested: Mapped[str] = mapped_column(KEY)
    meeting_on: Mapped[date] = mapped_column(Date)
    minute: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text, default="")
    entry_seq: Mapped[int]
    decided_by: Mapped[str] = mapped_column(ID)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClosedMember(Base):
    """A member's lines in a period have been closed: their digest, their sum, and the entry that says so."""

    __tablename__ = "closed_member"
    __table_args__ = (Index("ix_closed_member_period_id", "period_id"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(HASH)
    total: Mapped[int]
    entry_seq: Mapped[int]
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecognitionList(Base):
    """A recognition list (表彰名单) of a unit, from the grades that were decided in a period.

    One person draws it up (`draft`) and hands it in (`waiting`), another approves it (`approved`), and once
    everybody on it has their entry it is `published` to the unit. Taking it back is `withdrawing` until every entry
    is void, then `withdrawn`. `grades` are codes of the rule set, with blanks between them.
    """

    __tablename__ = "recognition_list"
    __table_args__ = (
        Index("ix_recognition_list_period_id", "period_id", "unit_id"),
        {"info": {"place": "reference"}},
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120), default="")
    grades: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(KEY, default="draft")
    drawn_by: Mapped[str] = mapped_column(ID)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remark: Mapped[str] = mapped_column(String(200), default="")
    approved_by: Mapped[str | None] = mapped_column(ID)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(ID)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecognisedMember(Base):
    """Somebody on a recognition list, and the sentence that says why. `decision` is the commitment of the grade that
    it rests on; `entry_seq` the entry that says so, once the list was approved."""

    __tablename__ = "recognised_member"
    __table_args__ = (Index("ix_recognised_member_list_id", "list_id"), {"info": {"place": "member"}})

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    list_id: Mapped[str] = mapped_column(ForeignKey("recognition_list.id"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID)
    grade: Mapped[str] = mapped_column(KEY)
    decision: Mapped[str] = mapped_column(HASH)
    reason: Mapped[str] = mapped_column(Text)
    entry_seq: Mapped[int | None] = mapped_column()
    taken_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
