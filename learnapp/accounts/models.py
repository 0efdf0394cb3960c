"""What is remembered of a person and of the ways to sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Account(Base):
    """A person. `session_epoch` grows when they sign out everywhere, which ends every older session."""

    __tablename__ = "account"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    sign_in: Mapped[str] = mapped_column(KEY)
    phone: Mapped[str | None] = mapped_column(String(20), default=None)
    password_hash: Mapped[str | None] = mapped_column(String(200), default=None)
    session_epoch: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Why it is closed: "merged" or "erased"; None where nobody said.
    closed_for: Mapped[str | None] = mapped_column(KEY, default=None)
    # Shown once at the next sign-in: who issued a new code for this account, and when.
    reset_by: Mapped[str | None] = mapped_column(ID, default=None)
    reset_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class SignInName(Base):
    """Finds the member behind a sign-in name; read first and never joined."""

    __tablename__ = "sign_in_name"
    __table_args__ = ({"info": {"place": "key:name"}},)

    name: Mapped[str] = mapped_column(KEY, primary_key=True)
    member_id: Mapped[str] = mapped_column(ID)


class Ticket(Base):
    """A one-time code: an invitation or a new start after a lost password. Only its hash is kept."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_member_id", "member_id"), {"info": {"place": "key:code_hash"}})

    code_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    member_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(KEY)
    issued_by: Mapped[str] = mapped_column(ID)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
