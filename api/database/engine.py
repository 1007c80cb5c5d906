"""Opening the database: SQLite embedded, with durable commits and immediate write locks."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event

from api.database.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

BUSY_TIMEOUT_MS = 30_000


def open_engine(path: Path) -> Engine:
    """Open (and on first use create) the database at `path`.

    SQLite runs in WAL mode with `synchronous=FULL`, so that a commit that returned survives
    a power cut. Every transaction begins with BEGIN IMMEDIATE: SQLAlchemy's deferred default
    lets two writers read the same balance and both spend it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # a spent token leaves no bytes behind
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    metadata.create_all(engine)
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Run one all-or-nothing transaction (OWASP ASVS 5.0, 2.3.3)."""
    with engine.begin() as connection:
        yield connection
