"""PostgreSQL tables, read through a cursor of the server in one consistent snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from policies.errors import BadInput
from privacy.intake.readers.batches import Batch, Opened, Wanted, text_batch
from privacy.intake.readers.limits import check_width

_ROWS = 50_000
_TABLE = re.compile(r"[A-Za-z_]\w{0,62}(\.[A-Za-z_]\w{0,62})?", re.ASCII)
SCHEMES = ("postgresql://", "postgres://")


def is_table_url(source: str) -> bool:
    """Tell whether a source names a table of PostgreSQL."""
    return source.startswith(SCHEMES)


def table_name(url: str) -> str:
    """Return the name of the table that an address names, without its schema; "" where none."""
    return dict(parse_qsl(urlsplit(url).query)).get("table", "").rpartition(".")[2]


def open_table(url: str, wanted: Wanted) -> Opened:
    """Open `postgresql://user@host/database?table=schema.name`.

    The password comes from PGPASSWORD, a service file or ~/.pgpass, never from the address: that would
    stand in the shell's history. Rows are numbered in the order in which the server gives them.

    Raises
    ------
    BadInput
        The address holds a password or no table, or the server says no; its message is not passed on.
    """
    import psycopg
    from psycopg import sql

    address, table = _split(url, wanted.label)
    names = sql.SQL(".").join(map(sql.Identifier, table.split(".")))
    connection = None
    try:
        connection = psycopg.connect(address, connect_timeout=10)
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        head = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(names))
        found = [c.name for c in head.description or ()]
    except psycopg.Error:
        if connection is not None:
            connection.close()
        raise BadInput(
            "the table cannot be read", where=wanted.label,
            todo="check host, database, table and the right to read it; PGPASSWORD or ~/.pgpass",
        ) from None  # fmt: skip
    check_width(len(found), wanted.label)
    taken, missing, departures = wanted.settle(found)
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(n)) for n in taken)
    query = sql.SQL("SELECT {} FROM {}").format(columns, names)

    def batches() -> Iterator[Batch]:
        with connection, connection.cursor("extract") as cursor:
            cursor.itersize = _ROWS
            cursor.execute(query)
            number = 1
            while rows := cursor.fetchmany(_ROWS):
                texts = [["" if v is None else v for v in row] for row in rows]
                numbers = range(number, number + len(rows))
                yield text_batch(wanted, taken, texts, list(numbers), [])
                number += len(rows)

    return Opened(_without_echo(batches(), wanted.label), departures, missing)


def _without_echo(batches: Iterator[Batch], where: str) -> Iterator[Batch]:
    import psycopg

    try:
        yield from batches
    except psycopg.Error:
        raise BadInput("the server stopped giving rows", where=where, todo="try again") from None


def _split(url: str, where: str) -> tuple[str, str]:
    parts: Any = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    table = options.pop("table", "")
    if parts.password or "password" in options:
        raise BadInput(
            "the address holds a password", where=where,
            todo="leave it out: PGPASSWORD or ~/.pgpass; and change it, for the shell remembers it",
        )  # fmt: skip
    if not _TABLE.fullmatch(table):
        raise BadInput(
            "the address names no table", where=where,
            todo="postgresql://user@host/database?table=schema.name",
        )  # fmt: skip
    return urlunsplit(parts._replace(query=urlencode(options))), table
