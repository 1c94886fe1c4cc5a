"""What was last heard of each peer."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Keep what was heard, so that a node that starts anew knows its peers' keys."""
    op.create_table(
        "hearings",
        sa.Column("state", sa.String(5), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
