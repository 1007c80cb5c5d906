"""Snapshots as tables of PostgreSQL: loaded once a commitment, dropped when the commitment is no more.

A table's name is a digest of the commitment. Tables are UNLOGGED: rows of persons stand in no
write-ahead log, and so in no archive of it, in no replica and in no base back-up that could outlive an
erasure. A crash of the server empties such tables; the register of what is loaded is UNLOGGED too, so
that both are lost together and an emptied table is never counted.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

    from privacy.counting.engines.hosts import Rows

_LAYOUT = "1"
"""Another layout of the tables is another name for them."""
_REGISTER = "loaded"
_BATCH_ROWS = 1 << 16
_STRANGER = "\ufffd"
"""Stands for U+0000, which PostgreSQL cannot hold and no public domain has."""


def table_name(commitment: str) -> str:
    """Return the name of a snapshot's table; it says nothing of dataset or content."""
    return "s_" + hashlib.sha256(f"{_LAYOUT}:{commitment}".encode()).hexdigest()[:32]


def open_register(connection: psycopg.Connection, schema: str) -> None:
    """Make the schema and the register of loaded tables where they are not yet."""
    from psycopg import sql

    name, register = sql.Identifier(schema), sql.Identifier(schema, _REGISTER)
    there = "SELECT to_regclass(%s) IS NOT NULL"
    if connection.execute(there, [f"{schema}.{_REGISTER}"]).fetchone() == (True,):
        return
    with connection.transaction():
        _alone(connection, schema)
        known = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
        if connection.execute(known, [schema]).fetchone() is None:
            # who lacks the right to make a schema may be given one
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
        make = sql.SQL("CREATE UNLOGGED TABLE IF NOT EXISTS {} (name text PRIMARY KEY)")
        connection.execute(make.format(register))


def present(connection: psycopg.Connection, schema: str, rows: Rows) -> str:
    """Return the name of a snapshot's table, loading it first where it is not there.

    Runs inside the caller's transaction: a crash half-way leaves no table. Two who load the same
    snapshot wait for each other. A table without a commitment is loaded for this session alone.
    """
    from psycopg import sql

    if not rows.commitment:
        name = "t_" + hashlib.sha256(repr(rows.files).encode()).hexdigest()[:32]
        where = sql.Identifier("pg_temp", name)
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(where))
        _load(connection, where, rows, "TEMPORARY")
        return name
    name = table_name(rows.commitment)
    register = sql.Identifier(schema, _REGISTER)
    known = sql.SQL("SELECT 1 FROM {} WHERE name = %s").format(register)
    if connection.execute(known, [name]).fetchone():
        return name
    _alone(connection, schema + name)
    if connection.execute(known, [name]).fetchone():
        return name
    where = sql.Identifier(schema, name)
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(where))  # emptied by a crash
    _load(connection, where, rows, "UNLOGGED")
    connection.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(register), [name])
    return name


def keep_only(connection: psycopg.Connection, schema: str, commitments: Iterable[str]) -> int:
    """Drop the tables of all other commitments; return how many there were."""
    from psycopg import sql

    kept = {table_name(c) for c in commitments} | {_REGISTER}
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]
    ).fetchall()
    stale = sorted(name for (name,) in found if name not in kept and name.startswith("s_"))
    for name in stale:
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(schema, name)))
        gone = sql.SQL("DELETE FROM {} WHERE name = %s")
        connection.execute(gone.format(sql.Identifier(schema, _REGISTER)), [name])
    return len(stale)


def _alone(connection: psycopg.Connection, what: str) -> None:
    """Wait until no other transaction does the same."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def _load(
    connection: psycopg.Connection, where: psycopg.sql.Identifier, rows: Rows, kind: str
) -> None:
    import pyarrow.parquet as pq
    from psycopg import sql

    with pq.ParquetFile(rows.files[0]) as first:
        schema = first.schema_arrow
    columns = sql.SQL(", ").join(
        sql.SQL("{} " + _kind(f.type)).format(sql.Identifier(f.name)) for f in schema
    )
    make = sql.SQL("CREATE " + kind + " TABLE {} ({})")
    connection.execute(make.format(where, columns))
    copy_in = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(where)
    with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for path in rows.files:
            with pq.ParquetFile(path) as body:
                for batch in body.iter_batches(_BATCH_ROWS):
                    copy.write(_as_csv(batch.select(schema.names)))
    connection.execute(sql.SQL("ANALYZE {}").format(where))


def _kind(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return "bigint"  # arithmetic of narrower integers would overflow
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "bytea"
    return 'text COLLATE "C"'


def _as_csv(batch: pa.RecordBatch) -> memoryview:
    """Return rows as the CSV of PostgreSQL: an empty field is NULL, a quoted empty one the empty text."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    columns = []
    for column in batch.columns:
        kind = column.type
        if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
            column = _hexadecimal(column.cast(pa.binary()))
        elif pa.types.is_dictionary(kind) or pa.types.is_string(kind):
            column = pc.replace_substring(column.cast(pa.string()), "\0", _STRANGER)
        columns.append(column)
    sink = io.BytesIO()
    plain = pa.RecordBatch.from_arrays(columns, names=[str(i) for i in range(len(columns))])
    csv.write_csv(plain, sink, csv.WriteOptions(include_header=False))
    return sink.getbuffer()


def _hexadecimal(column: pa.Array) -> pa.Array:
    """Return bytes as the text that PostgreSQL reads them from."""
    import pyarrow as pa

    low, high = column.offset, column.offset + len(column)
    ends = np.frombuffer(column.buffers()[1], np.int32)[low : high + 1]
    widths = np.unique(np.diff(ends))
    if column.null_count or len(widths) != 1:
        made = [None if v is None else r"\x" + v.hex() for v in column.to_pylist()]
        return pa.array(made, pa.string())
    # pseudonyms: all of one length, so that one call makes all their digits
    digits = bytes(column.buffers()[2])[ends[0] : ends[-1]].hex().encode()
    whole = np.empty((len(column), 2 + 2 * int(widths[0])), np.uint8)
    whole[:, :2] = np.frombuffer(rb"\x", np.uint8)
    whole[:, 2:] = np.frombuffer(digits, np.uint8).reshape(len(column), -1)
    places = np.arange(len(column) + 1, dtype=np.int32) * whole.shape[1]
    return pa.StringArray.from_buffers(len(column), pa.py_buffer(places), pa.py_buffer(whole))
