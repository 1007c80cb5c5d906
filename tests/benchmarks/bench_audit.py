"""Calibration of the housing verdict, its false alarms, and the indices beside PySAL's.

Run as `python tests/benchmarks/bench_audit.py`; below three minutes on two cores.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from api.demo.housing import VERDICT_ARMS, history
from audit.allocation import sorting_excess, steering_gap
from audit.gate import judge
from audit.inference import Estimate
from audit.segregation import dissimilarity, expected_dissimilarity, gini, theil_h
from policies.rulebook import Policy, read_policy
from tests.audit import peers
from tests.audit.arms import INPUTS, first_rounds, laid_out, play

COMMUNITIES, SEEDS = 60, range(1, 11)
SMALL_CITY, LOTTERIES = 20, 200
UNITS, REPEATS = 2_000, 5
CHILE = Path("chile_school_choice") / "school_counts.csv"
MEASURES = ("sorting_excess", "steering_gap", "stock_change", "literal_density_change")


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a plain table, the first column to the left, the others to the right."""
    widths = [max(len(r[i]) for r in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0])]
        cells += [c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)]
        say("  ".join(cells))
    say()


def policy_named(name: str) -> Policy:
    """Return a policy of the repository."""
    return read_policy((files("policies") / "rules" / f"{name}.yaml").read_text("utf-8"))


def shares(words: Counter[str]) -> list[str]:
    """Return the shares of FAIL, PASS and INSUFFICIENT."""
    total = sum(words.values())
    return [f"{words[w] / total:.1%}" for w in ("FAIL", "PASS", "INSUFFICIENT")]


def calibration() -> None:
    """The verdict arms over ten cities, mean ± sd."""
    policy = policy_named("housing-allocation")
    values: dict[str, dict[str, list[float]]] = {
        a.name: {m: [] for m in MEASURES} for a in VERDICT_ARMS
    }
    words: dict[str, Counter[str]] = {a.name: Counter() for a in VERDICT_ARMS}
    for seed in SEEDS:
        start = history(laid_out(COMMUNITIES, seed), seed)
        for arm in VERDICT_ARMS:
            found = play(start, arm, seed).estimates()
            words[arm.name][judge(policy, found, {}, INPUTS).word] += 1
            for measure in MEASURES:
                estimate = found[measure]
                if estimate is not None:
                    values[arm.name][measure].append(estimate.value)
    say(f"Arms: {COMMUNITIES} communities, {len(SEEDS)} seeds, policy {policy.id}; mean ± sd")
    rows = [
        [arm, *(_spread(values[arm][m]) for m in MEASURES), *shares(words[arm])] for arm in values
    ]
    table(["arm", "S", "B", "stock", "literal", "FAIL", "PASS", "INSUFFICIENT"], rows)


def _spread(found: Sequence[float]) -> str:
    return f"{np.mean(found):+.3f} ± {np.std(found, ddof=1):.3f}" if len(found) > 1 else "undefined"


def false_alarms() -> None:
    """Honest lotteries under the policy for one-off allocations."""
    policy = policy_named("housing-one-off")
    rows = []
    for communities in (SMALL_CITY, COMMUNITIES):
        start = history(laid_out(communities, 1), 1)
        words: Counter[str] = Counter()
        homes = 0
        for run, placed in enumerate(first_rounds(start, VERDICT_ARMS[0], 1, LOTTERIES)):
            found: Mapping[str, Estimate | None] = {
                "steering_gap": steering_gap([placed]),
                "sorting_excess": sorting_excess([placed], np.random.default_rng(run)),
            }
            words[judge(policy, found, {}, {"moves", "units"}).word] += 1
            homes += placed.homes
        rows.append([str(communities), f"{homes / LOTTERIES:.0f}", *shares(words)])
    say(f"False alarms: {LOTTERIES} honest lotteries a city, policy {policy.id}")
    table(["communities", "homes", "FAIL", "PASS", "INSUFFICIENT"], rows)


def _best(work: Callable[[], Any]) -> float:
    """Seconds of the best of some runs; the first, which may compile, is not counted."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def indices() -> None:
    """How much longer PySAL takes than this code on the same table, in the same process."""
    rng = np.random.default_rng(1)
    total = rng.integers(20, 900, UNITS)
    few = rng.binomial(total, rng.beta(2, 3, UNITS))
    both = np.column_stack([few, total - few])
    ours: dict[str, Callable[[], float | None]] = {
        "dissimilarity": lambda: dissimilarity(few, total),
        "entropy": lambda: theil_h(both),
        "gini": lambda: gini(few, total),
    }
    peer = peers.TWO_GROUPS | {"gini": peers.compiled_gini}
    rows = []
    for name, work in ours.items():
        theirs = peer[name]
        own, other = work(), theirs((few, total))
        difference = abs((own if own is not None else np.nan) - other)
        ratio = _best(lambda theirs=theirs: theirs((few, total))) / _best(work)
        rows.append([name, f"{ratio:.1f}", f"{difference:.0e}"])
    say(f"Indices: {UNITS:,} units, time of PySAL / ours, best of {REPEATS}")
    table(["index", "ratio", "difference"], rows)


def chile() -> None:
    """Low-income pupils between schools: how much of D is small numbers."""
    folder = os.environ.get("COMMONGROUND_DATA")
    if not folder:
        say("Chile: left out, COMMONGROUND_DATA is absent (the folder of the data sets)")
        return
    path = Path(folder) / CHILE
    if not path.is_file():
        say(f"Chile: left out, COMMONGROUND_DATA holds no {CHILE}")
        return
    rows = []
    for label, unassigned in (("without the unassigned", False), ("with the unassigned", True)):
        few, total = _pupils(path, unassigned)
        d, e0 = dissimilarity(few, total), expected_dissimilarity(few, total)
        if d is None or e0 is None:
            raise AssertionError("both groups are there")
        figures = [f"{v:.3f}" for v in (d, e0, d - e0, (d - e0) / (1 - e0))]
        rows.append([label, str(len(total)), *figures])
    say("Chile, school admission, complementary round: pupils of low-income families")
    table(["pupils", "schools", "D", "E0[D]", "D - E0", "D*"], rows)


def _pupils(path: Path, unassigned: bool) -> tuple[Any, Any]:
    """Pupils of low-income families, and all pupils, by school."""
    counts: dict[str, list[int]] = {}
    with path.open(encoding="utf-8", newline="") as body:
        for row in csv.DictReader(body):
            if unassigned or row["school"] != "unassigned":
                counts.setdefault(row["school"], [0, 0])[int(row["low_income"])] += int(
                    row["pupils"]
                )
    whole = np.array(list(counts.values()))
    return whole[:, 1], whole.sum(axis=1)


if __name__ == "__main__":
    began = time.perf_counter()
    for part in (calibration, false_alarms, indices, chile):
        part()
    say(f"{time.perf_counter() - began:.0f} s")
