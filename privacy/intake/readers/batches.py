"""What every reader gives: batches of text columns, of bounded size, with the rows' numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.intake.biometrics import refuse_columns

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of an extract.

    `table` has text columns (no nulls) by their names in the contract; `rows` their numbers in the
    file (the header of a text file is row 1); `unreadable` the rows that are none, with the reason.
    """

    table: pa.Table
    rows: NDArray[np.int64]
    unreadable: list[tuple[int, str]]


@dataclass(slots=True)
class Opened:
    """An extract that can be read: its batches, and how it departs from the contract.

    `departures` may grow while the batches are read; `missing` are columns that it lacks.
    """

    batches: Iterator[Batch]
    departures: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield batches while a thread reads the next: one is in work, one waits, never more."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of an extract: the contract, the columns that intake needs, the extract's name.

    `label` names the extract by dataset and number: a file's own name may name a person.
    """

    contract: Contract
    columns: frozenset[str]
    label: str

    def settle(self, found: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
        """Return which columns of a file to read, which are missing, and what to say of it.

        Raises
        ------
        BadInput
            A required column is missing or a column stands twice.
        Refused
            A column is named after what a body is recognised by.
        """
        if len(set(found)) != len(found):
            raise BadInput("names a column twice", where=f"{self.label} row 1")
        refuse_columns(found, self.label)
        present = frozenset(found)
        missing = [f.name for f in self.contract.fields if f.name not in present]
        required = [f.name for f in self.contract.fields if f.required and f.name in missing]
        if required:
            raise BadInput(
                f"lacks the column {', '.join(required)}",
                where=self.label,
                todo=f"the contract {self.contract.dataset} requires it",
            )
        departures = [f"column {name} is missing: read as empty" for name in missing]
        unknown = len(present - {f.name for f in self.contract.fields})
        if unknown:
            departures.append(f"{unknown} columns that the contract does not name: not read")
        return [name for name in found if name in self.columns], missing, departures

    def table(self, columns: dict[str, Any], size: int) -> pa.Table:
        """Return a table of the wanted columns; those that the file lacks are empty text."""
        import pyarrow as pa

        empty = None
        whole = {}
        for name in sorted(self.columns):
            if name in columns:
                whole[name] = columns[name]
                continue
            empty = pa.repeat(pa.scalar(""), size) if empty is None else empty
            whole[name] = empty
        if not whole:
            return pa.table({"": pa.nulls(size)}) if size else pa.table({})
        return pa.table(whole)


def text_batch(
    wanted: Wanted, names: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int],
    unreadable: list[tuple[int, str]],
) -> Batch:  # fmt: skip
    """Return a batch of rows of text, `names` in the order of their cells."""
    import pyarrow as pa

    columns = {
        name: pa.array([row[i] for row in rows], type=pa.string())
        for i, name in enumerate(names)
        if name in wanted.columns
    }
    return Batch(wanted.table(columns, len(rows)), np.asarray(numbers, dtype=np.int64), unreadable)
