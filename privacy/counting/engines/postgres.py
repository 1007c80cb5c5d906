"""PostgreSQL: snapshots are loaded once as tables, statements run there with parameters bound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from policies.errors import BadInput, ServiceFault
from privacy.counting.engines.dialects import rendered
from privacy.counting.engines.hosts import Rows, not_counted
from privacy.counting.engines.postgres_tables import keep_only, open_register, present
from privacy.counting.statement import SOURCES

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

    from privacy.counting.statement import Lookup, Statement
    from privacy.counting.tallying import Tally

SCHEMA = "commonground"
"""The schema of the loaded tables, unless the address names another by `schema=`."""
OLDEST = 16
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)
_SECONDS_TO_CONNECT = 10
_BIGINT, _NUMERIC = 20, 1700
_SESSION = """
    SET jit = off;
    SET work_mem = '256MB';
    SET transform_null_equals = off;
    SET client_min_messages = error;
    SET statement_timeout = 0;
    SET lock_timeout = 0;
"""
"""No clock of the server ends a count: that would be an error that depends on data."""


@dataclass(frozen=True, slots=True)
class PostgresHost:
    """A PostgreSQL server, by an address `postgresql://user@host/database[?schema=name]`.

    The role needs to connect, to make temporary tables, and a schema of its own (or the right to
    make it). Every workspace needs a schema of its own.

    Raises
    ------
    BadInput
        The address is not one of PostgreSQL.
    """

    address: str = field(repr=False)
    schema: str = SCHEMA

    @classmethod
    def at(cls, url: str) -> PostgresHost:
        """Return the host of an address; nothing is connected yet."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        schema = options.pop("schema", SCHEMA)
        if parts.password or "password" in options:
            raise BadInput(
                "the engine's address holds a password", where="COMMONGROUND_ENGINE_URL",
                todo="leave it out: PGPASSWORD or ~/.pgpass",
            )  # fmt: skip
        if parts.scheme not in ("postgresql", "postgres") or not _NAME.fullmatch(schema):
            raise BadInput(
                "the engine's address is not one of PostgreSQL", where="COMMONGROUND_ENGINE_URL",
                todo="postgresql://user@host/database?schema=name; the password by PGPASSWORD or ~/.pgpass",
            )  # fmt: skip
        return cls(urlunsplit(parts._replace(query=urlencode(options))), schema)

    def ready(self) -> None:
        """Connect, and make the schema where it is not yet."""
        with self._connected() as connection:
            _check(connection, self.schema)

    def over(self, sources: Sequence[Rows]) -> PostgresEngine:
        """Return the engine over these snapshots."""
        return PostgresEngine(self, tuple(sources))

    def keep_only(self, commitments: Iterable[str]) -> None:
        """Drop the tables of all other snapshots."""
        import psycopg

        with self._connected() as connection:
            _check(connection, self.schema)
            try:
                with connection.transaction():
                    keep_only(connection, self.schema, commitments)
            except psycopg.Error:
                raise ServiceFault(
                    "copies of rewritten or removed snapshots could not be dropped",
                    where=f"engine postgres, schema {self.schema}",
                    todo="drop its tables by hand, or let the role own them, and try again",
                ) from None

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        try:
            import psycopg
        except ImportError:
            raise ServiceFault(
                "the driver of PostgreSQL is not installed", where="engine postgres",
                todo="pip install 'common-ground[postgres]'",
            ) from None  # fmt: skip
        try:
            connection = psycopg.connect(
                self.address, autocommit=True, connect_timeout=_SECONDS_TO_CONNECT,
                client_encoding="utf8",
            )  # fmt: skip
        except (psycopg.Error, UnicodeError, ValueError):
            raise ServiceFault(
                "PostgreSQL cannot be reached, or does not let us in", where="engine postgres",
                todo="check that it runs, COMMONGROUND_ENGINE_URL, and PGPASSWORD or ~/.pgpass",
            ) from None  # fmt: skip
        try:
            yield connection
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class PostgresEngine:
    """Statements over snapshots in PostgreSQL."""

    host: PostgresHost
    sources: tuple[Rows, ...]

    def laid_out(self) -> bool:
        """Return no: a table of PostgreSQL has no order."""
        return False

    def tallied(self, _wanted: Tally) -> pa.Table | None:
        """Return nothing: statements are its way."""
        return None

    def run(self, statements: Sequence[Statement]) -> list[pa.Table]:
        """Return a table for each statement; tables that are not there yet are loaded first."""
        import psycopg
        import pyarrow as pa

        host = self.host
        with host._connected() as connection:
            try:
                connection.execute(_SESSION)
                open_register(connection, host.schema)
                names = []
                for rows in self.sources:
                    with connection.transaction():
                        names.append(present(connection, host.schema, rows))
                _name_sources(connection, host.schema, self.sources, names)
                return [_answer(connection, s) for s in statements]
            except (psycopg.Error, pa.ArrowException, OSError, ValueError, OverflowError):
                raise not_counted("postgres") from None


