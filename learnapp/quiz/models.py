"""Attempts at timed quizzes, the acts of answering, and what moves a clock or a result afterwards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Attempt(Base):
    """One attempt: the paper drawn and frozen at the start, the server's deadline, and the result.

    `paper` is canonical JSON: the questions in order, each with the order of its options. It is what the
    member was shown; the questions themselves are found in the quiz's version. The keys are those of the same
    version unless `key_version` names a later one that corrected them. Practice has negative numbers.

    `deadline_at` holds the limit, stretched to `limit_percent`, and the closing time. What moves it are measures:
    `measures` counts those that it contains, so it may be too early, never too late. `closes_at` is the closing
    time that the quiz itself gave, before any measure. While the clock stands, `paused_at` says since when.
    `keys_seen_at` is when right answers were first shown to the member, kept only where that could matter for
    answers that come late. `pending` counts the answers that a person still has to mark, `corrections` the
    rows of `quiz_grade`.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("member_id", "quiz", "number"),
        Index("ix_attempt_open", "state", "deadline_at"),
        Index("ix_attempt_version", "quiz", "quiz_version"),
        Index("ix_attempt_pending", "pending"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY)
    quiz_version: Mapped[str] = mapped_column(HASH)
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(HASH)
    paper: Mapped[str] = mapped_column(Text)
    paper_digest: Mapped[str] = mapped_column(HASH)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    state: Mapped[str] = mapped_column(KEY, default="open")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    ended_by: Mapped[str | None] = mapped_column(KEY, default=None)
    earned: Mapped[int | None] = mapped_column(default=None)
    possible: Mapped[int]
    passed: Mapped[bool | None] = mapped_column(default=None)
    entry_seq: Mapped[int | None] = mapped_column(default=None)
    limit_percent: Mapped[int] = mapped_column(default=100, server_default="100")
    measures: Mapped[int] = mapped_column(default=0, server_default="0")
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    pending: Mapped[int] = mapped_column(default=0, server_default="0")
    corrections: Mapped[int] = mapped_column(default=0, server_default="0")
    key_version: Mapped[str | None] = mapped_column(HASH, default=None)
    late_state: Mapped[str | None] = mapped_column(KEY, default=None)
    keys_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Act(Base):
    """One tap: an answer given to a question, as the phone numbered and timed it.

    Idempotent by (member, attempt, session, number). A session is a random label of one page on one device,
    made for this attempt only. Per question the highest number wins; ties go to the later received.
    Both elapsed times are milliseconds since the page's session began, by wall and by monotonic clock. What
    came after the end is `late`, and counts only where a rule or a person accepted it.
    """

    __tablename__ = "act"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "attempt_id"], ["attempt.member_id", "attempt.id"]),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    session: Mapped[str] = mapped_column(KEY, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(KEY)
    answer: Mapped[str] = mapped_column(Text)
    wall_ms: Mapped[int]
    monotonic_ms: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted: Mapped[bool] = mapped_column(default=True)
    late: Mapped[bool] = mapped_column(default=False, server_default=false())


class Grade(Base):
    """A correction of a result: what an attempt is worth since then, why, and the ledger entry that says so.

    The first result has no row: it stands in the attempt and in the ledger. `number` begins at 2. `marks` is
    canonical JSON, question -> hundredths earned. Everything that one decision changed has the same `trace`.
    """

    __tablename__ = "quiz_grade"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "attempt_id"], ["attempt.member_id", "attempt.id"]),
        Index("ix_quiz_grade_trace", "trace"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cause: Mapped[str] = mapped_column(KEY)
    trace: Mapped[str] = mapped_column(ID)
    key_version: Mapped[str] = mapped_column(HASH)
    was_earned: Mapped[int]
    was_possible: Mapped[int]
    was_passed: Mapped[bool]
    earned: Mapped[int]
    possible: Mapped[int]
    passed: Mapped[bool]
    pending: Mapped[int]
    marks: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(ID)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry_seq: Mapped[int | None] = mapped_column(default=None)


class Measure(Base):
    """Something that moves the clock of everybody at home in a unit or below it: `extend`, `pause`, `resume`.

    `minutes` belongs to `extend`. Whom it concerns is decided by who was at home there on `day`, in the
    instance's zone. `done_at` says that every attempt that was open then has it.
    """

    __tablename__ = "quiz_measure"
    __table_args__ = (Index("ix_quiz_measure_done_at", "done_at"), {"info": {"place": "reference"}})

    quiz: Mapped[str] = mapped_column(KEY, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(KEY)
    branch_id: Mapped[str] = mapped_column(ID)
    minutes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[str] = mapped_column(ID)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    day: Mapped[date]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Grant(Base):
    """The same for one member at one quiz, and what only one member can have: `override` and `reopen`.

    `minutes` are those added by `extend` and `reopen`, and the whole limit of an `override`, whose empty
    fields leave the quiz's own settings alone. `attempts` are further attempts.
    """

    __tablename__ = "quiz_grant"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    quiz: Mapped[str] = mapped_column(KEY, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(KEY)
    attempt_id: Mapped[str | None] = mapped_column(ID, default=None)
    minutes: Mapped[int | None] = mapped_column(default=None)
    attempts: Mapped[int | None] = mapped_column(default=None)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[str] = mapped_column(ID)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Allowance(Base):
    """A member's standing extra time at every quiz, present and future: 125 means a quarter more. Why is
    nobody's business and is not stored."""

    __tablename__ = "quiz_allowance"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    percent: Mapped[int]
    set_by: Mapped[str] = mapped_column(ID)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Late(Base):
    """What came after the end of an attempt although it claims to have been made in time, and what became of
    it: `waiting` for a person, `accepted`, `refused`. `evidence` is canonical JSON of what the server knew."""

    __tablename__ = "quiz_late"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "attempt_id"], ["attempt.member_id", "attempt.id"]),
        Index("ix_quiz_late_state", "state"),
        {"info": {"place": "member"}},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(KEY)
    evidence: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(ID, default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reason: Mapped[str] = mapped_column(String(500), default="")
