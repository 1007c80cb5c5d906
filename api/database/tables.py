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
    UniqueConstraint,
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

survey_accounts = Table(
    "survey_accounts",
    metadata,
    Column("population", String(100), primary_key=True),
    Column("cap_nano_epsilon", BigInteger, nullable=False),
    Column("allocated_nano_epsilon", BigInteger, nullable=False),
    CheckConstraint(
        "allocated_nano_epsilon >= 0 AND allocated_nano_epsilon <= cap_nano_epsilon",
        name="epsilon_within_cap",
    ),
)

survey_questions = Table(
    "survey_questions",
    metadata,
    Column("population", ForeignKey("survey_accounts.population"), primary_key=True),
    Column("series", String(60), primary_key=True),
    Column("question", String(60), primary_key=True),
    Column("digest", String(80), nullable=False),
    Column("nano_epsilon", BigInteger, nullable=False),
    CheckConstraint("nano_epsilon > 0", name="epsilon_above_zero"),
)

surveys = Table(
    "surveys",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("population", ForeignKey("survey_accounts.population"), nullable=False),
    Column("series", String(60), nullable=False),
    Column("wave", Integer, nullable=False),
    Column("design", LargeBinary, nullable=False),
    Column("page", LargeBinary, nullable=False),
    Column("policy", Text, nullable=False),  # the page's Content-Security-Policy
    UniqueConstraint("population", "series", "wave", name="one_survey_a_wave"),
)

survey_strata = Table(
    "survey_strata",
    metadata,
    Column("survey", ForeignKey("surveys.id"), primary_key=True),
    Column("stratum", String(16), primary_key=True),
    Column("body", Text, nullable=False),  # JSON: group and place
    Column("issued", Integer, nullable=False),
)

# the two tables below share no key, and their own order is that of random numbers: SQLite would else keep
# rows in the order in which they came
survey_tokens = Table(
    "survey_tokens",
    metadata,
    Column("survey", ForeignKey("surveys.id"), primary_key=True),
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("stratum", String(16), nullable=False),
    sqlite_with_rowid=False,
)

survey_reports = Table(
    "survey_reports",
    metadata,
    Column("survey", ForeignKey("surveys.id"), primary_key=True),
    Column("key", LargeBinary(16), primary_key=True),
    Column("stratum", String(16), nullable=False),
    Column("question", String(60), nullable=False),
    Column("report", Text, nullable=False),  # JSON: what the device sent
    sqlite_with_rowid=False,
)
