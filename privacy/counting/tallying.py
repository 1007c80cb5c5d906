"""Counts by columns of text: what can be added up from dictionary codes, without reading a text twice.

Snapshots keep texts by dictionary, and a count by such columns needs the codes alone: three times as fast
as grouping by the texts themselves at 297 million rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from privacy.counting.jobs import Figure, Job
from privacy.query import Plan
from privacy.query.expressions import All, Any_, Column, IsNull, Mapped, Not, OneOf, Predicate

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_MOST_CELLS = 2**24
Truth = tuple["NDArray[np.bool_]", "NDArray[np.bool_]"]
"""Where a condition holds, and where it does not; elsewhere it is unknown."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows to be counted by texts: for each key its column and public values; a condition on columns of text.

    `names` are the columns of the answer: a key each, then the count.
    """

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    where: Predicate | None = None

    @property
    def read(self) -> tuple[str, ...]:
        """The stored columns that are needed."""
        found = set(self.columns) | (set() if self.where is None else _texts(self.where) or set())
        return tuple(sorted(found))


def tally_of(plan: Plan, jobs: Sequence[Job]) -> Tally | None:
    """Return the plan as a tally, or None where it needs more than counts by columns of text."""
    if len(jobs) != 1 or len(plan.sources) != 1 or plan.unknown_groups or plan.bounds.clips:
        return None
    job = jobs[0]
    if job.figures != (Figure("rows"),):
        return None
    if plan.where is not None and not _texts(plan.where):
        return None
    columns, values = [], []
    for key, axis in zip(plan.keys, job.axes, strict=True):
        e = key.expression
        if isinstance(e, Mapped) and axis.table is not None:
            columns.append(e.column.name)
            values.append(tuple(str(raw) for raw, _ in axis.table))
        elif isinstance(e, Column) and e.kind == "text" and axis.codes is not None:
            columns.append(e.name)
            values.append(tuple(map(str, axis.codes)))
        else:
            return None
    if not columns or prod(map(len, values)) > _MOST_CELLS:
        return None
    names = (*(a.column for a in job.axes), "f0")
    return Tally(tuple(columns), tuple(values), names, plan.where)


def _texts(p: Predicate) -> set[str] | None:
    """Return the columns of text that a condition speaks of, or None where it speaks of more."""
    match p:
        case OneOf(Column(name, "text", 0), _) | IsNull(Column(name, "text", 0)):
            return {name}
        case Not(part):
            return _texts(part)
        case All(parts) | Any_(parts):
            found = [_texts(q) for q in parts]
            return None if not all(found) else set().union(*(f for f in found if f))
    return None


def counted(t: Tally, batch: Mapping[str, pa.DictionaryArray]) -> NDArray[np.int64]:
    """Return the counts of a batch by cell; the last cell is that of rows in no group.

    Rows are counted by their codes, and only the counts are looked up: nothing is done a row but to
    multiply and add.
    """
    size = prod(map(len, t.values))
    whole = np.zeros(size + 1, dtype=np.int64)
    codes = [_codes(batch[name]) for name in t.columns]
    places = [_places(batch[n], v) for n, v in zip(t.columns, t.values, strict=True)]
    holds = None if t.where is None else _truth(t.where, batch)[0]
    if prod(map(len, places)) > _MOST_CELLS:  # a dictionary of much that is in no group
        at = [p[c] for p, c in zip(places, codes, strict=True)]
        codes = [
            np.where(a < 0, len(v), a).astype(np.int32) for a, v in zip(at, t.values, strict=True)
        ]
        places = [np.append(np.arange(len(v)), -1) for v in t.values]
    row = np.zeros(len(codes[0]), dtype=np.int32)
    for code, place in zip(codes, places, strict=True):
        row *= len(place)
        row += code
    found = np.bincount(row if holds is None else row[holds])
    cell = np.zeros(1, dtype=np.int64)
    for place, values in zip(places, t.values, strict=True):
        next_ = cell[:, None] * len(values) + place[None, :]
        cell = np.where((cell[:, None] < 0) | (place[None, :] < 0), -1, next_).reshape(-1)
    cell = cell[: len(found)]
    np.add.at(whole, np.where(cell < 0, size, cell), found)
    return whole


def table_of(t: Tally, cells: NDArray[np.int64]) -> pa.Table:
    """Return the groups that have rows, as an engine would."""
    import pyarrow as pa

    at = np.flatnonzero(cells[:-1])
    places = np.unravel_index(at, tuple(map(len, t.values)))
    keys = [
        pa.array(v, pa.string()).take(pa.array(p)) for v, p in zip(t.values, places, strict=True)
    ]
    return pa.table([*keys, pa.array(cells[at], pa.int64())], names=list(t.names))


def _codes(column: pa.DictionaryArray) -> NDArray[np.int32]:
    """Return the dictionary codes, those of NULL one past the dictionary's end."""
    indices = column.indices
    if indices.null_count:
        indices = indices.fill_null(len(column.dictionary))
    codes: NDArray[np.int32] = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes


def _places(column: pa.DictionaryArray, values: Sequence[str]) -> NDArray[np.int64]:
    """Return for each code, and for NULL, its place among the values; −1 where it is none of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.index_in(column.dictionary, value_set=pa.array(values, pa.string()))
    return np.append(found.fill_null(-1).to_numpy(zero_copy_only=False), -1).astype(np.int64)


def _looked_up(column: pa.DictionaryArray, values: Sequence[str]) -> NDArray[np.int64]:
    return _places(column, values)[_codes(column)]


def _truth(p: Predicate, batch: Mapping[str, pa.DictionaryArray]) -> Truth:
    match p:
        case OneOf(Column(name), values):
            inside = _looked_up(batch[name], [str(v) for v in values]) >= 0
            return inside, ~inside & ~_missing(batch[name])
        case IsNull(Column(name)):
            missing = _missing(batch[name])
            return missing, ~missing
        case Not(part):
            holds, fails = _truth(part, batch)
            return fails, holds
        case All(parts):
            found = [_truth(q, batch) for q in parts]
            return np.logical_and.reduce([t for t, _ in found]), np.logical_or.reduce(
                [f for _, f in found]
            )
        case Any_(parts):
            found = [_truth(q, batch) for q in parts]
            return np.logical_or.reduce([t for t, _ in found]), np.logical_and.reduce(
                [f for _, f in found]
            )
    raise ValueError("a condition on columns of text was expected")


def _missing(column: pa.DictionaryArray) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = _codes(column) == len(column.dictionary)
    return missing
