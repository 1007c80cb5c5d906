"""From an engine's tables to the dense vectors of a plan: whole columns at once, empty groups 0."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from privacy.counting.jobs import Axis, Job, distinct_needed
from privacy.counting.places import places_at
from privacy.query import Plan, Statistic, statistics_of
from privacy.query.exact import ExactCounts
from privacy.query.expressions import Value

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_LOW = np.int64(0xFFFF_FFFF)
_END = np.int64(2**31 - 1)


def filled(plan: Plan, jobs: Sequence[Job], tables: Sequence[pa.Table]) -> ExactCounts:
    """Return the plan's statistics from the tables of its jobs.

    A group without rows is 0; rows whose value lies outside a domain are in no group. Unknown groups
    stand in the order of their codes, whatever order the rows came in.
    """
    found = _combinations(plan, jobs, tables) if plan.unknown_groups else None
    vectors: dict[str, NDArray[np.int64]] = {}
    for s in statistics_of(plan):
        job, table = next((j, t) for j, t in zip(jobs, tables, strict=True) if s.name in j.terms)
        vectors[s.name] = _vector(plan, s, job, table, found)
    return ExactCounts(vectors, None if found is None else tuple(found))


def _vector(
    plan: Plan, s: Statistic, job: Job, table: pa.Table, found: dict[tuple[Value, ...], int] | None
) -> NDArray[np.int64]:
    values = np.zeros(table.num_rows, dtype=np.int64)
    for coefficient, column in job.terms[s.name]:
        values += coefficient * _whole(table, column)
    if s.kind == "contributions":
        size = len(job.axes[0].codes or ())
        return saturating(_flat(job.axes, table), values, size).reshape(1, size)
    last = len(job.axes[-1].codes or ()) if s.kind == "values" else 1
    if found is not None:
        places = _found_places(job.axes[: len(plan.keys)], table, found)
        if s.kind == "values":
            bins = _places(job.axes[-1], table)
            places = np.where((places < 0) | (bins < 0), -1, places * last + bins)
        dense = saturating(places, values, len(found) * last)
    else:
        size = prod(len(a.codes or ()) for a in job.axes)
        dense = saturating(_flat(job.axes, table), values, size)
        dense = _at_tier(plan, s, dense, last)
    return dense.reshape(-1, last) if s.kind == "values" else dense


def _at_tier(plan: Plan, s: Statistic, leaves: NDArray[np.int64], last: int) -> NDArray[np.int64]:
    """Add up the places of the finest tier to those of the statistic's."""
    at = next((i for i, k in enumerate(plan.keys) if k.tiers), None)
    if at is None or not s.tier or s.tier == plan.keys[at].tiers[-1]:
        return leaves
    if s.kind == "persons" and distinct_needed(plan):
        return leaves  # its job counted at this tier
    places, parents = places_at(plan.keys[at], s.tier)
    before, after = prod(plan.shape[:at]), prod(plan.shape[at + 1 :]) * last
    grid = np.arange(before)[:, None, None] * len(places) + np.array(parents)[None, :, None]
    flat = (grid * after + np.arange(after)[None, None, :]).reshape(-1)
    return saturating(flat, leaves, before * len(places) * after)


def _combinations(
    plan: Plan, jobs: Sequence[Job], tables: Sequence[pa.Table]
) -> dict[tuple[Value, ...], int]:
    """Return the combinations of codes that occur among the rows that count, in order."""
    finding = next(s.name for s in statistics_of(plan) if s.finds_groups)
    job, table = next((j, t) for j, t in zip(jobs, tables, strict=True) if finding in j.terms)
    columns = [_codes(axis, table).to_pylist() for axis in job.axes]
    occurring = {c for c in zip(*columns, strict=True) if None not in c}
    return {c: i for i, c in enumerate(sorted(occurring))}


def _found_places(
    axes: Sequence[Axis], table: pa.Table, found: dict[tuple[Value, ...], int]
) -> NDArray[np.int64]:
    columns = [_codes(axis, table).to_pylist() for axis in axes]
    return np.fromiter(
        (found.get(c, -1) for c in zip(*columns, strict=True)), np.int64, table.num_rows
    )


def _codes(axis: Axis, table: pa.Table) -> pa.Array:
    """Return the codes of an axis, NULL where a row is in no group."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = table.column(axis.column).combine_chunks()
    if axis.table is not None:
        keys, values = zip(*dict(axis.table).items(), strict=True) if axis.table else ((), ())
        column = pa.array(values).take(_index(column, keys)) if keys else pa.nulls(len(column))
    if axis.codes is None:
        return column
    known = pc.is_in(column, value_set=pa.array(axis.codes, column.type))
    return pc.if_else(known, column, None)


def _flat(axes: Sequence[Axis], table: pa.Table) -> NDArray[np.int64]:
    """Return each row's place in the product of the axes, last axis fastest; −1: in no group."""
    flat = np.zeros(table.num_rows, dtype=np.int64)
    outside = np.zeros(table.num_rows, dtype=bool)
    for axis in axes:
        places = _places(axis, table)
        outside |= places < 0
        flat = flat * len(axis.codes or ()) + places
    return np.where(outside, -1, flat)


def _places(axis: Axis, table: pa.Table) -> NDArray[np.int64]:
    column = table.column(axis.column).combine_chunks()
    codes = axis.codes or ()
    if axis.table is None:
        found = _index(column, codes).fill_null(-1).to_numpy(zero_copy_only=False)
        return np.asarray(found, dtype=np.int64)
    place_of = {code: i for i, code in enumerate(codes)}
    table_of = dict(axis.table)
    entries: NDArray[np.int64] = np.array(
        [place_of.get(v, -1) for v in table_of.values()] + [-1], dtype=np.int64
    )
    at = _index(column, tuple(table_of)).fill_null(len(table_of)).to_numpy(zero_copy_only=False)
    return np.asarray(entries[at], dtype=np.int64)


def _index(column: pa.Array, values: Sequence[Value]) -> pa.Array:
    """Return the place of each element among values; NULL where it is not there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = pa.int64() if all(isinstance(v, int) for v in values) and values else pa.string()
    if not values:
        return pa.nulls(len(column), pa.int32())
    if pa.types.is_null(column.type):
        column = column.cast(kind)
    if pa.types.is_integer(column.type) != pa.types.is_integer(kind):
        return pa.nulls(len(column), pa.int32())
    return pc.index_in(column.cast(kind), value_set=pa.array(values, kind))


def _whole(table: pa.Table, column: str) -> NDArray[np.int64]:
    import pyarrow as pa

    numbers = table.column(column).cast(pa.int64()).fill_null(0)
    found: NDArray[np.int64] = numbers.to_numpy()
    return found


def saturating(
    places: NDArray[np.int64], values: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Add values up at their places (−1: nowhere); a total beyond 64 bits is the nearest that fits.

    Halves of 32 bits are added apart, so that nothing wraps: up to 2³¹ values a place.
    """
    inside = places >= 0
    at, numbers = places[inside], values[inside]
    high = np.zeros(size, dtype=np.int64)
    low = np.zeros(size, dtype=np.int64)
    np.add.at(high, at, numbers >> 32)
    np.add.at(low, at, numbers & _LOW)
    high, low = high + (low >> 32), low & _LOW
    total = (np.clip(high, -_END - 1, _END) << 32) + low
    total = np.where(high > _END, np.iinfo(np.int64).max, total)
    return np.where(high < -_END - 1, np.iinfo(np.int64).min, total)
