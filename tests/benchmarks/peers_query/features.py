"""What each engine can do of what a release for people needs; each cell with what it rests on.

`run` says that it was tried with the pinned version; a name in backticks is where its documentation
or code says so.
"""

from __future__ import annotations

from typing import Literal

Word = Literal["yes", "partly", "no"]
Cell = tuple[Word, str]

FEATURES = {
    "person": "person-level unit",
    "clipping": "bounds rows after the filter",
    "dense": "public groups, empty ones too",
    "unknown": "unknown groups",
    "quantiles": "quantiles",
    "joins": "joins on the person",
    "intervals": "intervals",
    "integers": "integer-only noise",
    "zcdp": "zCDP accounting",
    "durable": "durable budget",
    "sql": "SQL",
    "tick": "answers on a tick",
    "signed": "signed record",
}

_IN_MEMORY = "the accountant lives in the process and ends with it"
_NO_TICK = "the answer leaves as soon as it is there"
_NO_RECORD = "an answer is a table in memory; nothing is signed or logged"
_NOTHING: dict[str, Cell] = {
    "durable": ("no", _IN_MEMORY),
    "tick": ("no", _NO_TICK),
    "signed": ("no", _NO_RECORD),
}

PEERS: dict[str, dict[str, Cell]] = {
    "opendp": _NOTHING | {
        "person": ("yes", "run: `unit_of(contributions=1, identifier=…)`"),
        "clipping": ("yes", "run: `filter` then `truncate_per_group`"),
        "dense": ("yes", "run: `with_keys` gives a figure for a key without rows"),
        "unknown": ("yes", "run: `group_by` without keys, with δ"),
        "quantiles": ("yes", "`Expr.dp.quantile`, by candidates"),
        "joins": ("no", "run: a join, public or private, is `not recognized at this time`; "
                        "only key sets join"),
        "intervals": ("yes", "run: `summarize(alpha)` gives an accuracy a column"),
        "integers": ("yes", "run: `summarize` says Integer Laplace, Integer Gaussian"),
        "zcdp": ("yes", "run: `loss_of(rho=…)`"),
        "sql": ("no", "queries are Polars expressions"),
    },
    "diffprivlib": _NOTHING | {
        "person": ("no", "`tools`: sensitivity is that of one row"),
        "clipping": ("no", "no identifier anywhere in `tools`"),
        "dense": ("yes", "run: `histogram` has a figure for every bin"),
        "unknown": ("no", "`histogram` takes its bins as they are"),
        "quantiles": ("yes", "`tools.quantile`, `percentile`, `median`"),
        "joins": ("no", "functions of one array"),
        "intervals": ("no", "a figure without an error"),
        "integers": ("partly", "counts by `GeometricTruncated`; run: sums are floats"),
        "zcdp": ("no", "`BudgetAccountant` composes (ε, δ)"),
        "sql": ("no", "functions of one array"),
    },
    "smartnoise": _NOTHING | {
        "person": ("yes", "run: `private_id`, `max_ids`"),
        "clipping": ("yes", "run: the rewritten SQL numbers rows after WHERE"),
        "dense": ("no", "run: a filter that matches nobody gives no row at all"),
        "unknown": ("yes", "run: `censor_dims`"),
        "quantiles": ("no", "run: MEDIAN, PERCENTILE_CONT and MAX are refused"),
        "joins": ("no", "run: `Support for JOIN queries is currently disabled`"),
        "intervals": ("yes", "run: `get_simple_accuracy`"),
        "integers": ("no", "`_mechanisms/laplace.py`: counts become floats, "
                           "noise of `atom_domain(T=float)`"),
        "zcdp": ("no", "`Privacy(epsilon, delta)` for each column"),
        "sql": ("yes", "run"),
    },
    "tumult": _NOTHING | {
        "person": ("yes", "run: `AddRowsWithID`"),
        "clipping": ("yes", "run: `filter` then `enforce(MaxRowsPerID)`"),
        "dense": ("yes", "run: a `KeySet` gives a figure for a key without rows"),
        "unknown": ("yes", "run: `get_groups`"),
        "quantiles": ("yes", "run: `quantile`"),
        "joins": ("yes", "run: `join_private` in one identifier space, `join_public`"),
        "intervals": ("no", "`Session._noise_info` (private) tells the scale; no interval"),
        "integers": ("yes", "counts and integer sums: `NoiseMechanism` geometric, discrete Gaussian"),
        "zcdp": ("yes", "run: `RhoZCDPBudget`"),
        "sql": ("no", "`QueryBuilder`; SQL text in `filter` and `map` expressions only"),
    },
    "pipelinedp": _NOTHING | {
        "person": ("yes", "run: `privacy_id_extractor`"),
        "clipping": ("partly", "bounds what it is given: the caller filters before"),
        "dense": ("yes", "run: `public_partitions`"),
        "unknown": ("yes", "`partition_selection_strategy`"),
        "quantiles": ("yes", "`Metrics.PERCENTILE`"),
        "joins": ("no", "one collection an aggregation"),
        "intervals": ("partly", "`output_noise_stddev`: a deviation, no interval"),
        "integers": ("no", "run: counts and sums are floats on a grid"),
        "zcdp": ("no", "`NaiveBudgetAccountant`, `PLDBudgetAccountant` (experimental)"),
        "sql": ("no", "`DPEngine.aggregate`"),
    },
}  # fmt: skip


def of_ours(probed: dict[str, str]) -> dict[str, Cell]:
    """Return our own cells from what was asked in this run: what stood against a feature, or nothing."""
    cells: dict[str, Cell] = {
        name: ("no", f"run: {against}") if against else ("yes", "run")
        for name, against in probed.items()
    }
    return cells | {"tick": ("yes", "`privacy/noise/process.py`")}


def lacks(cells: dict[str, Cell]) -> str:
    """Return what an engine lacks, in words; partly there is said so."""
    missing = [
        title + (" (partly there)" if cells[name][0] == "partly" else "")
        for name, title in FEATURES.items()
        if cells.get(name, ("no", ""))[0] != "yes"
    ]
    return ", ".join(missing) or "nothing of these"
