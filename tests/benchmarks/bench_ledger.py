"""What durability costs: reservations a second beside plain inserts with the same settings."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path

from api.database.engine import open_engine, transaction
from api.database.ledger import reserve, settle
from privacy.accounting import AccountSpec, Charge

TIMES = 300
SPEC = (
    AccountSpec("city", None, "population", Charge(10**9)),
    AccountSpec("city/x", "city", "dataset", Charge(10**9)),
)


def _plain(path: Path) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (a INTEGER)")
    start = time.perf_counter()
    for i in range(TIMES):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (?)", (i,))
        connection.execute("COMMIT")
    return TIMES / (time.perf_counter() - start)


def _ledger(path: Path, threads: int) -> float:
    engine = open_engine(path)

    def work(name: int) -> None:
        for i in range(TIMES // threads):
            held = reserve(engine, f"{name}-{i}", Charge(1), SPEC)
            with transaction(engine) as connection:
                settle(connection, held.id)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    start = time.perf_counter()
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    return TIMES // threads * threads / (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        plain = _plain(Path(folder) / "plain.sqlite")
        sys.stdout.write(f"plain durable inserts: {plain:,.0f}/s\n")
        for threads in (1, 8):
            rate = _ledger(Path(folder) / f"ledger{threads}.sqlite", threads)
            sys.stdout.write(
                f"reserve + settle, {threads} at once: {rate:,.0f}/s "
                f"({plain / rate:.1f} plain inserts each; two commits are the floor)\n"
            )


if __name__ == "__main__":
    main()
