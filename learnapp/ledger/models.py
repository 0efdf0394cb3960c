"""The learning ledger: one append-only stream of entries per member."""

from __future__ import annotations

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base


class LedgerHead(Base):
    """The end of a member's stream. Its row is the member's lock: whoever writes for a member holds it.

    It is derived from the entries and can be made again from them; the entries never depend on it.
    """

    __tablename__ = "ledger_head"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(HASH)


class LedgerEntry(Base):
    """One fact about one member, for ever.

    Why text everywhere: the hash covers the stored columns byte for byte, so verifying never has to
    serialise anything again, and a change of a JSON library or of a time type cannot break a chain.
    Correcting is a new entry that voids an old one. Triggers refuse UPDATE and DELETE on both engines;
    on SQLite the table is WITHOUT ROWID and a trigger checks every INSERT, because INSERT OR REPLACE
    gets past a trigger that only guards DELETE on a connection without recursive_triggers.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("member_id", "uid"),
        {"info": {"place": "member"}, "sqlite_with_rowid": False},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(KEY)
    subject: Mapped[str] = mapped_column(String(200))
    subject_version: Mapped[str] = mapped_column(String(64))
    data: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[str] = mapped_column(String(24))
    recorded_at: Mapped[str] = mapped_column(String(24))
    recorder: Mapped[str] = mapped_column(ID)
    source: Mapped[str] = mapped_column(KEY)
    prev_hash: Mapped[str] = mapped_column(HASH)
    hash: Mapped[str] = mapped_column(HASH)


class LedgerNote(Base):
    """A sentence that somebody wrote about an entry, beside the chain and not in it.

    The entry holds the commitment, SHA-256 over salt and text: it proves that the text is the one that was
    written then. Erasing the row erases the salt with it, and what is left in the chain says nothing.
    """

    __tablename__ = "ledger_note"
    __table_args__ = ({"info": {"place": "member"}},)

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    commitment: Mapped[str] = mapped_column(HASH, primary_key=True)
    salt: Mapped[str] = mapped_column(HASH)
    text: Mapped[str] = mapped_column(String(500))
