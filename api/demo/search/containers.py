"""What a file holds: compressed and paged bytes hide text, so each container is opened."""

from __future__ import annotations

import gzip
import io
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 30
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that could not be opened (encrypted, broken, too large): said, never passed over."""

    why: str


Piece = bytes | str | Unread


def pieces(name: str, body: bytes, depth: int = 0) -> Iterator[Piece]:
    """Yield what a file holds, as bytes or text; its name is a piece as well."""
    yield name
    if body[:4] in (b"PAR1", b"PARE"):
        yield from _parquet(body)
    elif body[:15] == b"SQLite format 3":
        yield body  # pages: free ones and deleted rows too
        yield from _sqlite(body)
    elif body[:2] == b"\x1f\x8b" and depth < _DEEPEST:
        yield from _gzip(name, body, depth)
    elif body[:4] == b"PK\x03\x04" and depth < _DEEPEST:
        yield from _zip(body, depth)
    else:
        yield body


def _parquet(body: bytes) -> Iterator[Piece]:
    """Yield metadata, statistics, and each column's distinct values (data and dictionary)."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(body))
    except (pa.ArrowException, OSError):
        yield body
        yield Unread("Parquet that cannot be opened: encrypted or broken")
        return
    yield body[-file.metadata.serialized_size - 8 :]  # the footer: schema, metadata, statistics
    for key, value in (file.schema_arrow.metadata or {}).items():
        yield key
        yield value
    for field in file.schema_arrow:
        for key, value in (field.metadata or {}).items():
            yield key
            yield value
    for column in file.schema_arrow.names:
        yield column
        for batch in file.iter_batches(batch_size=1 << 18, columns=[column]):
            values = batch.column(0)
            if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
                yield from (v for v in pc.unique(values).to_pylist() if v)
                continue
            if pa.types.is_nested(values.type):
                yield "\n".join(str(v) for v in values.to_pylist() if v is not None)
                continue
            unique = pc.unique(values.cast(pa.string())).to_pylist()
            # one text a batch: a line end is no letter, so no match can reach across
            yield "\n".join(v for v in unique if v)


def _sqlite(body: bytes) -> Iterator[Piece]:
    """Yield every value of every table, overflow pages put together."""
    with tempfile.TemporaryDirectory(prefix="search-") as folder:
        copy = Path(folder) / "copy.sqlite"
        copy.write_bytes(body)
        connection = sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)
        try:
            yield from _rows(connection)
        except sqlite3.DatabaseError:
            yield Unread("SQLite that cannot be opened: its pages were searched as bytes")
        finally:
            connection.close()


def _rows(connection: sqlite3.Connection) -> Iterator[Piece]:
    tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    for table, sql in tables.fetchall():
        yield f"{table}\n{sql}"
        quoted = table.replace('"', '""')
        for row in connection.execute(f'SELECT * FROM "{quoted}"'):
            yield from (v for v in row if isinstance(v, bytes))
            texts: list[Any] = [v for v in row if v is not None and not isinstance(v, bytes)]
            yield "\n".join(map(str, texts))


def _gzip(name: str, body: bytes, depth: int) -> Iterator[Piece]:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            inner = file.read(MOST_BYTES)
    except (OSError, EOFError, zlib.error):
        yield body
        yield Unread("gzip that cannot be opened")
        return
    yield from pieces(name, inner, depth + 1)


def _zip(body: bytes, depth: int) -> Iterator[Piece]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield archive.comment
            for info in archive.infolist():
                if info.file_size > MOST_BYTES:
                    yield Unread("a zip member too large to open")
                    continue
                yield from pieces(info.filename, archive.read(info), depth + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error):
        yield body
        yield Unread("zip that cannot be opened: encrypted or broken")
