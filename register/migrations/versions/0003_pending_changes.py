"""The register of changes that wait for a second officer; what they would change lies in the graph."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the register of changes that wait."""
    op.create_table(
        "pending_changes",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("author", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("enquiry", sa.String(100), sa.ForeignKey("enquiries.id"), nullable=False),
        sa.Column("rank", sa.String(20), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("compartment", sa.String(60), nullable=False),
        sa.Column("makes", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("settled_by", sa.String(40), sa.ForeignKey("officers.id")),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("op_id", sa.String(100)),
        sa.Column("becoming", sa.String(20)),
    )
    op.create_index("ix_pending_changes_state_asked_at", "pending_changes", ["state", "asked_at"])
    op.create_index("ix_pending_changes_author", "pending_changes", ["author"])
    op.create_index("ix_pending_changes_op_id", "pending_changes", ["op_id"])
