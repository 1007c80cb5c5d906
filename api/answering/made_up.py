"""A dataset of made-up rows in files, as the engine reads a snapshot."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from privacy.contract import Contract
from privacy.fabrication.rows import made_up_people, made_up_rows


@contextmanager
def made_up_files(contracts: Sequence[Contract]) -> Iterator[tuple[tuple[Path, ...], ...]]:
    """Write made-up rows of each contract into files that live as long as the context."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    people = made_up_people(min(c.population.public_size for c in contracts))
    with tempfile.TemporaryDirectory(prefix="made-up-") as folder:
        files = []
        for contract in contracts:
            path = Path(folder) / f"{contract.dataset}.parquet"
            seed = zlib.crc32(contract.dataset.encode())
            pq.write_table(pa.table(made_up_rows(contract, people, seed)), path)
            files.append((path,))
        yield tuple(files)
