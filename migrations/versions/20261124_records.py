"""Certificates, and the codes by which they are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_records"
down_revision = "20261124_seals"
branch_labels = None
depends_on = None


def _text(length: int) -> sa.String:
    """Compared byte by byte on both engines."""
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "certificate_code",
        sa.Column("code", _text(120), nullable=False),
        sa.Column("member_id", _text(32), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_certificate_code")),
    )
    op.create_table(
        "certificate",
        sa.Column("member_id", _text(32), nullable=False),
        sa.Column("code", _text(120), nullable=False),
        sa.Column("template", _text(120), nullable=False),
        sa.Column("template_version", _text(120), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", _text(64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("subject_version", _text(64), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", _text(32), nullable=False),
        sa.Column("replaced_by", _text(120), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", _text(32), nullable=True),
        sa.Column("revoke_reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "code", name=op.f("pk_certificate")),
    )


def downgrade() -> None:
    op.drop_table("certificate")
    op.drop_table("certificate_code")
