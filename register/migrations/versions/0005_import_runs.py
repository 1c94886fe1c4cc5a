"""The register of runs of an import; what they brought lies in the graph."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Make the register of runs."""
    op.create_table(
        "import_runs",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("mapping", sa.String(64), nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.String(20)),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("cleared_at", sa.BigInteger),
    )
    op.create_index("ix_import_runs_officer_source", "import_runs", ["officer", "source"])
    op.create_index("ix_pending_changes_makes", "pending_changes", ["makes"])
