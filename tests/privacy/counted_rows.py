"""Rows as the Parquet files of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.privacy.random_plans import FIRST, SECOND, kinds


def written(
    folder: Path, rows: Sequence[Mapping[str, Any]], names: Sequence[str], parts: int = 1
) -> list[Path]:
    """Write rows into so many files, dealt out one by one."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = pa.schema([(n, pa.type_for_alias(kinds()[n])) for n in names])
    paths = []
    for i in range(parts):
        paths.append(folder / f"{i}.parquet")
        pq.write_table(pa.Table.from_pylist(list(rows[i::parts]), schema=schema), paths[-1])
    return paths


def both(
    folder: Path,
    first: Sequence[Mapping[str, Any]],
    second: Sequence[Mapping[str, Any]],
    parts: int = 1,
) -> list[list[Path]]:
    """Write the two sources of a random plan."""
    return [
        written(folder / "first", first, ("person", "rank", *FIRST), parts),
        written(folder / "second", second, ("person", *SECOND)),
    ]
