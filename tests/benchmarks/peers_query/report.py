"""The report of the peers as Markdown: what was measured, what each lacks, what it rests on."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.peers_query.features import FEATURES, Cell, lacks
from tests.benchmarks.peers_query.measuring import Ran
from tests.benchmarks.peers_query.peer_side import Noise
from tests.benchmarks.peers_query.registry import Installed


@dataclass(frozen=True, slots=True)
class Timing:
    """A timed run, the plain engine's seconds on all rows, and the share of the rows timed."""

    ran: Ran
    plain_seconds: float
    share: float


@dataclass(frozen=True, slots=True)
class Erring:
    """Root mean square errors of counts and sums over all groups and repetitions.

    `missing` groups had rows and no answer.
    """

    count: float
    total: float
    missing: int
    error: str = ""

    @staticmethod
    def of(ran: Ran, truth: Mapping[str, tuple[int, int]]) -> Erring:
        """Compare the answers with the truth."""
        if ran.error:
            return Erring(math.nan, math.nan, 0, ran.error)
        pairs = [(a[g], truth[g]) for a in ran.answers for g in truth if g in a]
        missing = len(ran.answers) * len(truth) - len(pairs)
        count, total = (
            math.sqrt(sum((found[i] - exact[i]) ** 2 for found, exact in pairs) / len(pairs))
            for i in (0, 1)
        )
        return Erring(count, total, missing)


@dataclass(frozen=True, slots=True)
class Line:
    """One engine, bound and noise."""

    bound: int
    noise: Noise
    timing: Timing
    erring: Erring


@dataclass(frozen=True, slots=True)
class Entry:
    """One engine: its installation, its features, its lines."""

    title: str
    installed: Installed
    cells: Mapping[str, Cell]
    lines: tuple[Line, ...]


_HEAD = (
    "engine", "L", "noise", "s", "of it loading", "× DuckDB", "× without loading", "s end to end",
    "peak MB", "RMSE counts", "RMSE sums", "ρ", "RMSE counts at the Gaussian's ρ", "states",
)  # fmt: skip


def written(
    entries: Sequence[Entry], *, rows: int, rho: float, epsilon: float, delta: float
) -> str:
    """Return the report."""
    parts = [
        "# The same query by other engines",
        f"Count and sum of an integer amount (0 to 1,000) by 100 public groups; {rows:,} rows, 10 a "
        f"person; the person protected, ε = {epsilon:g} (δ = {delta:g}) for both figures together; at "
        f"most L rows a person counted. {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}.",
        _about(rho),
        _table(_HEAD, [_cells(e, line, rho, epsilon) for e in entries for line in e.lines]),
        *_troubles(entries),
        "## What each lacks",
        _table(
            ("engine", "version", "installed by", "lacks"),
            [[e.title, _version(e), _outcome(e), lacks(dict(e.cells))] for e in entries],
        ),
        "## Features",
        _table(
            ("", *(e.title for e in entries)),
            [[t, *(e.cells.get(n, ("no", ""))[0] for e in entries)] for n, t in FEATURES.items()],
        ),
        "## What the features rest on",
        *(_evidence(e) for e in entries),
    ]
    return "\n\n".join(parts) + "\n"


def _about(rho: float) -> str:
    return (
        "Seconds are from the Parquet file to the answer, the median of the repetitions; *loading* is "
        "the part that brings rows into the peer's own memory; *end to end* is a process that asks "
        "once. × is against plain DuckDB on the same file, before and after in the same run. Peak "
        "memory is that of all processes of the engine, shared pages once. ~ marks a peer timed on "
        "a tenth of the rows and multiplied (its memory is that of the tenth). Ours waits for its "
        "clock tick and is written, signed and logged. RMSE is against the truth over 1,000 groups, "
        "three repetitions, where every person has just L rows: nothing is clipped, and the error is "
        f"the noise. ρ is the zCDP loss: {rho:.5f} for the Gaussian at (ε, δ), ε²/4 for two figures of pure ε/2; the "
        "column after it scales a Laplace's error to the same ρ, which is what a lifetime of "
        "questions costs. Peers that know rows only are given ε/L a row."
    )


def _cells(entry: Entry, line: Line, rho: float, epsilon: float) -> list[str]:
    ran, share, plain = line.timing.ran, line.timing.share, line.timing.plain_seconds
    start = [entry.title, str(line.bound), line.noise]
    pure = 2 * (epsilon / 2) ** 2 / 2  # two pure figures, each with half of ε
    loss = pure if line.noise == "laplace" else rho
    err = line.erring
    at_rho = err.count * math.sqrt(loss / rho)
    errors = [_figure(err.count), _figure(err.total), f"{loss:.4f}", _figure(at_rho)]
    if ran.error:
        return [*start, *["–"] * 6, *errors, "see below"]
    about = "~" if share < 1 else ""
    times = [
        f"{about}{ran.asking / share:.2f}",
        f"{about}{ran.loading / share:.2f}",
        f"{about}{ran.asking / share / plain:.1f}",
        f"{about}{(ran.asking - ran.loading) / share / plain:.1f}",
        f"{about}{(ran.end_to_end - ran.asking) + ran.asking / share:.1f}",
    ]
    peak = "–" if ran.peak_mb is None else f"{about}{ran.peak_mb:,.0f}"
    return [*start, *times, peak, *errors, str(ran.said["charge"])]


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:,.1f}"


def _version(entry: Entry) -> str:
    found = [line.timing.ran.said.get("version") for line in entry.lines]
    return next((str(v) for v in found if v), "–")


def _outcome(entry: Entry) -> str:
    at = entry.installed
    return f"`{at.command}`" + (f" failed: {at.error}" if at.error else "")


def _troubles(entries: Sequence[Entry]) -> list[str]:
    found = []
    for e in entries:
        for line in e.lines:
            name = f"{e.title}, {line.noise}, L = {line.bound}"
            wrong = line.timing.ran.error or line.erring.error
            if wrong:
                found.append(f"- {name} gave no answer: {wrong}")
            if line.erring.missing:
                found.append(f"- {name}: {line.erring.missing} figures with rows had no answer")
    return ["\n".join(found)] if found else []


def _evidence(entry: Entry) -> str:
    lines = [
        f"- {title}: {word}. {why}"
        for name, title in FEATURES.items()
        for word, why in [entry.cells.get(name, ("no", "not asked"))]
    ]
    return f"### {entry.title}\n\n" + "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in lines)
