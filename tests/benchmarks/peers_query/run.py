"""The peers on one query: count and sum of an amount by group, a person protected, (ε, δ) = (1, 10⁻⁷).

Run as `python tests/benchmarks/peers_query/run.py`; `--rows 1000000` for a short run, `--only tumult`
for one of them. Each peer runs in an environment of its own under `build/peers`; the report is
`build/peers.md`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.peers_query import features, measuring, report
from tests.benchmarks.peers_query.made_events import LARGEST_AMOUNT, Events, write_events
from tests.benchmarks.peers_query.ours import a_copy, probe, probing_workspace, workspace_of
from tests.benchmarks.peers_query.peer_side import Job, Noise
from tests.benchmarks.peers_query.registry import OURS, PEERS, Installed, Peer, install

ROOT = Path(__file__).parents[3]
EPSILON, DELTA = 1.0, 1e-7
STORED, GROUPS, ERROR_GROUPS = 10, 100, 1_000


@dataclass(frozen=True, slots=True)
class Bench:
    """What is run: rows for time and for error, repetitions, bounds, the seconds a process may take."""

    rows: int
    error_rows: int
    repeats: int
    bounds: tuple[int, ...]
    limit: float
    folder: Path
    rho: float = field(default=0.0)

    def job(self, events: Events, bound: int, noise: Noise, repeats: int, file: Path) -> Job:
        """Return a job on some events."""
        return Job(
            str(file.resolve()), events.rows, events.rows_a_person, bound, tuple(events.labels()),
            LARGEST_AMOUNT, EPSILON, DELTA, self.rho, noise, repeats, "",
        )  # fmt: skip


def rho_of(epsilon: float, delta: float) -> float:
    """Return the largest zCDP loss that OpenDP converts to at most (ε, δ), to a millionth."""
    import opendp.prelude as dp

    dp.enable_features("contrib")
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="f64")

    def cost(scale: float) -> float:
        curve = dp.c.make_zCDP_to_approxDP(dp.m.make_gaussian(*space, scale=scale))
        return float(curve.map(1.0).epsilon(delta))

    low, high = 0.1, 1000.0
    while high - low > 1e-7 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if cost(middle) <= epsilon else (middle, high)
    return 1 / (2 * high * high)


def timed(bench: Bench, peer: Peer, at: Installed, bound: int, noise: Noise) -> report.Timing:
    """Measure the time of the query; the plain engine before and after it on all rows."""
    events = Events(int(bench.rows * peer.share) // STORED, STORED, GROUPS)
    file = write_events(events, bench.folder)
    repeats = bench.repeats if peer.share == 1 else 1
    place = file
    if peer is OURS:
        place = a_copy(workspace_of(events, DELTA, bench.folder), bench.folder)
    job = bench.job(events, bound, noise, repeats, place)
    whole = write_events(Events(bench.rows // STORED, STORED, GROUPS), bench.folder)
    plain = [measuring.plain_seconds(whole)]
    ran = measuring.run(at.python, peer.script, job, bench.limit, bench.folder)
    plain.append(measuring.plain_seconds(whole))
    return report.Timing(ran, statistics.mean(plain), peer.share)


def erred(bench: Bench, peer: Peer, at: Installed, bound: int, noise: Noise) -> report.Erring:
    """Measure the error at the guarantee: every person has just `bound` rows, so that nothing is clipped."""
    events = Events(bench.error_rows // bound, bound, ERROR_GROUPS)
    file = write_events(events, bench.folder)
    place = file
    if peer is OURS:
        place = a_copy(workspace_of(events, DELTA, bench.folder), bench.folder)
    job = bench.job(events, bound, noise, 3, place)
    ran = measuring.run(at.python, peer.script, job, bench.limit, bench.folder)
    truth = measuring.plain_answer(file, bound)
    return report.Erring.of(ran, truth)


def benched(bench: Bench, peer: Peer) -> report.Entry:
    """Install a peer and measure it with each noise that it has, at each bound."""
    at = install(peer, bench.folder.parent)
    cells = features.PEERS.get(peer.name)
    if cells is None:
        cells = features.of_ours(probe(a_copy(probing_workspace(bench.folder), bench.folder)))
    lines = []
    if not at.error:
        for bound in bench.bounds:
            for noise in peer.noises:
                say(f"{peer.title}, {noise}, {bound} rows a person …")
                timing = timed(bench, peer, at, bound, noise)
                erring = erred(bench, peer, at, bound, noise)
                lines.append(report.Line(bound, noise, timing, erring))
    return report.Entry(peer.title, at, cells, tuple(lines))


def say(line: str) -> None:
    """Print a line of progress at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> None:
    """Measure, print the report and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [p.name for p in (OURS, *PEERS)]
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows for time (10 a person)")
    parser.add_argument("--error-rows", type=int, default=1_000_000, help="rows for error")
    parser.add_argument("--only", action="append", choices=names, help="repeatable")
    parser.add_argument("--repeats", type=int, default=3, help="queries a process")
    parser.add_argument("--bounds", type=int, nargs="+", default=[10, 2], help="rows a person")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds a process may take")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "peers.md")
    said = parser.parse_args()
    folder = ROOT / "build" / "peers" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(
        said.rows, said.error_rows, said.repeats, tuple(said.bounds), said.limit, folder,
        rho_of(EPSILON, DELTA),
    )  # fmt: skip
    wanted = [p for p in (OURS, *PEERS) if not said.only or p.name in said.only]
    entries: list[report.Entry] = []
    for peer in wanted:  # what was measured is kept at once: the whole may take an hour
        entries.append(benched(bench, peer))
        text = report.written(entries, rows=bench.rows, rho=bench.rho, epsilon=EPSILON, delta=DELTA)
        said.out.write_text(text, "utf-8")
    sys.stdout.write(said.out.read_text("utf-8"))


if __name__ == "__main__":
    main()
