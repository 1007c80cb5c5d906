"""The session's spill: parts that hold pseudonyms and stored columns, and nothing else."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.contract import PSEUDONYM_FIELD, RANK_FIELD

if TYPE_CHECKING:
    import pyarrow as pa

NOTES = "notes"
DRAW = "_draw"
"""Column of the parts: a random number a row, by which a person's rows are ranked."""
_MEMORY = "1GB"
_ROWS_A_GROUP = 120_000


class Tables:
    """The parts of a session, in its folder; what is written stands whole under its name or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, dataset: str, name: str, table: pa.Table) -> None:
        """Keep a part under a name that says where it comes from: written again it replaces itself."""
        import pyarrow.parquet as pq

        target = self.folder / dataset
        target.mkdir(exist_ok=True)
        draft = target / f".{name}"
        columns = [c for c in table.column_names if c not in (PSEUDONYM_FIELD, DRAW)]
        pq.write_table(
            table, draft, compression="lz4", use_dictionary=columns, write_statistics=False
        )
        with draft.open("rb") as body:
            os.fsync(body.fileno())
        draft.replace(target / f"{name}.parquet")

    def parts(self, dataset: str) -> list[Path]:
        """Return the parts of a dataset."""
        return sorted((self.folder / dataset).glob("*.parquet"))

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

        Returns
        -------
        How many rows were left out.
        """
        import duckdb
        import pyarrow.parquet as pq

        ranked = rows_per_person is not None and rows_per_person > 1
        with duckdb.connect(":memory:") as engine:
            engine.execute("SET threads = 2")
            engine.execute(f"SET memory_limit = '{_MEMORY}'")
            engine.execute("SET enable_progress_bar = false")
            engine.execute("SET temp_directory = " + quoted(self.folder / "sorting"))
            parts = engine.read_parquet([str(p) for p in self.parts(dataset)])
            names = [n for n in parts.columns if n != DRAW]
            order = [PSEUDONYM_FIELD, DRAW] if ranked else [PSEUDONYM_FIELD, *names[1:]]
            listed = ", ".join(f'"{n}"' for n in [*names, *([DRAW] if ranked else [])])
            by = ", ".join(f'"{n}"' for n in order)
            engine.register("parts", parts)
            rows = engine.execute(f"SELECT {listed} FROM parts ORDER BY {by}")
            runs, writer, beyond = _Runs(), None, 0
            try:
                for batch in rows.to_arrow_reader(_ROWS_A_GROUP):
                    table, left_out = _ranked(batch, names, runs, rows_per_person, ranked)
                    beyond += left_out
                    if writer is None:
                        writer = pq.ParquetWriter(
                            target / "rows.parquet", table.schema, compression="zstd",
                            use_dictionary=[n for n in table.column_names if n != PSEUDONYM_FIELD],
                        )  # fmt: skip
                    writer.write_table(table, row_group_size=_ROWS_A_GROUP)
            finally:
                if writer is not None:
                    writer.close()
        return beyond


class _Runs:
    """Counts places within runs of equal pseudonyms, across batches."""

    def __init__(self) -> None:
        self._last, self._seen = None, 0

    def ranks(self, people: Any) -> Any:
        """Return each row's place (from 1) among its person's rows."""
        import pyarrow.compute as pc

        n = len(people)
        new = np.ones(n, dtype=bool)
        if n > 1:
            new[1:] = pc.not_equal(people.slice(1), people.slice(0, n - 1)).to_numpy(
                zero_copy_only=False
            )
        first = people[0].as_py()
        before = self._seen if first == self._last else 0
        starts = np.maximum.accumulate(np.where(new, np.arange(n), 0))
        ranks = np.arange(n) - starts + 1
        ranks[starts == 0] += before
        self._last, self._seen = people[n - 1].as_py(), int(ranks[-1])
        return ranks


def _ranked(
    batch: Any, names: list[str], runs: _Runs, rows_per_person: int | None, ranked: bool
) -> tuple[pa.Table, int]:
    import pyarrow as pa

    table = pa.table(batch).select(names)
    if rows_per_person is None or not batch.num_rows:
        return table, 0
    ranks = runs.ranks(batch.column(PSEUDONYM_FIELD))
    if ranked:
        table = table.append_column(RANK_FIELD, pa.array(ranks, pa.int32()))
    kept = ranks <= rows_per_person
    if not kept.all():
        table = table.filter(pa.array(kept))
    return table, int(len(kept) - np.count_nonzero(kept))


def draws(size: int) -> pa.Array:
    """Return a random number (64 bits, from the system) for each row."""
    import pyarrow as pa

    return pa.array(np.frombuffer(secrets.token_bytes(8 * size), dtype=np.uint64))


def quoted(path: Path) -> str:
    """Return a path as an SQL text."""
    return "'" + str(path).replace("'", "''") + "'"
