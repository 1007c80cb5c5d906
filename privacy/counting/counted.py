"""Counting: a plan's statements are run by an engine, and their tables become exact vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from privacy.counting.engines.duckdb import DuckDB
from privacy.counting.filling import filled
from privacy.counting.jobs import Job, jobs_of
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
        ordered = jobs_of(plan, in_order=True)
        if all(map(_scans_alone, ordered)):
            jobs = ordered
    return filled(plan, jobs, engine.run([job.statement for job in jobs]))


def _scans_alone(job: Job) -> bool:
    """Tell whether a statement reads its rows in one scan that nothing is joined to.

    A join may turn its sides about, and the rows then come in another order: clipping by the order would
    count more rows of a person than its bound. DuckDB makes a join of a long IN, too.
    """
    tree = job.statement.tree
    long = any(len(node.expressions) > _IN_WITHOUT_JOIN for node in tree.find_all(exp.In))
    return not job.statement.lookups and not long


_IN_WITHOUT_JOIN = 5
