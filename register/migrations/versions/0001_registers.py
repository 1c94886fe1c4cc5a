"""Officers, enquiries, confirmations, sessions and the ledger, with an empty chain."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_GENESIS = "0" * 64


def upgrade() -> None:
    """Make the first registers."""
    op.create_table(
        "meta", sa.Column("key", sa.String(60), primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    _ledger()
    _officers()
    _sessions()
    _enquiries()


def _ledger() -> None:
    head = op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("leaf", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "leaf": _GENESIS}])
    op.create_table(
        "ledger",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("leaf", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("packed_ids", sa.LargeBinary),
        sa.Column("officer", sa.String(120)),
        sa.Column("enquiry", sa.String(100)),
        sa.Column("op_id", sa.String(100)),
    )
    op.create_index("ix_ledger_officer_seq", "ledger", ["officer", "seq"])
    op.create_index("ix_ledger_enquiry_seq", "ledger", ["enquiry", "seq"])
    op.create_table(
        "open_intents",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
        sa.Column("op_id", sa.String(100), nullable=False),
    )
    op.create_index("ix_open_intents_op_id", "open_intents", ["op_id"])


def _officers() -> None:
    op.create_table(
        "officers",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("rank", sa.String(20), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("compartments", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("totp_secret", sa.LargeBinary, nullable=False),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.String(40), nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("locked_until", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"])
    op.create_table(
        "confirmations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("compartments", sa.Text, nullable=False),
        sa.Column("grantor", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("proposed_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("confirmed_by", sa.String(40), sa.ForeignKey("officers.id")),
        sa.Column("confirmed_at", sa.BigInteger),
    )
    op.create_index("ix_confirmations_expires_at", "confirmations", ["expires_at"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("renewed_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("ix_sessions_officer", "sessions", ["officer"])
    op.create_table(
        "renewals",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("session", sa.String(36), sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("ix_renewals_session", "renewals", ["session"])
    op.create_table(
        "revocations",
        sa.Column("name", sa.String(140), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_revocations_until", "revocations", ["until"])


def _enquiries() -> None:
    op.create_table(
        "enquiries",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("officer", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("case_ref", sa.String(60), nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
    )
    op.create_index("ix_enquiries_officer_opened_at", "enquiries", ["officer", "opened_at"])
    op.create_table(
        "seen_records",
        sa.Column("officer", sa.String(120), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record", sa.String(100), primary_key=True),
    )
