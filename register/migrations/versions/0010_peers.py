"""The memberships that were trusted, and what is agreed with each state."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Know the peers."""
    op.create_table(
        "memberships",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("trusted_at", sa.BigInteger, nullable=False),
        sa.Column("trusted_by", sa.String(40), nullable=False),
    )
    op.create_table(
        "agreements",
        sa.Column("state", sa.String(5), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("agreed_at", sa.BigInteger, nullable=False),
        sa.Column("agreed_by", sa.String(40), nullable=False),
    )
