"""What is due from whom, by when, and the study rules that committees adopted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Plan(Base):
    """Study assigned to a unit and its subtree, for some member classes (JSON list; empty is all)."""

    __tablename__ = "plan"
    __table_args__ = ({"info": {"place": "reference"}},)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    classes: Mapped[str] = mapped_column(Text, default="[]")
    starts_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(ID)


class PlanItem(Base):
    """One course or quiz of a plan."""

    __tablename__ = "plan_item"
    __table_args__ = ({"info": {"place": "reference"}},)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(KEY)
    slug: Mapped[str] = mapped_column(KEY)
    position: Mapped[int]


class StudyRuleText(Base):
    """A text of study rules that a committee adopted, under its SHA-256; `version` is the name that entries keep."""

    __tablename__ = "study_rule_text"
    __table_args__ = ({"info": {"place": "reference"}},)

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    version: Mapped[str] = mapped_column(KEY, unique=True)
    text: Mapped[str] = mapped_column(Text)


class StudyRuleUse(Base):
    """A committee's decision: from a day on these rules hold for the unit and everything below that has none of
    its own; without a hash those of the unit above hold again. Decisions are never changed or taken away: a later
    one for the same day stands in the place of an earlier one."""

    __tablename__ = "study_rule_use"
    __table_args__ = ({"info": {"place": "reference"}},)

    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(Date)
    hash: Mapped[str | None] = mapped_column(ForeignKey("study_rule_text.hash"), default=None)
    adopted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    adopted_by: Mapped[str] = mapped_column(ID)
