"""The ledger refuses every change but an append."""

from __future__ import annotations

from alembic import op

revision = "20261124_ledger_triggers"
down_revision = "20261124_tables"
branch_labels = None
depends_on = None

_SQLITE = (
    """
    CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused'); END
    """,
    """
    CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused'); END
    """,
    """
    CREATE TRIGGER ledger_entry_append_only BEFORE INSERT ON ledger_entry
    BEGIN
        SELECT RAISE(ABORT, 'the ledger is append-only: this is not the next entry')
        WHERE NEW.seq <> 1 + coalesce((SELECT max(seq) FROM ledger_entry WHERE member_id = NEW.member_id), 0);
        SELECT RAISE(ABORT, 'the ledger is append-only: this uid is taken')
        WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE member_id = NEW.member_id AND uid = NEW.uid);
    END
    """,
)

_POSTGRESQL = (
    """
    CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation'; END
    $$
    """,
    """
    CREATE FUNCTION ledger_entry_next() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.seq <> 1 + coalesce((SELECT max(seq) FROM ledger_entry WHERE member_id = NEW.member_id), 0) THEN
            RAISE EXCEPTION 'the ledger is append-only: this is not the next entry' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_refuse()
    """,
    """
    CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()
    """,
    """
    CREATE TRIGGER ledger_entry_append_only BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_next()
    """,
)


def upgrade() -> None:
    statements = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("no_update", "no_delete", "append_only"):
            op.execute(f"DROP TRIGGER ledger_entry_{name}")
        return
    for name in ("no_change", "no_truncate", "append_only"):
        op.execute(f"DROP TRIGGER ledger_entry_{name} ON ledger_entry")
    op.execute("DROP FUNCTION ledger_entry_refuse()")
    op.execute("DROP FUNCTION ledger_entry_next()")
