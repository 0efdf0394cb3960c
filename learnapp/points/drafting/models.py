"""Drafts of rule sets, and the versions a unit has adopted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class RuleDraft(Base):
    """A rule set that a unit is working on: its TOML text, which the form shows as rows.

    `revision` grows with every save, so that who saved in between is noticed. `begun_from` is the hash of the
    version it was begun from, empty for a file that somebody handed in.
    """

    __tablename__ = "rule_draft"
    __table_args__ = ({"info": {"place": "reference"}},)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), index=True)
    source: Mapped[str] = mapped_column(Text)
    begun_from: Mapped[str] = mapped_column(HASH, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(ID)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(ID)


class RuleVersion(Base):
    """A rule set that a unit adopted: the `number`-th of this name (`set_id`), when, by whom and why.

    `run_id` is the dry run that was looked at before, empty where it was adopted without one.
    """

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("branch_id", "set_id", "number"), {"info": {"place": "reference"}})

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    set_id: Mapped[str] = mapped_column(KEY)
    number: Mapped[int]
    rule_set: Mapped[str] = mapped_column(ForeignKey("rule_set.hash"))
    note: Mapped[str] = mapped_column(String(500))
    run_id: Mapped[str] = mapped_column(ID, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(ID)
