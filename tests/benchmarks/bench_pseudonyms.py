"""Pseudonyms a second: columns, the engine, and a library's HMAC in a loop on one core, in one run."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable

import duckdb
import pyarrow as pa

from privacy.pseudonyms import Pseudonymiser, Reversible
from privacy.pseudonyms.columns import pseudonyms_of_column, register_pseudonym

ROWS = 1_000_000
LOOP_ROWS = 200_000
TIMES = 3
FLOOR = 1.5e6


def _rate(rows: int, act: Callable[[], object]) -> tuple[float, float]:
    """Return rows a second by the clock, and rows a second of processor time (one core's)."""
    clock = work = float("inf")
    for _ in range(TIMES):
        start, worked = time.perf_counter(), time.process_time()
        act()
        clock = min(clock, time.perf_counter() - start)
        work = min(work, time.process_time() - worked)
    return rows / clock, rows / work


def main() -> None:
    """Measure and print."""
    key = secrets.token_bytes(32)
    column = pa.array([f"{i * 7919:018d}" for i in range(ROWS)])
    few = column.slice(0, LOOP_ROWS).to_pylist()
    pseudonyms_of_column(column.slice(0, 10), key)  # compiled once an installation
    with duckdb.connect(":memory:") as engine:
        engine.execute("SET threads = 2")
        engine.register("ids", pa.table({"v": column}))
        engine.execute("CREATE TABLE t AS SELECT v FROM ids")
        register_pseudonym(engine, "pseudonym", key)
        rates = {
            "library's HMAC in a loop, one core": _rate(
                LOOP_ROWS, lambda: Pseudonymiser(key).of(few)
            ),
            "HMAC-SM3 in a loop, one core": _rate(
                LOOP_ROWS, lambda: Pseudonymiser(key, "sm3").of(few)
            ),
            "AES-SIV in a loop, one core": _rate(LOOP_ROWS, lambda: Reversible(key).of(few)),
            "engine, our function, two threads": _rate(
                ROWS, lambda: engine.execute("SELECT max(pseudonym(v)) FROM t").fetchall()
            ),
            "column, one thread": _rate(ROWS, lambda: pseudonyms_of_column(column, key, threads=1)),
            "column, two threads": _rate(ROWS, lambda: pseudonyms_of_column(column, key)),
        }
    loop = rates["library's HMAC in a loop, one core"][1]
    for name, (clock, work) in rates.items():
        sys.stdout.write(
            f"{name:36s} {clock / 1e6:6.2f} M/s by the clock {work / 1e6:6.2f} M/s a core "
            f"{work / loop:5.2f} × the loop's\n"
        )
    clock, work = rates["engine, our function, two threads"]
    met = "met" if clock >= FLOOR else "MISSED"
    sys.stdout.write(
        f"floor {FLOOR / 1e6} M/s on two cores in the engine: {met} by the clock; "
        f"{2 * work / 1e6:.2f} M/s were both cores free\n"
    )


if __name__ == "__main__":
    main()
