"""How long ten million people take: risk beside a plain GROUP BY of the same columns, and pycanon."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from privacy.risk import (
    Counted,
    Target,
    advise,
    count_classes,
    diversity,
    ladder,
    t_equal,
    t_ordered,
)

PEOPLE = 10_000_000
SLICE = 2_000
QUASI = ("age_band", "sex", "community", "status", "schooling", "origin")
SENSITIVE = ("disability", "income_band")
_MADE = """
SELECT md5(i::VARCHAR) AS person,
 list_element(['0-17','18-29','30-44','45-59','60+','unknown'], 1 + CAST(floor(6 * pow(u1, 1.5)) AS INT)) AS age_band,
 list_element(['男','女','unknown'], 1 + CAST(floor(3 * u2 * u2) AS INT)) AS sex,
 printf('44030%d%03d%03d', c % 9, c // 9, c) AS community,
 list_element(['local','migrant'], 1 + CAST(u3 < 0.57 AS INT)) AS status,
 list_element(['primary','lower','upper','tertiary','unknown'], 1 + CAST(floor(5 * u4) AS INT)) AS schooling,
 list_element(['local','within','between','unknown'], 1 + CAST(floor(4 * u5 * u5) AS INT)) AS origin,
 list_element(['none','mobility','sight','hearing','mental'], 1 + CAST(floor(5 * pow(u6, 8)) AS INT)) AS disability,
 list_element(['0-2999','3000-5999','6000-9999','10000-19999','20000+','unknown'],
  1 + CAST(floor(6 * u7) AS INT)) AS income_band
FROM (SELECT i, random() u1, random() u2, random() u3, random() u4, random() u5, random() u6, random() u7,
 CAST(floor(97 * random()) AS INT) AS c FROM range(?) t(i))
"""


@dataclass(frozen=True, slots=True)
class _Taken:
    """How long a piece of work took: by the clock, and of the processor on all cores together."""

    clock: float
    processor: float


def _timed(work: Callable[[], Any], times: int = 1) -> tuple[_Taken, Any]:
    """Return the least clock and the least processor time of so many runs, and the last result."""
    runs, found = [], None
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        found = work()
        runs.append(_Taken(time.perf_counter() - clock, time.process_time() - processor))
    return _Taken(min(r.clock for r in runs), min(r.processor for r in runs)), found


def _say(name: str, taken: _Taken) -> None:
    sys.stdout.write(f"{name:62s} {taken.clock:8.2f} s {taken.processor:8.2f} CPU s\n")
    sys.stdout.flush()


def _make(path: Path, people: int) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")
        connection.execute("SELECT setseed(0.4)")
        connection.execute(f"CREATE TABLE made AS {_MADE}", [people])
        connection.execute(f"COPY made TO '{path}' (FORMAT parquet)")


def _plain(path: Path) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2")
        for extra in ((), *((s,) for s in SENSITIVE)):
            connection.execute(
                f"SELECT count(*), min(n) FROM (SELECT count(*) AS n FROM '{path}' "
                f"GROUP BY {', '.join((*QUASI, *extra))})"
            ).fetchall()


def _measures(path: Path) -> Counted:
    counted = count_classes([path], QUASI, SENSITIVE, by_person=False)
    counted.classes.prosecutor(0.2)
    for s in counted.sensitive:
        diversity(s.cells)
        t_equal(s.cells)
        t_ordered(s.cells)
    return counted


def _pycanon(path: Path) -> None:
    from pycanon import anonymity

    table = duckdb.read_parquet(str(path)).df()
    anonymity.k_anonymity(table, list(QUASI))
    for s in SENSITIVE:
        anonymity.l_diversity(table, list(QUASI), [s])
        anonymity.entropy_l_diversity(table, list(QUASI), [s])
        anonymity.t_closeness(table, list(QUASI), [s])


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.parquet", Path(folder) / "small.parquet"
        _make(large, PEOPLE)
        _make(small, SLICE)
        plain, _ = _timed(lambda: _plain(large), 3)
        taken, counted = _timed(lambda: _measures(large), 3)
        _say(f"{PEOPLE:,} people, plain GROUP BY, three times", plain)
        _say(f"{PEOPLE:,} people, {counted.classes.count:,} classes: k, l, t, risks", taken)
        ratio = f"{taken.clock / plain.clock:8.2f}   {taken.processor / plain.processor:8.2f}"
        sys.stdout.write(f"{'ratio of the two':62s} {ratio}\n")
        ladders = [ladder(c.name, c.values) for c in counted.columns]
        search, advice = _timed(lambda: advise(counted.atoms, ladders, Target(20, 0.01)))
        _say(f"what to coarsen, {advice.tried} combinations, besides", search)
        ours, _ = _timed(lambda: _measures(small), 3)
        theirs, _ = _timed(lambda: _pycanon(small))
        _say(f"{SLICE:,} people: k, l, t, risks", ours)
        _say(f"{SLICE:,} people: pycanon's k, l, entropy l, t", theirs)


if __name__ == "__main__":
    main()
