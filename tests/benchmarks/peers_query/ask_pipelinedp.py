"""PipelineDP on the query: its local backend, rows as tuples in a list."""

from __future__ import annotations

import operator
import time
from typing import Any

from peer_side import Job, Said, serve


def _start(_: Job) -> Any:
    import pipeline_dp
    import pyarrow.parquet as pq

    return pipeline_dp, pq


def _ask(engine: Any, job: Job) -> Said:
    pipeline_dp, pq = engine
    begun = time.perf_counter()
    table = pq.read_table(job.file, columns=["person", "grp", "amount"])
    columns = (table[name].to_pylist() for name in ("person", "grp", "amount"))
    rows = list(zip(*columns, strict=True))
    del table
    loaded = time.perf_counter() - begun
    gaussian = job.noise == "gaussian"
    accountant = pipeline_dp.NaiveBudgetAccountant(job.epsilon, job.delta if gaussian else 0.0)
    engine_ = pipeline_dp.DPEngine(accountant, pipeline_dp.LocalBackend())
    kinds = pipeline_dp.NoiseKind
    params = pipeline_dp.AggregateParams(
        metrics=[pipeline_dp.Metrics.COUNT, pipeline_dp.Metrics.SUM],
        noise_kind=kinds.GAUSSIAN if gaussian else kinds.LAPLACE,
        max_contributions=job.bound,
        min_value=0,
        max_value=job.largest_amount,
    )
    result = engine_.aggregate(
        rows,
        params,
        pipeline_dp.DataExtractors(
            privacy_id_extractor=operator.itemgetter(0),
            partition_extractor=operator.itemgetter(1),
            value_extractor=operator.itemgetter(2),
        ),
        public_partitions=list(job.groups),
    )
    accountant.compute_budgets()
    answer = {group: (float(m.count), float(m.sum)) for group, m in result}
    total = f"ε {accountant.total_epsilon:g}, δ {accountant.total_delta:g}"
    return Said(answer, total, loaded)


serve("pipeline-dp", _start, _ask)
