"""What privacy costs in time: private answers beside the same figures by the plain engine.

The second part is the floor of a query of 1,000 cells: all but counting and waiting for the tick.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

import api.workflows.release as release
from api.answering.question import Question
from api.demo.run import EPSILON
from api.demo.whole_city import make_city
from api.workflows.ingest import ingest_files
from api.workflows.release import ask
from api.workspace import Workspace, open_workspace
from privacy.counting import count_in
from privacy.noise import Ask, NoiseProcess, price
from privacy.query import bind

PEOPLE = 50_000
QUERY = "SELECT community, status, count(*) FROM residents GROUP BY 1, 2"
THOUSAND = (
    "SELECT community, age_band, income_band, count(*) FROM residents "
    "GROUP BY community, age_band, income_band"
)
QUERIES = {
    "count by community and status": (QUERY, QUERY),
    "average by service": (
        "SELECT service, count(*), avg(response_hours) FROM service_requests GROUP BY 1",
    )
    * 2,
    "median by service": (
        "SELECT service, median(response_hours) FROM service_requests GROUP BY 1",
    )
    * 2,
    "three tiers": (
        "SELECT TIERS(community), count(*) FROM residents GROUP BY TIERS(community)",
        "SELECT left(community, 6), left(community, 9), community, count(*) FROM residents "
        "GROUP BY ROLLUP (1, 2, 3)",
    ),
    "requests of persons, joined": (
        "SELECT status, avg(response_hours) FROM service_requests JOIN residents USING (person) "
        "GROUP BY 1",
    )
    * 2,
}
"""Ours, and what the plain engine is asked."""


def _median(work: Callable[[], object], times: int = 7) -> float:
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _say(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name:62s} {value:10.3f} {unit}\n")


def _ingest(folder: Path) -> Workspace:
    city = folder / "city"
    make_city(city, people=PEOPLE, seed=1, progress=lambda *_: None)
    ws = open_workspace(folder / "ws", create=True)
    linked = [
        p
        for part in ("contracts", "extracts")
        for p in sorted((city / part).iterdir())
        if p.stem not in ("housing_moves", "communities")
    ]
    events = [city / "events" / f"service_requests.{kind}" for kind in ("yaml", "parquet")]
    for paths in (linked, events):
        ingest_files(ws, paths, lambda *_: None, today=datetime.now(UTC).date())
    return ws


@contextmanager
def _no_tick() -> Iterator[None]:
    with patch("api.answering.ticks.time.sleep", lambda _: None):
        yield


def _new_question(sql: str) -> Callable[[], dict[str, Any]]:
    """Ask with another loss each time: a replay would be free."""
    asked = iter(range(100_000))

    def whole() -> dict[str, Any]:
        wish = Ask(rho=2e-5 + next(asked) * 2e-8)
        return ask(folder_ws[0], Question(sql, "housing-planning", wish, "bench"))

    return whole


folder_ws: list[Workspace] = []


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        ws = _ingest(Path(folder))
        folder_ws.append(ws)
        views = {
            n: [str(p) for p in ws.store.snapshot(n).files]
            for n in ("residents", "service_requests")
        }

        def plain(sql: str) -> Callable[[], object]:
            def run() -> object:
                with duckdb.connect(":memory:") as engine:
                    engine.execute("SET threads = 2")
                    for name, files in views.items():
                        engine.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")
                    return engine.execute(sql).fetchall()

            return run

        with _no_tick():
            for name, (ours, theirs) in QUERIES.items():
                baseline = _median(plain(theirs))
                _say(f"{name}: plain DuckDB", baseline * 1000, "ms")
                _say(
                    f"{name}: private, durable, signed",
                    _median(_new_question(ours)) / baseline,
                    "x",
                )
            _thousand()
        same = Question(QUERY, "housing-planning", Ask(rho=0.00002), "bench")
        _say("the same question again (replay)", _median(lambda: ask(ws, same)) * 1000, "ms")
        plan = bind(QUERY, ws.store.snapshot("residents").contract)
        priced, noise = price(plan, Ask(epsilon=EPSILON), 1e-7), NoiseProcess()
        width = priced.measured[0].half_width(0.95)
        noise.close()
        _say(f"half-width at ε = {EPSILON}, {plan.cells} figures", float(width), "persons")


def _thousand() -> None:
    """Measure all but counting in a query of about 1,000 cells (floor: 60 ms)."""
    spent: list[float] = []

    def counted(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return count_in(*arguments, **named)
        finally:
            spent.append(time.perf_counter() - start)

    cells = 0
    with patch.object(release, "count_in", counted):
        question = _new_question(THOUSAND)
        cells = len(question()["rows"])
        rest = []
        for _ in range(15):
            spent.clear()
            start = time.perf_counter()
            question()
            rest.append(time.perf_counter() - start - sum(spent))
    _say(
        f"{cells} cells: parse, plan, ledger, noise, sign, log (floor 60)",
        statistics.median(rest) * 1000,
        "ms",
    )


if __name__ == "__main__":
    main()
