"""Tumult Analytics on the query: a session over Spark on this machine, persons by their identifier."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from peer_side import Job, Said, serve


def _start(_: Job) -> Any:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession
    from tmlt import analytics

    folder = Path(tempfile.mkdtemp(prefix="spark-", dir=Path.cwd()))
    settings = {
        "spark.driver.memory": "6g",
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder),
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return analytics, spark


def _ask(engine: Any, job: Job) -> Said:
    tumult, spark = engine
    if job.noise == "gaussian":
        whole, half = tumult.RhoZCDPBudget(job.rho), tumult.RhoZCDPBudget(job.rho / 2)
    else:
        whole, half = tumult.PureDPBudget(job.epsilon), tumult.PureDPBudget(job.epsilon / 2)
    session = tumult.Session.from_dataframe(
        privacy_budget=whole,
        source_id="events",
        dataframe=spark.read.parquet(job.file).select("person", "grp", "amount"),
        protected_change=tumult.AddRowsWithID(id_column="person"),
    )
    grouped = (
        tumult.QueryBuilder("events")
        .enforce(tumult.MaxRowsPerID(job.bound))
        .groupby(tumult.KeySet.from_dict({"grp": list(job.groups)}))
    )
    counted = session.evaluate(grouped.count(name="n"), half).collect()
    summed = session.evaluate(
        grouped.sum("amount", low=0, high=job.largest_amount, name="total"), half
    ).collect()
    counts = {r["grp"]: r["n"] for r in counted}
    answer = {r["grp"]: (counts[r["grp"]], r["total"]) for r in summed}
    return Said(answer, f"{whole}; left {session.remaining_privacy_budget}")


serve("tmlt.analytics", _start, _ask)
