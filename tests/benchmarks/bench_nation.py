"""The whole path at the size of the country's migrants: 297 million person rows, 140,000 cells (plan §1.1).

`--rows` makes it smaller; `--keep FOLDER` keeps the made-up rows for another run. Run in a process of its own the
question is timed from its text to the signed release; making the rows is not timed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from privacy.contract import Contract, contract_from_json

COMMUNITIES, TRADES, STATUSES = 7_000, 10, 2
SQL = "SELECT community, trade, status, count(*) FROM nation GROUP BY 1, 2, 3"


def contract(rows: int) -> Contract:
    """Return the contract of the made-up country."""
    field: dict[str, Any] = {"role": "quasi_identifier", "type": "category", "action": "keep"}
    return contract_from_json(
        {
            "contract": 1,
            "dataset": "nation",
            "title": {"en": "Nation (synthetic)", "zh": "全国（合成）"},
            "synthetic": True,
            "population": {"id": "nation", "public_size": rows},
            "privacy_unit": "person",
            "person_key": "row",
            "most_pseudonyms": 1,
            "delta": 1e-10,
            "purposes": ["planning"],
            "legal_basis": "PIPL Art. 13(1)(3)",
            "expires": "2099-12-31",
            "domains": {
                "communities": [f"c{i:04d}" for i in range(COMMUNITIES)],
                "trades": [f"t{i}" for i in range(TRADES)],
                "statuses": ["migrant", "local"][:STATUSES],
            },
            "fields": [
                {"name": "community", "domain": "communities", **field},
                {"name": "trade", "domain": "trades", **field},
                {"name": "status", "domain": "statuses", **field},
            ],
        }
    )


def make(folder: Path, rows: int) -> None:
    """Write a workspace whose store holds the made-up rows."""
    from api.workspace import open_workspace

    ws = open_workspace(folder, create=True)

    def fill(draft: Path) -> None:
        with duckdb.connect(":memory:") as engine:
            engine.execute("SET threads = 2; SET preserve_insertion_order = false")
            engine.execute(
                "COPY (SELECT 'c' || lpad((hash(range) % 7000)::VARCHAR, 4, '0') AS community, "
                "'t' || (hash(range + 7) % 10) AS trade, "
                "CASE WHEN hash(range + 13) % 10 < 6 THEN 'migrant' ELSE 'local' END AS status "
                f"FROM range({int(rows)})) TO '{draft / 'part-0.parquet'}' (ROW_GROUP_SIZE 1000000)"
            )

    ws.store.write(contract(rows), ws.custody.commitment_key(), fill)


def plain(folder: Path) -> None:
    """Count by the plain engine."""
    files = [str(p) for p in (folder / "store" / "nation" / "1").glob("*.parquet")]
    with duckdb.connect(":memory:") as engine:
        engine.execute("SET threads = 2")
        engine.execute(SQL.replace("nation", f"read_parquet({files})")).fetchall()


def release(folder: Path) -> None:
    """Ask, from the text of the question to the signed release."""
    from api.workflows.release import Question, ask
    from api.workspace import open_workspace
    from privacy.noise import Ask

    rho = 0.001 + time.time_ns() % 1_000_000 * 1e-9  # a new question each time: a replay is free
    answer = ask(open_workspace(folder), Question(SQL, "planning", Ask(rho=rho), "bench"))
    if len(answer["rows"]) != COMMUNITIES * TRADES * STATUSES:
        raise SystemExit("cells are missing")


def _timed(what: str, folder: Path) -> tuple[float, float]:
    """Run one of the two in a process of its own; return seconds and peak memory in MB."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--do", what, "--keep", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, float(done.stdout)


def main() -> None:
    """Print times, memory and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=297_000_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--do", choices=("plain", "release"))
    chosen = parser.parse_args()
    if chosen.do:
        (plain if chosen.do == "plain" else release)(chosen.keep)
        used = [
            resource.getrusage(w).ru_maxrss
            for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        sys.stdout.write(f"{max(used) / 1024:.0f}\n")
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch) / "ws"
        if not (folder / "store").exists():
            make(folder, chosen.rows)
        rounds = [(_timed("plain", folder), _timed("release", folder)) for _ in range(3)]
        for (a, _), (b, peak) in rounds:
            sys.stdout.write(
                f"{chosen.rows:,} rows, {COMMUNITIES * TRADES * STATUSES:,} cells: release {b:.2f} s "
                f"(imports, count, noise, signature, tick), {b / a:.2f} x plain DuckDB, peak {peak:.0f} MB\n"
            )


if __name__ == "__main__":
    main()
