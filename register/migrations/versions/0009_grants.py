"""Grants that are declined, taken back or expired, and not confirmed alone; which record each look disclosed."""

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_COPY = """\
INSERT INTO grants (
    id, officer, level, compartments, grantor, proposed_at, expires_at, state, settled_by, settled_at
)
SELECT id, officer, level, compartments, grantor, proposed_at, expires_at,
    CASE WHEN confirmed_by IS NULL THEN 'OPEN' ELSE 'APPROVED' END, confirmed_by, confirmed_at
FROM confirmations"""
_LOOKS = "SELECT at, seq, body, packed_ids FROM ledger WHERE kind IN ('LOOK', 'EXPORT', 'FILE') ORDER BY seq"
_LOOK = "INSERT INTO ledger_looks (record, at, seq) VALUES (:record, :at, :seq)"
# The kinds of records as they are now: what is added later is on no ledger yet.
_RECORDS = {"person", "gang", "incident", "account", "vehicle", "bankaccount", "weapon", "place", "prisonstay"}
_RECORDS |= {"notice", "case", "chargesheet", "document", "assistance"}


def upgrade() -> None:
    """Let a grant say how it ended."""
    op.create_table(
        "grants",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("compartments", sa.Text, nullable=False),
        sa.Column("grantor", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("proposed_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("settled_by", sa.String(40), sa.ForeignKey("officers.id")),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("reason", sa.LargeBinary),
    )
    op.create_index("ix_grants_expires_at", "grants", ["expires_at"])
    op.execute(_COPY)
    op.drop_table("confirmations")
    op.create_table(
        "ledger_looks",
        sa.Column("record", sa.String(100), primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
    )
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Tell of the looks that the ledger has already which records they disclosed."""
    rows = connection.execute(sa.text(_LOOKS)).yield_per(1_000)
    for at, seq, body, packed in rows:
        ids = zlib.decompress(packed).decode().split("\n") if packed is not None else json.loads(body)["ids"]
        told = {id for id in ids if id.startswith("urn:sangam:") and id.split(":")[3] in _RECORDS}
        if told:
            connection.execute(sa.text(_LOOK), [{"record": id, "at": at, "seq": seq} for id in sorted(told)])
