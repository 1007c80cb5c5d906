"""Plans, exact figures and a worker that the tests of the noise share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np

from privacy.noise import NoiseProcess
from privacy.query import Aggregate, Bounds, Column, Key, Plan, Source, statistics_of
from privacy.query.exact import ExactCounts

_WORTH = Column("worth", "whole", 0, 0, 100)
COUNT = Aggregate("count", "n")
PERSONS = Aggregate("persons", "people")
SUM = Aggregate("sum", "total", _WORTH, low=0, high=100)
AVERAGE = Aggregate("average", "mean", _WORTH, low=0, high=100)


def quantile(level: str = "1/2", bins: int = 100) -> Aggregate:
    """A quantile of a whole number over bins of one."""
    grid = tuple(range(bins + 1))
    return Aggregate("quantile", "q", _WORTH, level=Fraction(level), grid=grid, high=bins)


def top(most: int, values: Sequence[str] = tuple("abcdef")) -> Aggregate:
    """The commonest of some values."""
    return Aggregate("top", "common", Column("kind", "text"), domain=tuple(values), most=most)


def contribution(level: str) -> Aggregate:
    """The private choice of rows a person."""
    return Aggregate("contribution", "rows", level=Fraction(level))


def plan(*figures: Aggregate, groups: int | None = 1, bounds: Bounds | None = None) -> Plan:
    """A plan of these figures in so many groups of a public domain; None: groups are unknown."""
    names = tuple(f"g{i}" for i in range(groups or 0))
    key = Key("g", Column("g", "text"), names, names, "unknown" if groups is None else "contract")
    columns = ("g", *(f.label for f in figures))
    return Plan((Source("d"),), "p", 1_000_000, (key,), figures, columns, None, bounds or Bounds())


def exact(of: Plan, vectors: Mapping[str, Any], groups: Sequence[str] | None = None) -> ExactCounts:
    """Exact figures of a plan, by the statistic's name."""
    arrays = {s.name: np.array(vectors[s.name], dtype=np.int64) for s in statistics_of(of)}
    return ExactCounts(arrays, None if groups is None else tuple((g,) for g in groups))


@contextmanager
def worker() -> Iterator[NoiseProcess]:
    """A noise process that is closed in the end."""
    process = NoiseProcess()
    try:
        yield process
    finally:
        process.close()
