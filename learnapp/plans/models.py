"""What is due from whom, by when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import ID, KEY, Base, UtcDateTime


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
