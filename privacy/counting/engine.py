"""Counting by DuckDB over a snapshot's Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from policies.errors import ServiceFault
from privacy.counting.statement import SOURCE, statement
from privacy.query import statistics_of
from privacy.query.exact import ExactCounts

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from privacy.query import Plan


def count(plan: Plan, files: Sequence[Path], *, threads: int = 2) -> ExactCounts:
    """Count the plan's statistics exactly, in every group of the public domains.

    Returns
    -------
    Integers in the order of the product of the keys' domains (last key fastest); a group without
    rows is 0. Rows whose value lies outside a domain are in no group.

    Raises
    ------
    ServiceFault
        The engine failed. The message does not carry the engine's, which could quote a value.
    """
    import duckdb

    tree, parameters = statement(plan)
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"SET threads = {int(threads)}")
            relation = connection.read_parquet([str(path) for path in files])
            connection.register(SOURCE, relation)
            rows = connection.execute(tree.sql(dialect="duckdb"), parameters).fetchall()
    except duckdb.Error:
        raise ServiceFault(
            "the rows could not be counted; what was reserved stays spent",
            where=f"dataset {plan.dataset}",
            todo="check the snapshot with `commonground ingest`, then ask again",
        ) from None
    return ExactCounts({s.name: _dense(plan, rows) for s in statistics_of(plan)})


def _dense(plan: Plan, rows: list[tuple[Any, ...]]) -> NDArray[np.int64]:
    places = [{value: i for i, value in enumerate(k.codes)} for k in plan.keys]
    cells = np.zeros(plan.shape, dtype=np.int64)
    for *values, total in rows:
        index = tuple(place.get(value, -1) for place, value in zip(places, values, strict=True))
        if all(i >= 0 for i in index):
            cells[index] = int(total)
    return cells.reshape(-1)
