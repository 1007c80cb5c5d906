"""A plan of every kind of figure, key, clipping and join, over many events and their persons."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from privacy.counting.engines.hosts import Rows
from privacy.query.expressions import (
    Any_,
    Arithmetic,
    Binned,
    Case,
    Column,
    Compare,
    Constant,
    DatePart,
    IsNull,
    Not,
    OneOf,
)
from privacy.query.plan import Aggregate, Bounds, Key, Plan, Source
from tests.privacy.written_rows import written

STORED = 4
KINDS = ("a", "", "NULL", r"\N", '"', "a,b", "深圳", "%s", "$1")
_CODES = [f"4403{d:02}{s:03}{c:03}" for d in (1, 2) for s in range(3) for c in range(4)]
PLACES = (*_CODES, "unknown")
DAYS = ("2024-02-29", "1999-12-31", "2025-11-23", "2000-01-01", "0001-01-01", "9999-12-31")
KIND = Column("kind", "text")
PLACE = Column("place", "text")
DAY = Column("day", "day")
X = Column("x", "whole", low=-(10**6), high=10**6)
SMALL = Column("small", "whole", low=-100, high=100)
HUGE = Column("huge", "whole", low=-(2**61), high=2**61)
GROUP = Column("group", "text", 1)
AGE = Column("age", "whole", 1, 0, 120)


TIERS = ("district", "street", "community")
_WHOLE = Bounds(1, STORED, STORED, STORED)


def events(count: int, persons: int, seed: int = 5) -> pa.Table:
    """Return events of persons with their stored rank, NULLs and values outside of the domains."""
    rng = np.random.default_rng(seed)
    who = np.sort(rng.integers(0, persons, count))
    first = np.searchsorted(who, who, side="left")
    rank = np.arange(count) - first + 1
    kept = rank <= STORED
    who, size = who[kept], int(kept.sum())

    def some(values: Any, missing: float = 0.1) -> list[Any]:
        drawn = rng.integers(0, len(values), size)
        return [
            None if g else values[i] for i, g in zip(drawn, rng.random(size) < missing, strict=True)
        ]

    huge = [-(2**61), 2**61, 2**61 - 1, 0, 1, 2**53 + 1]
    return pa.table(
        {
            "person": pa.array([int(w).to_bytes(16, "big") for w in who], pa.binary()),
            "rank": pa.array(rank[kept], pa.int32()),
            "kind": pa.array(some((*KINDS, "elsewhere"))),
            "place": pa.array(some((*PLACES, "440300000000"))),
            "day": pa.array(some(DAYS)),
            "x": pa.array(
                some(np.r_[rng.integers(-(10**6), 10**6, 500), 0, 3].tolist()), pa.int64()
            ),
            "small": pa.array(some(list(range(-100, 101))), pa.int8()),
            "huge": pa.array(some(huge), pa.int64()),
        }
    )


def people(persons: int, seed: int = 6) -> pa.Table:
    """Return one row a person, of nine in ten."""
    rng = np.random.default_rng(seed)
    some = np.flatnonzero(rng.random(persons) < 0.9)
    return pa.table(
        {
            "person": pa.array([int(w).to_bytes(16, "big") for w in some], pa.binary()),
            "group": pa.array([("old", "young", None)[i] for i in rng.integers(0, 3, len(some))]),
            "age": pa.array(rng.integers(0, 121, len(some)), pa.int16()),
        }
    )


def sources(
    folder: Path, count: int, persons: int, commitment: str, parts: int = 1
) -> tuple[Rows, Rows]:
    """Write both tables as snapshots."""
    return (
        Rows(written(folder / "events", events(count, persons), parts), f"{commitment}-events"),
        Rows(written(folder / "people", people(persons), 1), f"{commitment}-people"),
    )


def broad() -> list[Plan]:
    """Return plans of every kind of figure, key, clipping and join, the same at each call."""
    kind, tiers = (
        Key("kind", KIND, KINDS, KINDS),
        Key("place", PLACE, PLACES, PLACES, "tiers", TIERS),
    )
    edges = tuple(range(-(10**6), 10**6 + 1, 125_000))
    bins = Key("bin", Binned(X, edges), tuple(map(str, range(16))), tuple(range(16)), "bins")
    weekday = Key("weekday", DatePart("weekday", DAY), tuple(range(1, 8)), tuple(range(1, 8)))
    sign = Case(((Compare(SMALL, ">", Constant(0)), Constant("plus")),), Constant("minus"))
    signs = Key("sign", sign, ("plus", "minus"), ("plus", "minus"))
    found = Key("kind", KIND, (), (), "unknown")
    group = Key("group", GROUP, ("old", "young"), ("old", "young"))
    product = Arithmetic("//", Arithmetic("*", X, Constant(1000)), SMALL)
    counts = (Aggregate("count", "n"), Aggregate("persons", "p"))
    sums = (
        Aggregate("sum", "s", X, Compare(SMALL, "<>", Constant(7)), low=-500, high=900_000),
        Aggregate("variance", "v", SMALL, low=-100, high=100),
        Aggregate("average", "a", product, low=-(10**9), high=10**9),
    )
    huge = Aggregate(
        "sum", "h", HUGE, Compare(DAY, ">=", Constant("2000-01-01")), low=-(2**61), high=2**61
    )
    median = Aggregate(
        "quantile", "q", X, low=edges[0], high=edges[-1], level=Fraction(1, 2), grid=edges
    )
    top = Aggregate("top", "t", KIND, domain=KINDS, most=3)
    loyal = Aggregate("contribution", "c", level=Fraction(9, 10), grid=tuple(range(1, STORED + 2)))
    where = Any_((Compare(X, ">", Constant(0)), Not(OneOf(KIND, ("a", "深圳"))), IsNull(DAY)))
    first = Bounds(1, STORED, 2, 1, "filter")
    return [
        _plan((kind,), counts + sums, where),
        _plan((kind, bins), counts, where, first),
        _plan((tiers,), (*counts, sums[0]), None, Bounds(1, STORED, 2, 2, "table")),
        _plan((signs, weekday), counts, None, first),
        _plan((kind,), (huge,), Compare(SMALL, "<", Constant(50))),
        _plan((kind,), (median, top), where, first),
        _plan((found,), (*counts, sums[0]), where, Bounds(1, STORED, 3, 2, "filter")),
        _plan((), (loyal,), where),
        _plan((group,), (*counts, Aggregate("sum", "g", AGE, low=0, high=90)), where, join="inner"),
        _plan((group, signs), counts, Compare(AGE, ">", Constant(30)), first, join="left"),
    ]  # fmt: skip


def _plan(
    keys: tuple[Key, ...],
    aggregates: tuple[Aggregate, ...],
    where: Any,
    bounds: Bounds = _WHOLE,
    join: Any = "",
) -> Plan:
    joined = (Source("people", join),) if join else ()
    labels = (*(k.label for k in keys), *(a.label for a in aggregates))
    return Plan(
        (Source("events"), *joined),
        "test-residents",
        20_000,
        keys,
        aggregates,
        labels,
        where,
        bounds,
    )
