"""Random plans of every kind over one table of events and one of persons, for engines to agree on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from privacy.counting.engines.hosts import Rows
from privacy.query.expressions import (
    Absolute,
    All,
    Any_,
    Arithmetic,
    Binned,
    Case,
    Clamped,
    Coalesce,
    Column,
    Compare,
    Constant,
    DatePart,
    IsNull,
    Mapped,
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


def sources(folder: Path, count: int, persons: int, commitment: str) -> tuple[Rows, Rows]:
    """Write both tables as snapshots."""
    return (
        Rows(written(folder / "events", events(count, persons), 3), f"{commitment}-events"),
        Rows(written(folder / "people", people(persons), 1), f"{commitment}-people"),
    )


def _wholes(joined: bool, depth: int = 2) -> st.SearchStrategy[Any]:
    leaves: Any = st.sampled_from([X, SMALL, *([AGE] if joined else [])]) | st.builds(
        DatePart, st.sampled_from(["year", "quarter", "month", "day", "weekday"]), st.just(DAY)
    )
    if not depth:
        return leaves
    inner = _wholes(joined, depth - 1)
    small = st.integers(-50, 50).map(Constant)
    return st.one_of(
        leaves,
        st.builds(Arithmetic, st.sampled_from(["+", "-", "//", "%"]), inner, inner | small),
        st.builds(Arithmetic, st.just("*"), inner, small),
        st.builds(Absolute, inner),
        st.builds(Clamped, inner, st.integers(-9, 0), st.integers(1, 999)),
        st.builds(Coalesce, inner, small),
        st.builds(
            Case,
            st.lists(st.tuples(_conditions(joined, 0), inner), min_size=1, max_size=2).map(tuple),
            st.none() | inner,
        ),
        st.builds(Binned, inner, st.sampled_from([(-10, 0, 10, 500), (0, 7, 14, 21), (0, 1)])),
    )


def _conditions(joined: bool, depth: int = 1) -> st.SearchStrategy[Any]:
    wholes = _wholes(joined, 0)
    operators: Any = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    leaves: Any = st.one_of(
        st.builds(Compare, wholes, operators, st.integers(-200, 2100).map(Constant) | wholes),
        st.builds(Compare, st.just(DAY), operators, st.sampled_from(DAYS).map(Constant)),
        st.builds(
            OneOf,
            st.just(KIND),
            st.lists(st.sampled_from(KINDS), max_size=4, unique=True).map(tuple),
        ),
        st.builds(IsNull, st.sampled_from([KIND, X, DAY, *([GROUP] if joined else [])])),
    )
    if not depth:
        return leaves
    inner = st.lists(_conditions(joined, depth - 1), min_size=1, max_size=3).map(tuple)
    return leaves | st.builds(All, inner) | st.builds(Any_, inner) | st.builds(Not, leaves)


def _keys(joined: bool) -> st.SearchStrategy[Any]:
    mapped = Mapped(KIND, tuple((k, "latin" if k in ("a", "a,b") else "other") for k in KINDS[:7]))
    long = Mapped(PLACE, tuple((p, p[:9]) for p in PLACES[:-1]))
    edges = tuple(range(-1000, 1001, 250))
    case = Case(((Compare(SMALL, ">", Constant(0)), Constant("plus")),), Constant("minus"))
    found = [
        Key("kind", KIND, KINDS, KINDS),
        Key("some", KIND, ("深圳", ""), ("深圳", ""), "list"),
        Key("mapped", mapped, ("latin", "other"), ("latin", "other")),
        Key("street", long, tuple(sorted({p[:9] for p in PLACES[:-1]})), tuple(sorted({p[:9] for p in PLACES[:-1]}))),
        Key("bin", Binned(X, edges), tuple(map(str, range(8))), tuple(range(8)), "bins"),
        Key("sign", case, ("plus", "minus"), ("plus", "minus")),
        Key("weekday", DatePart("weekday", DAY), tuple(range(1, 8)), tuple(range(1, 8))),
        Key("tiers", PLACE, PLACES, PLACES, "tiers", ("district", "street", "community")),
        *([Key("group", GROUP, ("old", "young"), ("old", "young"))] if joined else []),
    ]  # fmt: skip
    unknown = [
        Key("kind", KIND, (), (), "unknown"),
        Key("quarter", DatePart("quarter", DAY), (), (), "unknown"),
    ]
    some = [(), *((k,) for k in found), (found[0], found[4]), (found[7], found[5])]
    some += [(found[1], found[6]), (unknown[0],), tuple(unknown)]
    return st.sampled_from(some)


def _aggregates(joined: bool) -> st.SearchStrategy[Any]:
    wholes, where = _wholes(joined), st.none() | _conditions(joined)
    level = st.sampled_from([Fraction(1, 2), Fraction(9, 10)])
    bounds: dict[str, Any] = {"low": st.integers(-500, 0), "high": st.integers(1, 5000)}
    of: Any = st.sampled_from(["sum", "average", "variance", "stddev"])
    huge = {"low": st.just(-(2**61)), "high": st.just(2**61)}
    count = st.builds(Aggregate, st.just("count"), st.just("n"), st.none() | wholes, where)
    total = st.builds(Aggregate, of, st.just("s"), wholes, where, **bounds)
    return st.one_of(
        count,
        total,
        st.builds(Aggregate, st.just("sum"), st.just("h"), st.just(HUGE), where, **huge),
        st.builds(Aggregate, st.just("persons"), st.just("p"), st.none(), where),
        st.builds(Aggregate, st.just("quantile"), st.just("q"), wholes, where, st.just(0), st.just(100),
                  level=level, grid=st.sampled_from([tuple(range(0, 101, 10)), (0, 1, 50, 100)])),
        st.builds(Aggregate, st.just("top"), st.just("t"), st.just(KIND), where,
                  domain=st.just(KINDS), most=st.just(3)),
        st.builds(Aggregate, st.just("contribution"), st.just("c"), level=level,
                  grid=st.just(tuple(range(1, STORED + 2)))),
        st.builds(Aggregate, st.just("ratio"), st.just("r"), parts=st.tuples(total, count)),
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan: any keys, figures, condition, join and way of clipping."""
    join: Any = draw(st.sampled_from(["", "", "inner", "left"]))
    joined = bool(join)
    keys = draw(_keys(joined))
    count = st.integers(1, 3)
    aggregates = [draw(_aggregates(joined)) for _ in range(draw(count))]
    if any(a.kind == "contribution" for a in aggregates):
        keys, aggregates = (), [a for a in aggregates if a.kind == "contribution"][:1]
    clip: Any = draw(st.sampled_from(["none", "filter", "table"]))
    rows = STORED if clip == "none" else draw(st.integers(1, STORED - 1))
    groups = draw(st.integers(1, rows))
    named = tuple(
        Aggregate(**{**_fields(a), "label": f"{a.label}{i}"}) for i, a in enumerate(aggregates)
    )
    return Plan(
        (Source("events"), *([Source("people", join)] if joined else [])),
        "test-residents",
        20_000,
        keys,
        named,
        (*(k.label for k in keys), *(a.label for a in named)),
        draw(st.none() | _conditions(joined)),
        Bounds(1, STORED, rows, groups, clip),
    )


def _fields(a: Aggregate) -> dict[str, Any]:
    return {name: getattr(a, name) for name in Aggregate.__dataclass_fields__}


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
