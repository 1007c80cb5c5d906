"""DuckDB, embedded: the engine that is always there, over a snapshot's Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.errors import ServiceFault
from privacy.counting.statement import SOURCES, Statement

if TYPE_CHECKING:
    import pyarrow as pa


class DuckDB:
    """Counts over Parquet files: `sources` are the files of each source, in their order."""

    keeps_order = True
    """Windows without an order stream over the rows of a file as they stand (`preserve_insertion_order`)."""

    def __init__(self, sources: Sequence[Sequence[Path]], *, threads: int = 2) -> None:
        self._sources = [[str(path) for path in files] for files in sources]
        self._threads = int(threads)

    def run(self, statements: Sequence[Statement]) -> list[pa.Table]:
        """Return a table for each statement (see `Engine`)."""
        import duckdb

        try:
            with duckdb.connect(":memory:") as connection:
                connection.execute(f"SET threads = {self._threads}")
                connection.execute(f"SET perfect_ht_threshold = {_PERFECT}")
                for name, files in zip(SOURCES, self._sources, strict=False):
                    connection.register(name, connection.read_parquet(files))
                return [_answer(connection, s) for s in statements]
        except duckdb.Error:
            raise ServiceFault(
                "the rows could not be counted; what was reserved stays spent",
                where="counting",
                todo="check the snapshot with `commonground ingest`, then ask again",
            ) from None


_PERFECT = 24
"""Bits of grouping keys up to which DuckDB counts in a dense array: 1.6 s instead of 7.4 s at 297 million rows."""


def _answer(connection: Any, s: Statement) -> pa.Table:
    for lookup in s.lookups:
        connection.register(lookup.name, _table(lookup.entries))
    answer = connection.execute(s.tree.sql(dialect="duckdb"), dict(s.parameters)).to_arrow_table()
    for lookup in s.lookups:
        connection.unregister(lookup.name)
    return answer


def _table(entries: Sequence[tuple[Any, Any]]) -> pa.Table:
    import pyarrow as pa

    keys, values = zip(*entries, strict=True)
    return pa.table({"key": keys, "value": values})
