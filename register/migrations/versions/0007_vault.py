"""The vault: which files are kept of which record, and the sealed key of each record."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the registers of files and of their keys."""
    op.create_table(
        "vault_keys",
        sa.Column("record", sa.String(100), primary_key=True),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("destroyed_at", sa.BigInteger),
    )
    op.create_table(
        "vault_files",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("record", sa.String(100), sa.ForeignKey("vault_keys.record"), nullable=False),
        sa.Column("media", sa.String(40), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("received_sha256", sa.String(64), nullable=False),
        sa.Column("taken_on", sa.String(10)),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
    )
    op.create_index("ix_vault_files_record", "vault_files", ["record"])
