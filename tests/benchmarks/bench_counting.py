"""What exact counting costs beside the plain engine, how it grows, and the whole nation.

    python -m tests.benchmarks.bench_counting [--rows 10000000] [--nation]

Ratios are of the least wall-clock time of runs that take turns; the plain query is the same
GROUP BY over the same Parquet files.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import stats

from privacy.counting import count
from privacy.counting.engines import layout
from privacy.query import Aggregate, Bounds, Column, Compare, Constant, Key, Plan, Source

GROUPS = tuple(f"group {i:02d}" for i in range(40))
NATION = 297_000_000
NATION_DOMAINS = (2000, 10, 7)
ROWS_A_GROUP = 120_000
STORED, CLIPPED = 32, 2
_AMOUNT, _PART = Column("amount", "whole", 0, 0, 999), Column("part", "whole", 0, 0, 99)


def _say(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name:66s} {value:10.3f} {unit}\n")
    sys.stdout.flush()


def _least(*works: Callable[[], object], times: int = 5) -> list[float]:
    """Return the least time of each, run in turns."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for own, work in zip(taken, works, strict=True):
            start = time.perf_counter()
            work()
            own.append(time.perf_counter() - start)
    return [min(own) for own in taken]


def _texts(codes: np.ndarray, values: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16)), pa.array(values))


def write_rows(path: Path, rows: int, rows_a_person: int) -> None:
    """Write rows as intake lays them out, a million at a time: by pseudonym and rank, seeded."""
    rng = np.random.default_rng(rows)
    writer, person = None, 0
    for first in range(0, rows, 1_000_000):
        size = min(1_000_000, rows - first)
        each = rng.integers(1, 2 * rows_a_person, size) if rows_a_person > 1 else np.ones(size, int)
        each = each[: int(np.searchsorted(np.cumsum(each), size)) + 1]
        each[-1] -= int(each.sum()) - size
        ends = np.cumsum(each)
        people = [f"{person + i:016x}{'0' * 16}" for i in range(len(each))]
        person += len(each)
        table = pa.table({
            "group": _texts(rng.integers(0, len(GROUPS), size), GROUPS),
            "amount": rng.integers(0, 1000, size), "part": rng.integers(0, 100, size),
            "person": pa.array(people).take(pa.array(np.repeat(np.arange(len(each)), each))),
            "rank": pa.array(np.arange(size) - np.repeat(ends - each, each) + 1, pa.int32()),
        })  # fmt: skip
        if writer is None:
            writer = pq.ParquetWriter(
                path, table.schema, compression="zstd", compression_level=1, store_schema=False,
                use_dictionary=[n for n in table.column_names if n != "person"],
            )  # fmt: skip
        writer.write_table(table, row_group_size=ROWS_A_GROUP)
    if writer is not None:
        writer.close()


def _plan(bounds: Bounds, below: int | None = None) -> Plan:
    where = None if below is None else Compare(_PART, "<", Constant(below))
    return Plan(
        (Source("rows"),), "nation", NATION,
        (Key("group", Column("group", "text"), GROUPS, GROUPS),),
        (Aggregate("count", "n"), Aggregate("sum", "total", _AMOUNT, low=0, high=999)), (),
        where, bounds,
    )  # fmt: skip


def _plain(path: Path, where: str = "") -> object:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2")
        sql = f"SELECT \"group\", count(*), sum(amount) FROM '{path}' {where} GROUP BY 1"
        return connection.execute(sql).fetchall()


def _ratio(name: str, path: Path, plan: Plan, where: str = "", *, cold: bool = False) -> None:
    def ours() -> object:
        if cold:
            layout._laid_out.cache_clear()
        return count(plan, [[path]])

    plain, own = _least(lambda: _plain(path, where), ours)
    _say(f"{name} ({plain:.2f} s plain), ratio", own / plain, "x")


def _ratios(folder: Path, rows: int) -> None:
    persons, events = folder / "persons.parquet", folder / "events.parquet"
    write_rows(persons, rows, 1)
    _ratio(f"{rows:,} persons", persons, _plan(Bounds()))
    persons.unlink()
    write_rows(events, rows, 10)
    table = _plan(Bounds(1, STORED, CLIPPED, CLIPPED, "table"))
    after = Bounds(1, STORED, CLIPPED, CLIPPED, "filter")
    _ratio(f"{rows:,} events, nothing clipped", events, _plan(Bounds(1, STORED, STORED, STORED)))
    _ratio(f"{rows:,} events by the stored rank", events, table)
    for below, share in ((5, "5%"), (50, "half"), (100, "all")):
        for cold in (True, False):
            seen = "layout looked at first" if cold else "layout known"
            name = f"{rows:,} events, {share} match, clipped after the filter, {seen}"
            _ratio(name, events, _plan(after, below), f"WHERE part < {below}", cold=cold)
    events.unlink()


def _growth(folder: Path, most: int) -> None:
    """Print the exponent of time in rows: least squares of logarithms, interval by Student's t."""
    sizes = [most // k for k in (16, 8, 4, 2, 1)]
    taken = []
    for size in sizes:
        path = folder / "growth.parquet"
        write_rows(path, size, 10)
        plan = _plan(Bounds(1, STORED, STORED, STORED))
        taken.append(_least(lambda plan=plan, path=path: count(plan, [[path]]))[0])  # type: ignore[misc]
    fit = stats.linregress(np.log(sizes), np.log(taken))
    wide = stats.t.ppf(0.975, len(sizes) - 2) * fit.stderr
    sys.stdout.write(
        f"growth in rows, exponent {fit.slope:.3f} [{fit.slope - wide:.3f}, {fit.slope + wide:.3f}]\n"
    )


def _nation(folder: Path, rows: int) -> None:
    rng = np.random.default_rng(297)
    names = ("community", "age_band", "status")
    domains = [
        tuple(f"{n} {i:04d}" for i in range(k)) for n, k in zip(names, NATION_DOMAINS, strict=True)
    ]
    path, writer = folder / "nation.parquet", None
    for first in range(0, rows, 3_000_000):
        size = min(3_000_000, rows - first)
        columns = [_texts(rng.integers(0, len(d), size), d) for d in domains]
        table = pa.table(dict(zip(names, columns, strict=True)))
        writer = writer or pq.ParquetWriter(
            path, table.schema, compression="zstd", compression_level=1, store_schema=False
        )
        writer.write_table(table, row_group_size=ROWS_A_GROUP)
    if writer is not None:
        writer.close()
    keys = tuple(Key(n, Column(n, "text"), d, d) for n, d in zip(names, domains, strict=True))
    plan = Plan((Source("rows"),), "nation", NATION, keys, (Aggregate("count", "n"),), ())
    start = time.perf_counter()
    total = int(count(plan, [[path]]).vectors["s0"].sum())
    _say(f"{total:,} persons, 3 attributes, {plan.cells:,} cells", time.perf_counter() - start, "s")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--nation", action="store_true")
    parser.add_argument("--nation-rows", type=int, default=NATION)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if wanted.nation:
            _nation(Path(folder), wanted.nation_rows)
        else:
            _ratios(Path(folder), wanted.rows)
            _growth(Path(folder), wanted.rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say("peak memory, the making of the rows included", peak, "MB")


if __name__ == "__main__":
    main()
