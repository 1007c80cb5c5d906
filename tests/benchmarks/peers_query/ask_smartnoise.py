"""smartnoise-sql on the query: SQL over its pandas reader, which is SQLite in memory.

Its ε is for each column of the answer: count and sum get half each.
"""

from __future__ import annotations

import time
from typing import Any

from peer_side import Job, Said, serve

SQL = "SELECT grp, COUNT(*) AS n, SUM(amount) AS total FROM city.events GROUP BY grp"


def _start(_: Job) -> Any:
    import pandas as pd
    import snsql
    from snsql.sql import privacy

    return pd, snsql, privacy


def _ask(engine: Any, job: Job) -> Said:
    pd, snsql, privacy = engine
    table = {
        "max_ids": job.bound,
        "sample_max_ids": True,
        "row_privacy": False,
        "censor_dims": False,
        "clamp_counts": False,
        "clamp_columns": True,
        "person": {"type": "int", "private_id": True},
        "grp": {"type": "string"},
        "amount": {"type": "int", "lower": 0, "upper": job.largest_amount},
    }
    loss = privacy.Privacy(epsilon=job.epsilon / 2, delta=job.delta / 2)
    if job.noise == "gaussian":
        stat = privacy.Stat
        for each in (stat.count, stat.sum_int, stat.sum_large_int):
            loss.mechanisms.map[each] = privacy.Mechanism.gaussian
    begun = time.perf_counter()
    frame = pd.read_parquet(job.file, columns=["person", "grp", "amount"])
    reader = snsql.from_df(frame, privacy=loss, metadata={"": {"city": {"events": table}}})
    loaded = time.perf_counter() - begun
    rows = reader.execute(SQL)[1:]
    epsilon, delta = map(float, reader.odometer.spent)
    answer = {group: (float(n), float(total)) for group, n, total in rows}
    return Said(answer, f"ε {epsilon:.3g}, δ {delta:.2g}", loaded)


serve("smartnoise-sql", _start, _ask)
