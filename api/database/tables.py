"""The tables. The database itself forbids an overspend, whatever the code above it does."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(300), primary_key=True),
    Column("parent", String(300), ForeignKey("accounts.id"), nullable=True),
    Column("kind", String(20), nullable=False),
    Column("cap_nano_rho", BigInteger, nullable=False),
    Column("reserved_nano_rho", BigInteger, nullable=False, default=0),
    Column("spent_nano_rho", BigInteger, nullable=False, default=0),
    Column("cap_atto_delta", BigInteger, nullable=False),
    Column("reserved_atto_delta", BigInteger, nullable=False, default=0),
    Column("spent_atto_delta", BigInteger, nullable=False, default=0),
    CheckConstraint("reserved_nano_rho >= 0 AND spent_nano_rho >= 0", name="rho_not_negative"),
    CheckConstraint("reserved_nano_rho + spent_nano_rho <= cap_nano_rho", name="rho_within_cap"),
    CheckConstraint(
        "reserved_atto_delta >= 0 AND spent_atto_delta >= 0", name="delta_not_negative"
    ),
    CheckConstraint(
        "reserved_atto_delta + spent_atto_delta <= cap_atto_delta", name="delta_within_cap"
    ),
)

reservations = Table(
    "reservations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("idempotency_key", String(80), nullable=False),
    Column("state", String(10), nullable=False),  # reserved, settled, forfeited
    Column("nano_rho", BigInteger, nullable=False),
    Column("atto_delta", BigInteger, nullable=False),
    Column("account_ids", Text, nullable=False),  # JSON list
    Column("owner", String(80), nullable=False),  # the process that holds it
    CheckConstraint("state IN ('reserved', 'settled', 'forfeited')", name="state_known"),
    CheckConstraint("nano_rho >= 0 AND atto_delta >= 0", name="charge_not_negative"),
)
Index(
    "one_live_reservation_a_key",
    reservations.c.idempotency_key,
    unique=True,
    sqlite_where=text("state <> 'forfeited'"),
    postgresql_where=text("state <> 'forfeited'"),
)

leaves = Table(
    "leaves",
    metadata,
    Column("leaf_index", Integer, primary_key=True, autoincrement=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("idempotency_key", String(80), nullable=False, unique=True),
    Column("dataset", String(100), nullable=False),
    Column("population", String(100), nullable=False),
    Column("purpose", String(100), nullable=False),
    Column("researcher", String(100), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("accounts_after", Text, nullable=False),
    Column("leaf_index", Integer, ForeignKey("leaves.leaf_index"), nullable=False),
)

policies_in_force = Table(
    "policies_in_force",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("digest", String(80), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("leaf_index", Integer, ForeignKey("leaves.leaf_index"), nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("folder", Text, nullable=False),  # relative to the workspace
    Column("body", LargeBinary, nullable=False),  # the public view
    Column("leaf_index", Integer, ForeignKey("leaves.leaf_index"), nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("leaf_index", Integer, ForeignKey("leaves.leaf_index"), nullable=False, unique=True),
    # role and key are read from the signed leaf: a row of this table alone says nothing
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("leaf_index", Integer, ForeignKey("leaves.leaf_index"), nullable=False),
    CheckConstraint(
        "state IN ('requested', 'approved_once', 'approved', 'rejected', 'withdrawn', 'done')",
        name="case_state_known",
    ),
)

reviews = Table(
    "reviews",
    metadata,
    Column("case_id", String(40), ForeignKey("cases.id"), primary_key=True),
    Column("person", String(60), ForeignKey("people.name"), primary_key=True),
    Column("act", String(10), nullable=False),
    Column("leaf_index", Integer, ForeignKey("leaves.leaf_index"), nullable=False),
    CheckConstraint("act IN ('approve', 'reject', 'withdraw')", name="review_act_known"),
)

exclusions = Table(
    "exclusions",
    metadata,
    Column("purpose", String(100), primary_key=True),
    Column("sealed", LargeBinary, primary_key=True),  # AES-SIV of the pseudonym
    Column("hash", String(10), nullable=False),
    Column("ground", String(10), nullable=False),
    CheckConstraint("ground IN ('erased', 'objected')", name="ground_known"),
)

rewrites = Table(
    "rewrites",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),  # erasure, rotation, destruction
    Column("purpose", String(100), nullable=False),
    Column("state", String(10), nullable=False),
    Column("leaf_index", Integer, ForeignKey("leaves.leaf_index"), nullable=False),
    CheckConstraint("state IN ('committed', 'finished')", name="rewrite_state_known"),
)