def _check(connection: psycopg.Connection, schema: str) -> None:
    import psycopg

    where = "engine postgres"
    if connection.info.server_version < OLDEST * 10_000:
        raise ServiceFault(
            "this PostgreSQL is too old", where=where, todo=f"use version {OLDEST} or newer"
        )
    encoding = connection.execute("SHOW server_encoding").fetchone()
    if encoding != ("UTF8",):
        raise ServiceFault(
            "the database's encoding is not UTF8", where=where,
            todo="make one: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
        )  # fmt: skip
    try:
        open_register(connection, schema)
        connection.execute("CREATE TEMPORARY TABLE ready (x int)")
    except psycopg.Error:
        raise ServiceFault(
            "the role may not make its tables", where=f"{where}, schema {schema}",
            todo=f"CREATE SCHEMA {schema} AUTHORIZATION its role; GRANT TEMPORARY ON DATABASE to it",
        ) from None  # fmt: skip


def _name_sources(
    connection: psycopg.Connection, schema: str, sources: Sequence[Rows], names: Sequence[str]
) -> None:
    from psycopg import sql

    for alias, rows, name in zip(SOURCES, sources, names, strict=False):
        place = sql.Identifier(schema if rows.commitment else "pg_temp", name)
        view = sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM {}")
        connection.execute(view.format(sql.Identifier(alias), place))


def _make_lookup(connection: psycopg.Connection, lookup: Lookup) -> None:
    from psycopg import sql

    kinds = [_kind([e[side] for e in lookup.entries]) for side in (0, 1)]
    name = sql.Identifier("pg_temp", lookup.name)
    make = sql.SQL("CREATE TEMPORARY TABLE {} (key " + kinds[0] + ", value " + kinds[1] + ")")
    connection.execute(make.format(sql.Identifier(lookup.name)))
    copy_in = sql.SQL("COPY {} FROM STDIN").format(name)
    with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for entry in lookup.entries:
            copy.write_row(entry)
    connection.execute(sql.SQL("ANALYZE {}").format(name))


def _kind(values: Sequence[Any]) -> str:
    return "bigint" if all(isinstance(v, int) for v in values) else 'text COLLATE "C"'


def _answer(connection: psycopg.Connection, statement: Statement) -> pa.Table:
    import psycopg
    import pyarrow as pa
    from psycopg import sql

    for lookup in statement.lookups:
        _make_lookup(connection, lookup)
    text, parameters = rendered(statement, "postgres")
    with psycopg.RawCursor(connection) as cursor:
        cursor.execute(text, [value for _, value in parameters])
        columns = zip(*cursor.fetchall(), strict=True)
        found = list(columns) or [()] * len(statement.columns)
        kinds = [c.type_code for c in cursor.description or ()]
    for lookup in statement.lookups:  # another statement's may have the same name
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("pg_temp", lookup.name)))
    arrays = [
        pa.array([None if v is None else int(v) for v in values], pa.int64())
        if kind in (_BIGINT, _NUMERIC)
        else pa.array(values, pa.string())
        for values, kind in zip(found, kinds, strict=True)
    ]
    return pa.table(arrays, names=list(statement.columns))
