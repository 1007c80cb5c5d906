"""The session's spill: parts that hold pseudonyms and stored columns, and nothing else."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.contract import PSEUDONYM_FIELD, RANK_FIELD
from privacy.intake.kernels import read_pseudonyms

if TYPE_CHECKING:
    import pyarrow as pa

NOTES = "notes"
DRAW = "_draw"
"""Column of the parts: a random number a row, by which a person's rows are ranked."""
_BUCKET_BITS = 6
_BUCKETS = 1 << _BUCKET_BITS
"""A part holds its rows in so many batches, by the first bits of the pseudonym."""
_BYTES_SORTED_AT_ONCE = 16 << 20
_ROWS_A_GROUP = 120_000
_SUFFIX = ".arrow"


class Tables:
    """The parts of a session, in its folder; what is written stands whole under its name or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, dataset: str, name: str, table: pa.Table) -> None:
        """Keep a part under a name that says where it comes from: written again it replaces itself."""
        import pyarrow as pa

        target = self.folder / dataset
        target.mkdir(exist_ok=True)
        draft = target / f".{name}"
        with draft.open("wb") as body:
            with pa.ipc.new_file(body, table.schema) as out:
                for bucket in _buckets(table):
                    out.write_batch(bucket)
            body.flush()
            os.fsync(body.fileno())
        draft.replace(target / f"{name}{_SUFFIX}")

    def parts(self, dataset: str) -> list[Path]:
        """Return the parts of a dataset."""
        return sorted((self.folder / dataset).glob(f"*{_SUFFIX}"))

    def relation(self, dataset: str) -> Any:
        """Return the rows of a dataset as what an engine can scan again and again."""
        import pyarrow.dataset as ds

        return ds.dataset([str(p) for p in self.parts(dataset)], format="ipc")

    def forget(self, dataset: str, prefix: str) -> None:
        """Remove the parts of an extract that has to be read again from its beginning."""
        for path in (self.folder / dataset).glob(f"{prefix}*"):
            path.unlink()

    def has_notes(self) -> bool:
        """Tell whether any redacted text was spilled."""
        return bool(self.parts(NOTES))

    def move_sorted(self, dataset: str, target: Path, rows_per_person: int | None) -> int:
        """Write a dataset's rows to `target`, sorted by pseudonym: the order of intake is forgotten.

        Of each pseudonym `rows_per_person` rows are kept (None: all). Where that is more than one, they
        are ranked by the random number that each row drew, the least are kept, and the rank is stored;
        else the least row in the order of its columns. Either rule looks at this person only.

        Memory holds one range of pseudonyms at a time, of bounded size however many rows there are.

        Returns
        -------
        How many rows were left out.
        """
        import pyarrow.parquet as pq

        ranked = rows_per_person is not None and rows_per_person > 1
        writer, beyond = None, 0
        try:
            for table in _ranges(self.parts(dataset)):
                kept = _bounded(_in_order(table, ranked), rows_per_person, ranked)
                beyond += table.num_rows - kept.num_rows
                if writer is None:
                    writer = pq.ParquetWriter(
                        target / "rows.parquet", kept.schema, compression="zstd",
                        compression_level=1, store_schema=False,
                        use_dictionary=[n for n in kept.column_names if n != PSEUDONYM_FIELD],
                    )  # fmt: skip
                writer.write_table(kept, row_group_size=_ROWS_A_GROUP)
        finally:
            if writer is not None:
                writer.close()
        return beyond


def _buckets(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a part by the first bits of their pseudonym: a batch each, also where empty."""
    import pyarrow as pa

    whole = table.combine_chunks()
    if PSEUDONYM_FIELD not in table.column_names:
        yield from whole.to_batches()
        return
    high, _ = read_pseudonyms(whole.column(PSEUDONYM_FIELD))
    bucket = (high >> np.uint64(64 - _BUCKET_BITS)).astype(np.uint8)
    order = np.argsort(bucket, kind="stable")
    whole = whole.take(pa.array(order)).combine_chunks()
    ends = np.concatenate([[0], np.cumsum(np.bincount(bucket, minlength=_BUCKETS))]).tolist()
    batch = pa.RecordBatch.from_arrays(
        [c.chunk(0) if c.num_chunks else pa.array([], c.type) for c in whole.columns],
        schema=whole.schema,
    )
    for low, end in pairwise(ends):
        yield batch.slice(low, end - low)


def _ranges(parts: list[Path]) -> Iterator[pa.Table]:
    """Yield the rows of parts, one range of pseudonyms after another; no person is in two."""
    import pyarrow as pa

    size = sum(p.stat().st_size for p in parts)
    step = int(np.clip(_BYTES_SORTED_AT_ONCE * _BUCKETS // max(1, size), 1, _BUCKETS))
    for first in range(0, _BUCKETS, step):
        batches = []
        for part in parts:
            with pa.OSFile(str(part)) as body:
                reader = pa.ipc.open_file(body)
                batches += [reader.get_batch(k) for k in range(first, min(first + step, _BUCKETS))]
        yield pa.Table.from_batches(batches).combine_chunks()


def _in_order(table: pa.Table, ranked: bool) -> pa.Table:
    """Return rows by pseudonym, then by the number they drew or in the order of their columns."""
    import pyarrow as pa
    import pyarrow.compute as pc

    high, low = read_pseudonyms(table.column(PSEUDONYM_FIELD))
    if ranked:
        drawn = table.column(DRAW).to_numpy()
        return table.take(pa.array(np.lexsort((drawn, low, high)))).drop_columns([DRAW])
    order = np.argsort(high)
    rising = high[order]
    same = np.flatnonzero(rising[1:] == rising[:-1])
    if len(same):
        # rows of one person stand side by side; only they are compared column by column
        tied = np.union1d(same, same + 1)
        rows = table.take(pa.array(order[tied]))
        plain = pa.table(
            {n: c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c
             for n, c in zip(rows.column_names, rows.columns, strict=True)}
        )  # fmt: skip
        keys = [(PSEUDONYM_FIELD, "ascending")]
        keys += [(n, "ascending") for n in plain.column_names if n != PSEUDONYM_FIELD]
        among = pc.sort_indices(plain, sort_keys=keys).to_numpy()
        order[tied] = order[tied][among]
    return table.take(pa.array(order))


def _bounded(table: pa.Table, rows_per_person: int | None, ranked: bool) -> pa.Table:
    """Return the first rows of each person, with their rank where several are kept."""
    import pyarrow as pa

    if rows_per_person is None or not table.num_rows:
        return table
    high, low = read_pseudonyms(table.column(PSEUDONYM_FIELD))
    new = np.ones(len(high), dtype=bool)
    new[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    at = np.arange(len(high))
    ranks = at - np.maximum.accumulate(np.where(new, at, 0)) + 1
    if ranked:
        table = table.append_column(RANK_FIELD, pa.array(ranks, pa.int32()))
    kept = ranks <= rows_per_person
    return table if kept.all() else table.filter(pa.array(kept))


def draws(size: int) -> pa.Array:
    """Return a random number (64 bits, from the system) for each row."""
    import pyarrow as pa

    return pa.array(np.frombuffer(secrets.token_bytes(8 * size), dtype=np.uint64))
