"""Small submissions on disk: valid as built, for a test to spoil or to bend in one place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from audit.allocation import Placements
from audit.submission import AllocationFiles
from tests.audit.lotteries import DISTRICT

PLACES = tuple(f"c{i}" for i in range(8))
RESIDENTS = 20_000
"""Of each community before the round."""


def moves_of(placed: Placements, seed: int = 1, number: int = 1) -> pd.DataFrame:
    """One row a person of every placed household; it came from somewhere in its district."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for s, c in zip(*np.nonzero(placed.every), strict=True):
        size = int(placed.size[s])
        for k in range(int(placed.every[s, c])):
            origin = rng.choice(np.flatnonzero(DISTRICT[c] == DISTRICT))
            home = f"h{number}-{s}-{c}-{k}"
            row = {
                "household": home,
                "group": "migrant" if k < placed.minority[s, c] else "local",
                "origin": PLACES[origin],
                "home_size": size,
                "stratum": f"d{DISTRICT[c]}",
                "unit": PLACES[c],
                "need": str(1 + k % 3),
                "applied": 1,
                "decided": 1,
                "event": "housed",
            }
            rows += [{"person": f"{home}-{m}", **row} for m in range(size)]
    return pd.DataFrame(rows).sample(frac=1, random_state=seed).reset_index(drop=True)


def units_of(placed: Placements) -> pd.DataFrame:
    """The communities, with the share of the minority before."""
    return pd.DataFrame(
        {
            "unit": PLACES,
            "community": PLACES,
            "district": [f"d{d}" for d in DISTRICT],
            "capacity": 200,
            "share_before": placed.share_before,
            "area": 50.0,
            "rent": 1000.0,
        }
    )


def stock_of(placed: Placements, moves: pd.DataFrame, reruns: int, seed: int = 1) -> pd.DataFrame:
    """The city before and after the round (run 0), and re-runs in which other people moved."""
    rng = np.random.default_rng(seed)
    few = np.round(placed.share_before * RESIDENTS).astype(int)
    before = pd.DataFrame({"migrant": few, "local": RESIDENTS - few}, index=list(PLACES))
    tables = []
    for run in range(reruns + 1):
        moved = moves if run == 0 else moves.assign(group=rng.permutation(moves["group"]))
        come = pd.crosstab(moved["unit"], moved["group"]).reindex(PLACES, fill_value=0)
        gone = pd.crosstab(moved["origin"], moved["group"]).reindex(PLACES, fill_value=0)
        after = before + come[before.columns] - gone[before.columns]
        both = pd.concat({"before": before.stack(), "after": after.stack()}, axis=1)
        tables.append(both.rename_axis(["unit", "group"]).reset_index().assign(run=run))
    return pd.concat(tables, ignore_index=True)


def write(
    folder: Path,
    moves: pd.DataFrame,
    units: pd.DataFrame | None = None,
    stock: pd.DataFrame | None = None,
    rounds: pd.DataFrame | None = None,
) -> AllocationFiles:
    """Write a submission's files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = AllocationFiles(folder / "moves.csv")
    moves.to_csv(files.moves, index=False)
    for role, table in (("units", units), ("stock", stock), ("rounds", rounds)):
        if table is not None:
            table.to_csv(folder / f"{role}.csv", index=False)
            files = replace(files, **{role: folder / f"{role}.csv"})
    return files
