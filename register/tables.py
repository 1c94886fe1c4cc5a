"""The registers' tables. Times are whole microseconds since 1970, so that every database means the same moment."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}
)


def micros(at: datetime) -> int:
    """Give a moment as whole microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """Give the moment of so many microseconds since 1970, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def span(length: timedelta) -> int:
    """Give a length of time in microseconds."""
    return length // _MICROSECOND


meta = Table("meta", metadata, Column("key", String(60), primary_key=True), Column("value", Text, nullable=False))

# One row: how many entries the chain has and the leaf of the last. It is also the lock of every writer.
ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("leaf", String(64), nullable=False),
)

# officer, enquiry and op_id repeat what the body says, for the indexes; a check of the chain compares them.
ledger = Table(
    "ledger",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("prev", String(64), nullable=False),
    Column("leaf", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("packed_ids", LargeBinary),
    Column("officer", String(120)),
    Column("enquiry", String(100)),
    Column("op_id", String(100)),
)
Index(None, ledger.c.officer, ledger.c.seq)
Index(None, ledger.c.enquiry, ledger.c.seq)

# Which record each look disclosed, so that its readers are found; a check compares it with the entries.
ledger_looks = Table(
    "ledger_looks",
    metadata,
    Column("record", String(100), primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
)

open_intents = Table(
    "open_intents",
    metadata,
    Column("seq", BigInteger, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False),
    Column("op_id", String(100), nullable=False, index=True),
)

officers = Table(
    "officers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("rank", String(20), nullable=False),
    Column("unit", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("compartments", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password", Text, nullable=False),
    Column("totp_secret", LargeBinary, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", String(40), nullable=False),
)

# By keyed digest of the name as it was typed: an unknown officer is locked out like a known one.
attempts = Table(
    "attempts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False, index=True),
    Column("locked_until", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("officer", String(40), ForeignKey("officers.id"), nullable=False, index=True),
    Column("opened_at", BigInteger, nullable=False),
    Column("renewed_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)

renewals = Table(
    "renewals",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("session", String(36), ForeignKey("sessions.id"), nullable=False, index=True),
    Column("used_at", BigInteger),
)

# Names of tokens and sessions, kept until no token under them can be good.
revocations = Table(
    "revocations",
    metadata,
    Column("name", String(140), primary_key=True),
    Column("until", BigInteger, nullable=False, index=True),
)

enquiries = Table(
    "enquiries",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("officer", String(40), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("case_ref", String(60), nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)
Index(None, enquiries.c.officer, enquiries.c.opened_at)

# Whoever stands here set their secrets last themselves; the secrets of all others are known to another.
own_secrets = Table("own_secrets", metadata, Column("officer", String(40), ForeignKey("officers.id"), primary_key=True))

# Grants of level and compartments that wait for a second officer, or waited.
grants = Table(
    "grants",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("officer", String(40), ForeignKey("officers.id"), nullable=False),
    Column("level", Integer, nullable=False),
    Column("compartments", Text, nullable=False),
    Column("grantor", String(40), ForeignKey("officers.id"), nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("settled_by", String(40), ForeignKey("officers.id")),
    Column("settled_at", BigInteger),
    Column("reason", LargeBinary),
)

# Changes that wait for a second officer; what they would change lies in the graph, and nowhere here. While a step of
# one crosses the two stores, op_id is its operation and becoming the state that it leads to.
pending_changes = Table(
    "pending_changes",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("act", String(20), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("author", String(40), ForeignKey("officers.id"), nullable=False, index=True),
    Column("enquiry", String(100), ForeignKey("enquiries.id"), nullable=False),
    Column("rank", String(20), nullable=False),
    Column("level", Integer, nullable=False),
    Column("compartment", String(60), nullable=False),
    Column("makes", String(100), nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("settled_by", String(40), ForeignKey("officers.id")),
    Column("settled_at", BigInteger),
    Column("reason", LargeBinary),
    Column("op_id", String(100), index=True),
    Column("becoming", String(20)),
)
Index(None, pending_changes.c.state, pending_changes.c.asked_at)
Index(None, pending_changes.c.makes)

# Runs of an import; what they brought lies in the graph. Where one stands is told by the change whose `makes` names it,
# unless it has an end of its own. Of an ended one everything that still waited is gone once it is cleared.
import_runs = Table(
    "import_runs",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("officer", String(40), ForeignKey("officers.id"), nullable=False),
    Column("source", String(60), nullable=False),
    Column("file", String(64), nullable=False),
    Column("mapping", String(64), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("ended", String(20)),
    Column("ended_at", BigInteger),
    Column("cleared_at", BigInteger),
)
Index(None, import_runs.c.officer, import_runs.c.source)

# A record's data key, sealed. Where it was destroyed for good the row stays, so that no file is ever kept for it again.
vault_keys = Table(
    "vault_keys",
    metadata,
    Column("record", String(100), primary_key=True),
    Column("sealed", LargeBinary),
    Column("destroyed_at", BigInteger),
)

vault_files = Table(
    "vault_files",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("record", String(100), ForeignKey("vault_keys.record"), nullable=False, index=True),
    Column("media", String(40), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("received_sha256", String(64), nullable=False),
    Column("taken_on", String(10)),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", String(40), ForeignKey("officers.id"), nullable=False),
)

# Under each key the followers of one account have pseudonyms in one stretch of time; it lies sealed.
follower_keys = Table(
    "follower_keys",
    metadata,
    Column("account", String(100), primary_key=True),
    Column("period", String(20), primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False, index=True),
)

seen_records = Table(
    "seen_records",
    metadata,
    Column("officer", String(120), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("record", String(100), primary_key=True),
)

# When each job is due; while a run holds it, `run` is that one and `held_until` the end of its lease.
jobs = Table(
    "jobs",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("run", String(36)),
    Column("held_until", BigInteger),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("job", String(40), ForeignKey("jobs.name"), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", String(20)),
)
Index(None, job_runs.c.job, job_runs.c.started_at)

# What was purged, by id alone. One without a signature is of a purge that was begun and is to be brought to its end.
tombstones = Table(
    "tombstones",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("because", String(20), nullable=False),
    Column("op_id", String(100), nullable=False, index=True),
    Column("begun_at", BigInteger, nullable=False),
    Column("purged_at", BigInteger),
    Column("kid", String(60)),
    Column("signature", LargeBinary),
)

# Every membership that was ever trusted: a number is given once, and an old one tells to whom.
memberships = Table(
    "memberships",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("trusted_at", BigInteger, nullable=False),
    Column("trusted_by", String(40), nullable=False),
)

# What stands now between this state and each other; the ledger tells what stood before.
agreements = Table(
    "agreements",
    metadata,
    Column("state", String(5), primary_key=True),
    Column("body", Text, nullable=False),
    Column("agreed_at", BigInteger, nullable=False),
    Column("agreed_by", String(40), nullable=False),
)

# What was last heard of each peer: how it stands, and what it has said of its keys.
hearings = Table(
    "hearings",
    metadata,
    Column("state", String(5), primary_key=True),
    Column("body", Text, nullable=False),
)
