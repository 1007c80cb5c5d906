"""Rows with every trap of loading, as Parquet files, and a statement that touches each column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp, parse_one

from privacy.counting.engines.hosts import Rows
from privacy.counting.statement import Lookup, Statement

TEXTS = ["a", "", "NULL", r"\N", '"', "two\nlines", "a,b", "深圳", "%s", "$1", ":v0", r"\x41", None]
DAYS = [
    "2024-02-29",
    "1999-12-31",
    "2025-11-23",
    "infinity",
    "today",
    "20240101",
    "2023-02-29",
    None,
]
COLUMNS = ("c", "n", "s", "q", "r", "p", "big", "w", "y", "m")
_SQL = """
SELECT source0."c" AS c, CAST(COUNT(*) AS BIGINT) AS n, CAST(SUM("x") AS BIGINT) AS s,
    CAST(SUM("x" // $seven) AS BIGINT) AS q, CAST(SUM("x" % NULLIF("small", 0)) AS BIGINT) AS r,
    CAST(COUNT(DISTINCT "person") AS BIGINT) AS p, CAST(SUM("small" * $wide) AS BIGINT) AS big,
    CAST(SUM(CAST(EXTRACT(ISODOW FROM TRY_CAST("day" AS DATE)) AS BIGINT)) AS BIGINT) AS w,
    CAST(SUM(CAST(EXTRACT(YEAR FROM TRY_CAST("day" AS DATE)) AS BIGINT)) AS BIGINT) AS y,
    CAST(SUM(mapped."value") AS BIGINT) AS m
FROM source0 LEFT JOIN mapped ON mapped."key" = source0."c"
WHERE "small" <> $none GROUP BY source0."c"
"""


def rows(count: int, seed: int = 1) -> pa.Table:
    """Return rows of persons with texts, whole numbers of several widths, and days."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-(2**40), 2**40, count)
    return pa.table(
        {
            "person": pa.array([rng.bytes(15) + b"\0" for _ in range(count)], pa.binary()),
            "rank": pa.array(rng.integers(1, 5, count), pa.int32()),
            "x": pa.array([None if v % 7 == 0 else int(v) for v in x], pa.int64()),
            "small": pa.array(rng.integers(-10, 11, count), pa.int8()),
            "c": pa.array([TEXTS[i] for i in rng.integers(0, len(TEXTS), count)]),
            "day": pa.array([DAYS[i] for i in rng.integers(0, 4, count)], pa.string()),
        }
    )


def written(folder: Path, table: pa.Table, parts: int = 2) -> tuple[Path, ...]:
    """Write rows as so many files of one snapshot."""
    folder.mkdir(parents=True, exist_ok=True)
    size, paths = -(-table.num_rows // parts) or 1, []
    for i in range(parts):
        paths.append(folder / f"{i}.parquet")
        pq.write_table(table.slice(i * size, size), paths[-1])
    return tuple(paths)


def statement() -> Statement:
    """Return a statement over `source0` that needs parameters, a lookup, days and whole division."""
    tree = parse_one(_SQL, dialect="duckdb")
    assert isinstance(tree, exp.Select)
    lookup = Lookup("mapped", (("a", 1), ("", 2), (r"\N", 3), ("深圳", 2**40), ("$1", 5)))
    parameters = {"seven": 7, "wide": 2**40, "none": 99}
    return Statement(tree, parameters, COLUMNS, (lookup,))


def comparable(table: pa.Table) -> list[dict[str, Any]]:
    """Return an answer in an order of its own."""
    return sorted(table.select(list(COLUMNS)).to_pylist(), key=lambda r: repr(r["c"]))


def by_hand(table: pa.Table) -> list[dict[str, Any]]:
    """Return the statement's answer, worked out row by row in Python."""
    import datetime

    mapped = dict(statement().lookups[0].entries)
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        if row["small"] is not None:
            groups.setdefault(row["c"], []).append(row)

    def added(values: list[int | None]) -> int | None:
        known = [v for v in values if v is not None]
        return sum(known) if known else None

    def truncated(a: int, b: int) -> int:
        return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)

    answer = []
    for c, some in groups.items():
        xs = [r["x"] for r in some]
        days = [datetime.date.fromisoformat(r["day"]) for r in some if r["day"] in DAYS[:3]]
        remainders = [
            None if r["x"] is None or not r["small"]
            else r["x"] - truncated(r["x"], r["small"]) * r["small"]
            for r in some
        ]  # fmt: skip
        answer.append(
            {
                "c": c, "n": len(some), "s": added(xs),
                "q": added([None if x is None else truncated(x, 7) for x in xs]),
                "r": added(remainders), "p": len({r["person"] for r in some}),
                "big": added([r["small"] * 2**40 for r in some]),
                "w": added([d.isoweekday() for d in days]), "y": added([d.year for d in days]),
                "m": added([mapped.get(c)] * len(some) if c in mapped else []),
            }
        )  # fmt: skip
    return sorted(answer, key=lambda r: repr(r["c"]))


def snapshot(folder: Path, table: pa.Table, commitment: str = "") -> Rows:
    """Write rows as a snapshot."""
    return Rows(written(folder, table), commitment)
