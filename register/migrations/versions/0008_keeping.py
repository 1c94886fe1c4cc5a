"""Keeping: when each job is due and how its runs came out, and the tombstones of what was purged."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the registers of jobs, of their runs, and of tombstones."""
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("run", sa.String(36)),
        sa.Column("held_until", sa.BigInteger),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("job", sa.String(40), sa.ForeignKey("jobs.name"), nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("outcome", sa.String(20)),
    )
    op.create_index("ix_job_runs_job_started_at", "job_runs", ["job", "started_at"])
    op.create_table(
        "tombstones",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("because", sa.String(20), nullable=False),
        sa.Column("op_id", sa.String(100), nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("purged_at", sa.BigInteger),
        sa.Column("kid", sa.String(60)),
        sa.Column("signature", sa.LargeBinary),
    )
    op.create_index("ix_tombstones_op_id", "tombstones", ["op_id"])
