"""The events that all engines are asked about: made from a seed, laid out by person with a stored rank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LARGEST_AMOUNT = 1_000
PERSONS_A_BLOCK = 100_000


@dataclass(frozen=True, slots=True)
class Events:
    """How many events: persons, rows that each has, groups; amounts are integers 0 to 1,000."""

    persons: int
    rows_a_person: int
    groups: int
    seed: int = 1

    @property
    def rows(self) -> int:
        """Rows in all."""
        return self.persons * self.rows_a_person

    @property
    def name(self) -> str:
        """A file name that says what is in it."""
        return f"events-{self.persons}x{self.rows_a_person}-{self.groups}-{self.seed}"

    def labels(self) -> list[str]:
        """Return the public groups, in order."""
        return [f"g{i:04d}" for i in range(self.groups)]


def _blocks(events: Events) -> Iterator[pa.Table]:
    """Yield blocks of whole persons: person, rank (their rows in random order), grp, amount."""
    labels = pa.array(events.labels())
    rng = np.random.default_rng(events.seed)
    ranks = np.arange(events.rows_a_person, dtype=np.int32)
    for first in range(0, events.persons, PERSONS_A_BLOCK):
        persons = np.arange(first, min(first + PERSONS_A_BLOCK, events.persons), dtype=np.int64)
        rows = len(persons) * events.rows_a_person
        codes = pa.array(rng.integers(0, events.groups, rows, dtype=np.int32))
        yield pa.table(
            {
                "person": np.repeat(persons, events.rows_a_person),
                "rank": np.tile(ranks, len(persons)),
                "grp": pa.DictionaryArray.from_arrays(codes, labels).cast(pa.string()),
                "amount": rng.integers(0, LARGEST_AMOUNT + 1, rows, dtype=np.int32),
            }
        )


def write_events(events: Events, folder: Path) -> Path:
    """Write the events as Parquet, once; a half-written file is never taken for a whole one."""
    path = folder / f"{events.name}.parquet"
    if not path.exists():
        _write(path, _blocks(events))
    return path


def write_extract(events: Events, folder: Path) -> Path:
    """Write the same events as a department would hand them in: a person's number as text, no rank."""
    path = folder / f"{events.name}.extract.parquet"
    if not path.exists():
        _write(path, map(_handed_in, _blocks(events)))
    return path


def _handed_in(block: pa.Table) -> pa.Table:
    person = block["person"].cast(pa.string())
    return pa.table({"person": person, "grp": block["grp"], "amount": block["amount"]})


def _write(path: Path, blocks: Iterator[pa.Table]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    first = next(blocks)
    with pq.ParquetWriter(half, first.schema) as writer:
        writer.write_table(first)
        for block in blocks:
            writer.write_table(block)
    half.rename(path)
