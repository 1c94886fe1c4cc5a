"""The keys under which followers have pseudonyms, each of one account in one stretch of time."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the register of followers' keys."""
    op.create_table(
        "follower_keys",
        sa.Column("account", sa.String(100), primary_key=True),
        sa.Column("period", sa.String(20), primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_follower_keys_made_at", "follower_keys", ["made_at"])
