"""Parquet, read by dictionary: a small file that unfolds to a huge one is met before it unfolds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from policies.errors import BadInput
from privacy.intake.readers.batches import Batch, Opened, Wanted
from privacy.intake.readers.limits import (
    BATCH_ROWS,
    LONGEST_CELL,
    MOST_BATCH_BYTES,
    MOST_BYTES_UNPACKED,
    MOST_COLUMN_CHUNK_BYTES,
    MOST_FOOTER_BYTES,
    MOST_UNFOLDED_BATCH_BYTES,
    check_parquet_footer,
    check_width,
)


def open_parquet(path: Path, wanted: Wanted) -> Opened:
    """Open a Parquet file.

    Raises
    ------
    BadInput
        It cannot be read, unfolds beyond all measure, or a column that is read has nested values.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    check_parquet_footer(path, wanted.label)
    limits = {
        "thrift_string_size_limit": MOST_FOOTER_BYTES,
        "thrift_container_size_limit": 1_000_000,
    }
    try:
        meta = pq.read_metadata(path)
        names = list(meta.schema.to_arrow_schema().names)
    except (pa.ArrowException, OSError) as error:
        raise BadInput("is not a Parquet file that can be read", where=wanted.label) from error
    check_width(meta.num_columns, wanted.label)
    _check_sizes(meta, wanted.label)
    taken, missing, departures = wanted.settle(names)
    schema = meta.schema.to_arrow_schema()
    _check_types(schema, taken, wanted.label)
    by_dictionary = [n for n in taken if _is_text(schema.field(n).type)]
    file = pq.ParquetFile(path, read_dictionary=by_dictionary, **limits)

    def batches() -> Iterator[Batch]:
        row = 1
        for part in file.iter_batches(batch_size=BATCH_ROWS, columns=taken or names[:1]):
            columns = {n: part.column(n) for n in taken}
            heaviest = max((_unfolded(c, wanted.label, n) for n, c in columns.items()), default=0)
            if heaviest > MOST_UNFOLDED_BATCH_BYTES:
                raise BadInput("unfolds beyond all measure", where=f"{wanted.label} row {row}")
            pieces = max(1, -(-heaviest // MOST_BATCH_BYTES))
            size = max(1, -(-part.num_rows // pieces))
            for at in range(0, part.num_rows, size):
                cells = {n: _text(c.slice(at, size), wanted.label, n) for n, c in columns.items()}
                rows = min(size, part.num_rows - at)
                numbers = np.arange(row + at, row + at + rows, dtype=np.int64)
                yield Batch(wanted.table(cells, rows), numbers, [])
            row += part.num_rows

    return Opened(batches(), departures, missing)


def _check_sizes(meta: Any, where: str) -> None:
    total = 0
    for i in range(meta.num_row_groups):
        group = meta.row_group(i)
        total += group.total_byte_size
        for j in range(group.num_columns):
            if group.column(j).total_uncompressed_size > MOST_COLUMN_CHUNK_BYTES:
                raise BadInput("has a column chunk of more than 1 GiB", where=where)
    if max(total, meta.num_rows * 8) > MOST_BYTES_UNPACKED:
        raise BadInput("unfolds to more than 64 GiB", where=where, todo="split the extract")


def _check_types(schema: Any, taken: list[str], where: str) -> None:
    import pyarrow.types as t

    for name in taken:
        if t.is_nested(schema.field(name).type):
            raise BadInput("has nested values; one value a cell", where=f"{where} column {name}")


def _is_text(kind: Any) -> bool:
    import pyarrow.types as t

    return bool(t.is_string(kind) or t.is_large_string(kind) or t.is_binary(kind))


def _unfolded(column: Any, where: str, name: str) -> int:
    """Return how many bytes a column of text takes once each row has its own; refuse long cells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(column, pa.DictionaryArray):
        return column.nbytes if isinstance(column, pa.Array) else 0
    lengths = pc.binary_length(column.dictionary)
    if len(lengths) and (pc.max(lengths).as_py() or 0) > LONGEST_CELL:
        raise BadInput(
            f"has a cell of more than {LONGEST_CELL:,} bytes", where=f"{where} column {name}"
        )
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0)


def _text(column: Any, where: str, name: str) -> Any:
    """Return a column as text without nulls, dates in ISO 8601."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if isinstance(column, pa.DictionaryArray):
            column = column.dictionary.cast(pa.string()).take(column.indices)
        return pc.fill_null(column.cast(pa.string()), "")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput("cannot be read as text", where=f"{where} column {name}") from error
