"""What holds the ledger: seals, the ends of streams that they hold, and the public keys that signed them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, Base


class LedgerKey(Base):
    """A public key and the statement that brought it in, for ever: a key ends where the next one begins.

    The private key is a file in the data folder and never in the database: whoever can write the one should
    not thereby be able to sign for it.
    """

    __tablename__ = "ledger_key"
    __table_args__ = ({"info": {"place": "reference"}},)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(ID, unique=True)
    public_key: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(220))
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))


class LedgerSeal(Base):
    """A seal: its text, the signature over it, size and root of the log that it ends."""

    __tablename__ = "ledger_seal"
    __table_args__ = ({"info": {"place": "reference"}},)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[str] = mapped_column(String(24))
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))
    key_id: Mapped[str] = mapped_column(ForeignKey("ledger_key.key_id"))
    log_size: Mapped[int]
    log_root: Mapped[str] = mapped_column(HASH)


class LedgerSealLeaf(Base):
    """The end of a member's stream as a seal holds it.

    The key is (member, seq), since the end of a stream is sealed once: whether a stream grew is one look for
    its present end. The tree's order within a seal is that of member ids, and therefore the same walk in
    (member, seq) order gives all trees and meets the entries on the way. No tree is stored: proving an entry
    hashes the leaves of its seal again, which the index by seal finds.
    """

    __tablename__ = "ledger_seal_leaf"
    __table_args__ = (
        Index("ix_ledger_seal_leaf_number", "number", "member_id"),
        {"info": {"place": "member"}, "sqlite_with_rowid": False},
    )

    member_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(HASH)
