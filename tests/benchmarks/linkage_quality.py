"""How good links are against a truth: by pairs of records, and by whole persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Ints = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall, each of pairs or of clusters."""

    precision: float
    recall: float


def _pairs(counts: Any) -> int:
    return int((counts * (counts - 1) // 2).sum())


def pairwise(found: Ints, truth: Ints) -> Quality:
    """Of the pairs of records linked, the share of one person; of one person's pairs, the share linked."""
    table = pd.DataFrame({"f": found, "t": truth})
    both = _pairs(table.groupby(["f", "t"]).size())
    return Quality(
        both / max(1, _pairs(table.groupby("f").size())),
        both / max(1, _pairs(table.groupby("t").size())),
    )


def pairwise_of(found: Ints, truth: Ints, some: Ints) -> Quality:
    """The same of the pairs in which at least one record is among `some` (a mask)."""
    table = pd.DataFrame({"f": found, "t": truth})
    rest = table[~some]
    counts = [
        _pairs(table.groupby(by).size()) - _pairs(rest.groupby(by).size())
        for by in (["f", "t"], ["f"], ["t"])
    ]
    return Quality(counts[0] / max(1, counts[1]), counts[0] / max(1, counts[2]))


def by_cluster(found: Ints, truth: Ints) -> Quality:
    """B³ (Bagga & Baldwin 1998): the mean over records of each one's own precision and recall."""
    table = pd.DataFrame({"f": found, "t": truth})
    both = table.groupby(["f", "t"])["f"].transform("size")
    return Quality(
        float((both / table.groupby("f")["f"].transform("size")).mean()),
        float((both / table.groupby("t")["f"].transform("size")).mean()),
    )


def exact_clusters(found: Ints, truth: Ints) -> Quality:
    """The share of clusters that are exactly one person's records, and of persons found exactly."""
    table = pd.DataFrame({"f": found, "t": truth})
    both = table.groupby(["f", "t"]).size().rename("n").reset_index()
    both["nf"] = both["f"].map(table.groupby("f").size())
    both["nt"] = both["t"].map(table.groupby("t").size())
    whole = int(((both["n"] == both["nf"]) & (both["n"] == both["nt"])).sum())
    return Quality(whole / both["f"].nunique(), whole / both["t"].nunique())
