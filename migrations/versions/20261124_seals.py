"""Seals, their leaves and keys; each refuses every change but an append."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_seals"
down_revision = "20261124_quiz_engine"
branch_labels = None
depends_on = None

TABLES = ("ledger_key", "ledger_seal", "ledger_seal_leaf")


def _text(length: int) -> sa.String:
    """Compared byte by byte on both engines."""
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "ledger_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", _text(32), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=220), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_ledger_key_key_id")),
    )
    op.create_table(
        "ledger_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("key_id", _text(32), nullable=False),
        sa.Column("log_size", sa.Integer(), nullable=False),
        sa.Column("log_root", _text(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["ledger_key.key_id"], name=op.f("fk_ledger_seal_key_id_ledger_key")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_seal")),
    )
    op.create_table(
        "ledger_seal_leaf",
        sa.Column("member_id", _text(32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", _text(64), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "seq", name=op.f("pk_ledger_seal_leaf")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ledger_seal_leaf_number", "ledger_seal_leaf", ["number", "member_id"])
    for table in TABLES:
        for statement in _guards(table):
            op.execute(statement)


def _guards(table: str) -> tuple[str, ...]:
    if op.get_bind().dialect.name == "postgresql":
        return (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION ledger_entry_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()",
        )
    same = (
        "member_id = NEW.member_id AND seq = NEW.seq"
        if table == "ledger_seal_leaf"
        else "number = NEW.number"
    )
    return (
        *(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: {verb} refused'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        # INSERT OR REPLACE gets past the other two on a connection without recursive_triggers.
        f"CREATE TRIGGER {table}_append_only BEFORE INSERT ON {table}"  # noqa: S608 – the names are our own
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: this row is there already'); END",
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
