"""Whether a file is laid out as intake leaves it: by pseudonym, each with the ranks 1, 2, … in a run.

Then the row's number in the file less its rank is one number a pseudonym, and no text has to be read to
clip. It is looked at and not trusted: from any other file those numbers would break the bound.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from privacy.contract import PSEUDONYM_FIELD, RANK_FIELD

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_WIDTH = 32
"""Hex digits of a pseudonym."""


def laid_out(path: Path, threads: int) -> bool:
    """Tell whether pseudonyms rise through the file and each one's ranks are 1, 2, … in order.

    A file that was looked at is not looked at again while it stays the same; snapshots never change.
    """
    found = path.stat()
    return _laid_out(path, found.st_ino, found.st_size, found.st_mtime_ns, threads)


@lru_cache(maxsize=256)
def _laid_out(path: Path, _inode: int, _size: int, _written: int, threads: int) -> bool:
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    if not {PSEUDONYM_FIELD, RANK_FIELD} <= set(metadata.schema.to_arrow_schema().names):
        return False
    parts = np.array_split(np.arange(metadata.num_row_groups), max(1, threads))
    with ThreadPoolExecutor(max(1, threads)) as pool:
        runs = list(pool.map(lambda part: _run(path, part.tolist()), parts))
    return _follow([run for run in runs if run != ()])


_Ends = tuple["NDArray[np.uint64]", int, "NDArray[np.uint64]", int]
"""First pseudonym (four words that sort as the text does) and rank of a run of rows, and the last."""


def _run(path: Path, groups: list[int]) -> _Ends | tuple[()] | None:
    """Return the ends of so many row groups; () where they are empty, None where they are out of order."""
    import pyarrow.parquet as pq

    ends: list[_Ends] = []
    with pq.ParquetFile(path) as file:
        for group in groups:
            table = file.read_row_group(
                group, columns=[PSEUDONYM_FIELD, RANK_FIELD], use_threads=False
            )
            if not table.num_rows:
                continue
            found = _in_order(table)
            if found is None:
                return None
            ends.append(found)
    if not ends:
        return ()
    return (*ends[0][:2], *ends[-1][2:]) if _joined(ends) else None


def _follow(runs: list[_Ends | tuple[()] | None]) -> bool:
    whole = [run for run in runs if run]
    return len(whole) == len(runs) and (not whole or (whole[0][1] == 1 and _joined(whole)))


def _joined(runs: list[_Ends]) -> bool:
    return all(_steps(np.stack([a[2], b[0]]), np.array([a[3], b[1]])) for a, b in pairwise(runs))


def _in_order(table: pa.Table) -> _Ends | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    people = table.column(PSEUDONYM_FIELD).combine_chunks()
    ranks = table.column(RANK_FIELD)
    if people.type != pa.string() or people.null_count or ranks.null_count:
        return None
    if pc.min_max(pc.binary_length(people)).as_py() != {"min": _WIDTH, "max": _WIDTH}:
        return None
    # all are equally long: the text is a matrix
    text = np.frombuffer(people.buffers()[2], np.uint8)
    first = int(np.frombuffer(people.buffers()[1], np.int32)[people.offset])
    words = text[first : first + len(people) * _WIDTH].view(">u8").reshape(-1, _WIDTH // 8)
    numbers = ranks.to_numpy().astype(np.int64)
    if not _steps(words, numbers):
        return None
    return (
        words[0].astype(np.uint64),
        int(numbers[0]),
        words[-1].astype(np.uint64),
        int(numbers[-1]),
    )


def _steps(words: NDArray[np.uint64], ranks: NDArray[np.int64]) -> bool:
    """Tell whether each row is the next of the same pseudonym or the first of a later one."""
    same = (words[1:] == words[:-1]).all(axis=1)
    if not np.where(same, ranks[1:] == ranks[:-1] + 1, ranks[1:] == 1).all():
        return False
    heads = np.flatnonzero(~same)
    later, earlier = words[heads + 1], words[heads]
    rises = np.zeros(len(heads), dtype=bool)
    tied = np.ones(len(heads), dtype=bool)
    for a, b in zip(earlier.T, later.T, strict=True):
        rises |= tied & (a < b)
        tied &= a == b
    return bool(rises.all())
