"""Certificates: what was issued, and the codes by which anybody can check one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class CertificateCode(Base):
    """Finds the member behind a verification code; read first and never joined."""

    __tablename__ = "certificate_code"
    __table_args__ = ({"info": {"place": "key:code"}},)

    code: Mapped[str] = mapped_column(KEY, primary_key=True)
    member_id: Mapped[str] = mapped_column(ID)


class Certificate(Base):
    """A certificate as it was issued: the words on the paper, and the ledger entry that it rests on.

    The words are kept, not made again: a template, a title or a name may change, and what was handed out
    does not. The entry's hash is kept with them, so that a certificate notices when the ledger no longer holds
    what it certifies. A name stands in it, which is why nothing of it is in the ledger; erasing a person takes
    the rows away. A certificate is never changed otherwise than by being revoked or replaced, once.
    """

    __tablename__ = "certificate"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(KEY, primary_key=True)
    template: Mapped[str] = mapped_column(KEY)
    template_version: Mapped[str] = mapped_column(KEY)
    entry_seq: Mapped[int]
    entry_hash: Mapped[str] = mapped_column(HASH)
    subject: Mapped[str] = mapped_column(String(200))
    subject_version: Mapped[str] = mapped_column(HASH)
    holder: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    earned_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date, default=None)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by: Mapped[str] = mapped_column(ID)
    replaced_by: Mapped[str | None] = mapped_column(KEY, default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    revoked_by: Mapped[str | None] = mapped_column(ID, default=None)
    revoke_reason: Mapped[str] = mapped_column(String(200), default="")
