"""Reading columns of text by their dictionary codes, row group by row group, in a few threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.counting.tallying import Tally, counted, table_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def tallied(t: Tally, files: Sequence[Path], threads: int) -> pa.Table:
    """Return the counts of a tally over Parquet files; memory is that of a row group a thread."""
    import pyarrow.parquet as pq

    parts = []
    for path in files:
        with pq.ParquetFile(path) as body:
            parts += [(path, i) for i in range(body.num_row_groups)]
    shares = [parts[i::threads] for i in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        whole = sum(pool.map(lambda share: _sum(t, share), shares), _none(t))
    return table_of(t, whole)


def _none(t: Tally) -> NDArray[np.int64]:
    return np.zeros(prod(map(len, t.values)) + 1, dtype=np.int64)


def _sum(t: Tally, share: Sequence[tuple[Path, int]]) -> NDArray[np.int64]:
    total = _none(t)
    for batch in _batches(t.read, share):
        total += counted(t, batch)
    return total


def _batches(
    columns: Sequence[str], share: Sequence[tuple[Path, int]]
) -> Iterator[dict[str, pa.DictionaryArray]]:
    import pyarrow.parquet as pq

    opened: tuple[Path, Any] | None = None
    for path, group in share:
        if opened is None or opened[0] != path:
            opened = path, pq.ParquetFile(path, read_dictionary=list(columns))
        table = opened[1].read_row_group(group, columns=list(columns), use_threads=False)
        yield {name: _coded(table.column(name)) for name in columns}


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.unify_dictionaries().combine_chunks() if column.num_chunks else _empty()


def _empty() -> pa.DictionaryArray:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.string()))
