"""What privacy costs in time: a private answer beside the same count by the plain engine."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from api.demo.run import EPSILON, QUERY
from api.demo.whole_city import make_city
from api.workflows.ingest import ingest_files
from api.workflows.release import Question, ask
from api.workspace import Workspace, open_workspace
from privacy.counting import count
from privacy.noise import Ask, NoiseProcess, price
from privacy.query import bind

PEOPLE = 50_000


def _median(work: Callable[[], object], times: int = 7) -> float:
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _say(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name:58s} {value:10.3f} {unit}\n")


def _ingest(folder: Path) -> Workspace:
    from datetime import UTC, datetime

    make_city(folder / "city", people=PEOPLE, seed=1, progress=lambda *_: None)
    ws = open_workspace(folder / "ws", create=True)
    paths = [
        p
        for part in ("contracts", "extracts")
        for p in sorted((folder / "city" / part).iterdir())
        if p.stem not in ("housing_moves", "communities")
    ]
    start = time.perf_counter()
    report = ingest_files(ws, paths, lambda *_: None, today=datetime.now(UTC).date())
    taken = time.perf_counter() - start
    rows = sum(f["rows_read"] for f in report["files"])
    notes = sum(f["redacted_texts"] for f in report["files"])
    _say(f"ingest of {rows:,} rows, {notes:,} notes redacted", rows / taken, "rows/s")
    return ws


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        ws = _ingest(Path(folder))
        snapshot = ws.store.snapshot("residents")
        plan = bind(QUERY, snapshot.contract)
        file = str(snapshot.files[0])

        def plain() -> object:
            sql = QUERY.replace("residents", f"'{file}'")
            with duckdb.connect(":memory:") as connection:
                return connection.execute(sql).fetchall()

        baseline = _median(plain)
        _say("plain DuckDB, the same count", baseline * 1000, "ms")
        _say(
            "exact count over the whole domain, ratio",
            _median(lambda: count(plan, snapshot.files)) / baseline,
            "x",
        )
        wish = Ask(epsilon=EPSILON)
        _say(
            "price (OpenDP's map, bisected), ratio",
            _median(lambda: price(plan, wish, 1e-7)) / baseline,
            "x",
        )
        priced, noise = price(plan, wish, 1e-7), NoiseProcess()
        cells = [100] * plan.cells
        _say(
            "draw (waits for a tick of 50 ms), ratio",
            _median(lambda: noise.draw(priced, cells)) / baseline,
            "x",
        )
        noise.close()
        asked = iter(range(1000))

        def whole() -> object:
            rho = 0.001 + next(asked) * 1e-6  # a new question each time: a replay is free
            return ask(ws, Question(QUERY, "housing-planning", Ask(rho=rho), "bench"))

        _say("whole release, durable and signed, ratio", _median(whole) / baseline, "x")
        same = Question(QUERY, "housing-planning", Ask(rho=0.002), "bench")
        _say(
            "the same question again (replay), ratio",
            _median(lambda: ask(ws, same)) / baseline,
            "x",
        )
        width = priced.half_width(0.95)
        _say(f"half-width at ε = {EPSILON}, {plan.cells} figures", float(width), "persons")


if __name__ == "__main__":
    main()
