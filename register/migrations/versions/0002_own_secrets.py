"""Whose secrets are their own: those of every officer who is there already, for who set them was never asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the register of own secrets."""
    op.create_table(
        "own_secrets",
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.id"), primary_key=True),
    )
    op.execute("INSERT INTO own_secrets (officer) SELECT id FROM officers")
