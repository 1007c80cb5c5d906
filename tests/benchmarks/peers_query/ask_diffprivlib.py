"""diffprivlib on the query: a histogram, and a sum for each group in a loop.

It knows rows and no persons: the bound of rows a person must hold already, and ε is divided by it
(a person is so many rows), which is what a user of it would have to do by hand. Its accountant adds
up over groups, which no row is in twice; each group's sum is therefore given its own accountant.
"""

from __future__ import annotations

import time
from typing import Any

from peer_side import Job, Said, serve


def _start(_: Job) -> Any:
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq
    from diffprivlib import BudgetAccountant, tools

    return np, pd, pq, tools, BudgetAccountant


def _ask(engine: Any, job: Job) -> Said:
    np, pd, pq, tools, accountant = engine
    begun = time.perf_counter()
    table = pq.read_table(job.file, columns=["grp", "amount", "rank"])
    codes = pd.Categorical(table["grp"].to_pandas(), categories=list(job.groups)).codes
    amounts, within = table["amount"].to_numpy(), table["rank"].to_numpy() < job.bound
    codes, amounts = codes[within], amounts[within]
    loaded = time.perf_counter() - begun
    groups, epsilon = len(job.groups), job.epsilon / 2 / job.bound
    counting, spent = accountant(), accountant()
    counts, _ = tools.histogram(
        codes, epsilon=epsilon, bins=groups, range=(0, groups), accountant=counting
    )
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(1, groups))
    sums = []
    for part in np.split(amounts[order], ends):
        spent = accountant()
        bounds = (0, job.largest_amount)
        sums.append(tools.sum(part, epsilon=epsilon, bounds=bounds, accountant=spent))
    pairs = zip(counts.tolist(), map(float, sums), strict=True)
    a_row = counting.total()[0] + spent.total()[0]
    return Said(dict(zip(job.groups, pairs, strict=True)), f"ε {a_row:.3g} a row", loaded)


serve("diffprivlib", _start, _ask)
