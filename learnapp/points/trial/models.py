"""Dry runs: what a rule set would have made of a past period."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class DryRun(Base):
    """A dry run of a rule set over a period. Its row is its order, its progress and its result.

    `state` is waiting, running, done, cancelled or failed. `source` is the text that is tried, so that a draft may
    change meanwhile. `after` is the last member that was computed, in the order of ids: whoever goes on begins
    behind it. `seen_at` is when its worker last wrote; one that stays silent is taken over. `figures` is the
    canonical JSON of the sums so far. `draft_id` is the draft, or the adopted version, it was ordered for.
    """

    __tablename__ = "dry_run"
    __table_args__ = ({"info": {"place": "reference"}},)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), index=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"), index=True)
    draft_id: Mapped[str] = mapped_column(ID, default="", index=True)
    rule_set: Mapped[str] = mapped_column(HASH)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(KEY, default="waiting", index=True)
    members: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    after: Mapped[str] = mapped_column(ID, default="")
    figures: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(ID)
    worker: Mapped[str] = mapped_column(ID, default="")
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class DryRunMove(Base):
    """A member whose sum or suggested grade a dry run would have changed; amounts in hundredths.

    By run, not by member: it is a part of the result of one job, is written in batches, and goes with the run.
    `rules` is the canonical JSON of what each rule adds or removes for this member. Old rows are forgotten by the rule
    `dry-runs` of keeping data; the sums of the run stay.
    """

    __tablename__ = "dry_run_move"
    __table_args__ = (
        Index("ix_dry_run_move_branch", "run_id", "branch_id"),
        {"info": {"place": "key:run_id"}},
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("dry_run.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID)
    was: Mapped[int]
    would: Mapped[int]
    was_grade: Mapped[str] = mapped_column(KEY)
    would_grade: Mapped[str] = mapped_column(KEY)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rules: Mapped[str] = mapped_column(Text)
