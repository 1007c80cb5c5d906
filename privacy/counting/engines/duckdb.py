"""DuckDB, embedded: the engine that is always there, over a snapshot's Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.errors import ServiceFault
from privacy.counting.engines.dictionaries import tallied
from privacy.counting.engines.layout import laid_out
from privacy.counting.statement import SOURCES, Statement

if TYPE_CHECKING:
    import pyarrow as pa

    from privacy.counting.tallying import Tally


class DuckDB:
    """Counts over Parquet files: `sources` are the files of each source, in their order."""

    def __init__(self, sources: Sequence[Sequence[Path]], *, threads: int = 2) -> None:
        self._sources = [[str(path) for path in files] for files in sources]
        self._threads = int(threads)

    def laid_out(self) -> bool:
        """Tell whether the first source is one file as intake lays it out (see `Engine`)."""
        import pyarrow as pa

        if len(self._sources[0]) != 1:
            return False
        try:
            return laid_out(Path(self._sources[0][0]), self._threads)
        except (OSError, pa.ArrowException):
            raise _fault() from None

    def tallied(self, wanted: Tally) -> pa.Table | None:
        """Return the table of a tally, from dictionary codes (see `Engine`)."""
        import pyarrow as pa

        try:
            return tallied(wanted, [Path(p) for p in self._sources[0]], self._threads)
        except (OSError, pa.ArrowException):
            raise _fault() from None

    def run(self, statements: Sequence[Statement]) -> list[pa.Table]:
        """Return a table for each statement (see `Engine`)."""
        import duckdb

        try:
            with duckdb.connect(":memory:") as connection:
                connection.execute(f"SET threads = {self._threads}")
                connection.execute(f"SET perfect_ht_threshold = {_PERFECT}")
                for name, files in zip(SOURCES, self._sources, strict=False):
                    rows = connection.read_parquet(files, file_row_number=True)
                    connection.register(name, rows)
                return [_answer(connection, s) for s in statements]
        except duckdb.Error:
            raise _fault() from None


def _fault() -> ServiceFault:
    return ServiceFault(
        "the rows could not be counted; what was reserved stays spent",
        where="counting",
        todo="check the snapshot with `commonground ingest`, then ask again",
    )


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
