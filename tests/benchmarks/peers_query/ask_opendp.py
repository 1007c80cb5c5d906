"""OpenDP's Polars on the query: a person is an identifier, rows are truncated at random."""

from __future__ import annotations

from typing import Any

from peer_side import Job, Said, serve


def _start(_: Job) -> Any:
    import opendp.prelude as dp
    import polars as pl

    dp.enable_features("contrib")
    return dp, pl


def _ask(engine: Any, job: Job) -> Said:
    dp, pl = engine
    gaussian = job.noise == "gaussian"
    loss = dp.loss_of(rho=job.rho) if gaussian else dp.loss_of(epsilon=job.epsilon)
    context = dp.Context.compositor(
        data=pl.scan_parquet(job.file),
        privacy_unit=dp.unit_of(contributions=1, identifier=pl.col("person")),
        privacy_loss=loss,
        split_evenly_over=1,
        margins=[dp.polars.Margin(by=["grp"], max_length=job.rows)],
    )
    amount = pl.col("amount").cast(pl.Int64).fill_null(0)
    query = (
        context.query()
        .truncate_per_group(job.bound)
        .group_by("grp")
        .agg(dp.len(signed=True), amount.dp.sum((0, job.largest_amount)))
        .with_keys(pl.LazyFrame({"grp": list(job.groups)}))
    )
    released = query.release().collect()
    answer = {r["grp"]: (r["len"], r["amount"]) for r in released.to_dicts()}
    return Said(answer, f"{loss[0]} {loss[1]}")


serve("opendp", _start, _ask)
