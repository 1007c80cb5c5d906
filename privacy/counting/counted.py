"""Counting: a plan's statements are run by an engine, and their tables become exact vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from privacy.counting.engines.duckdb import DuckDB
from privacy.counting.filling import filled
from privacy.counting.jobs import jobs_of
from privacy.counting.relation import may_be_in_order
from privacy.counting.tallying import tally_of
from privacy.query.exact import ExactCounts

if TYPE_CHECKING:
    from pathlib import Path

    from privacy.counting.engines import Engine
    from privacy.query import Plan


def count(plan: Plan, files: Sequence[Sequence[Path]], *, threads: int = 2) -> ExactCounts:
    """Count the plan's statistics exactly over the Parquet files of each of its sources, by DuckDB.

    Raises
    ------
    ServiceFault
        The engine failed. The message does not carry the engine's, which could quote a value.
    """
    return count_in(DuckDB(files, threads=threads), plan)


def count_in(engine: Engine, plan: Plan) -> ExactCounts:
    """Count the plan's statistics exactly, by an engine.

    Returns
    -------
    Integers in the order of the product of the keys' domains (last key fastest); a group without
    rows is 0. Rows whose value lies outside a domain are in no group. The order of rows and files
    changes nothing.
    """
    jobs = jobs_of(plan)
    tally = tally_of(plan, jobs)
    table = None if tally is None else engine.tallied(tally)
    if table is not None:
        return filled(plan, jobs, [table])
    in_order = may_be_in_order(plan) and engine.laid_out()
    if in_order:
        jobs = jobs_of(plan, in_order=True)
    return filled(plan, jobs, engine.run([job.statement for job in jobs]))
