"""Plans with known figures, measured and released with noise from exact probabilities: no worker, no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.noise import Ask, Drawn, price
from privacy.query import Aggregate, Bounds, Column, Key, OneOf, Plan, Selection, Source
from privacy.query.statistics import statistics_of
from privacy.release import Release, release_of

DELTA = 1e-7
PLACES, STATUSES = ("north", "south", "east"), ("migrant", "local")
AGE = Column("age", "whole", 0, 0, 120)
COUNT = Aggregate("count", "n")
MEAN = Aggregate("average", "mean", AGE, None, 0, 120)
TOTAL = Aggregate("sum", "total", AGE, None, 0, 120)
_MIGRANT = OneOf(Column("status", "text"), ("migrant",))
SHARE = Aggregate(
    "ratio", "share", parts=(Aggregate("count", "part", None, _MIGRANT), Aggregate("count", "n"))
)


def key(name: str, domain: Sequence[str], **more: Any) -> Key:
    """A key over a column of texts."""
    return Key(more.pop("label", name), Column(name, "text"), tuple(domain), tuple(domain), **more)


def plan(
    *figures: Aggregate,
    keys: Sequence[Key] = (),
    bounds: Bounds | None = None,
    selection: Selection | None = None,
    columns: Sequence[str] = (),
) -> Plan:
    """A plan over one dataset."""
    labels = (*(k.label for k in keys), *(f.label for f in figures))
    return Plan(
        sources=(Source("residents"),),
        population="test",
        public_size=10_000,
        keys=tuple(keys),
        aggregates=tuple(figures),
        columns=tuple(columns) or labels,
        bounds=bounds or Bounds(),
        selection=selection or Selection(),
    )


def released(
    of: Plan, exact: Mapping[str, Any], ask: Ask | None = None, seed: int = 0, noise: bool = True
) -> Release:
    """The release of exact statistics (by kind, or by name) with normal noise of the priced scale, rounded."""
    priced = price(of, ask or Ask(rho=0.1), DELTA)
    rng = np.random.default_rng(seed)
    kinds = {s.name: s.kind for s in statistics_of(of)}
    vectors: dict[str, NDArray[np.int64]] = {}
    for m in priced.measured:
        found = np.asarray(exact.get(m.statistic, exact.get(kinds[m.statistic])), dtype=np.int64)
        moved = np.rint(rng.normal(0, m.scale, found.shape)).astype(np.int64) if noise else 0
        vectors[m.statistic] = found + moved
    return release_of(
        identifier="r-1",
        plan=of,
        priced=priced,
        drawn=Drawn(vectors),
        snapshot="residents@1",
        commitment="hmac-sha256:0",
        purpose="planning",
        synthetic=True,
    )
