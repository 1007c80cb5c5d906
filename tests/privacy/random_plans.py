"""Random typed plans and rows: every kind of expression, condition, key, figure and bound."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any, cast

from hypothesis import strategies as st

from privacy.query.expressions import (
    LARGEST,
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
    Expression,
    IsNull,
    Mapped,
    Not,
    OneOf,
    Predicate,
    interval,
)
from privacy.query.plan import Aggregate, Bounds, Key, Plan, Source

TEXTS = {"district": ("东城", "x'y", "b"), "status": ("local", "migrant"), "band": ("low", "high")}
PLACES = ("110101001001", "110101001002", "110101002001", "110102001001", "unknown")
BOUNDS = {"age": (0, 120), "amount": (-1000, 1000), "big": (-(2**40), 2**40), "height": (1, 9)}
STRANGE = ("elsewhere", "", "'; DROP TABLE source0; --", "NULL", "%", "\u202e", "上海")
SECOND = ("band", "height")
TABLE_OF_MANY = tuple((f"w{i}", f"group {i % 3}") for i in range(12))
"""A public table that is too long to be written as CASE."""
_PERSONS = tuple(f"{i * 7919 % 97:032x}" for i in range(30))


def column(name: str) -> Column:
    """Return a column of the random rows."""
    source = int(name in SECOND)
    if name in BOUNDS:
        return Column(name, "whole", source, *BOUNDS[name])
    return Column(name, "day" if name == "born" else "text", source)


def _known(name: str) -> st.SearchStrategy[Any]:
    if name in TEXTS:
        return st.sampled_from(TEXTS[name])
    if name == "word":
        return st.sampled_from([k for k, _ in TABLE_OF_MANY])
    if name == "community":
        return st.sampled_from(PLACES)
    if name == "born":
        return st.dates().map(lambda d: d.isoformat())
    low, high = BOUNDS[name]
    return st.integers(low, high) | st.integers(max(low, -3), min(high, 3))


def stored_value(chance: Random, name: str) -> Any:
    """Return what stands in a column: known values mostly, NULL, and what no contract lets in."""
    dice = chance.random()
    if dice < 0.08:
        return None
    if name == "born":
        return date.fromordinal(chance.randint(1, 3_652_059)).isoformat()
    if name in BOUNDS:
        low, high = BOUNDS[name]
        if dice < 0.12:
            return chance.choice((-(2**63), 2**63 - 1, low - 1, high + 1))
        return (
            chance.randint(max(low, -4), min(high, 9)) if dice < 0.5 else chance.randint(low, high)
        )
    if dice < 0.12:
        return chance.choice(STRANGE)
    if name == "word":
        return chance.choice(TABLE_OF_MANY)[0]
    return chance.choice(PLACES if name == "community" else TEXTS[name])


FIRST = ("district", "status", "word", "community", "born", "age", "amount", "big")


def rows_of(chance: Random, rows_a_person: int) -> list[dict[str, Any]]:
    """Return the first source's rows, each person's ranked from 1 in random order."""
    found: list[dict[str, Any]] = []
    for person in _PERSONS[: chance.randint(0, len(_PERSONS))]:
        for rank in range(1, chance.randint(1, rows_a_person) + 1):
            row = {name: stored_value(chance, name) for name in FIRST}
            found.append({"person": person, "rank": rank, **row})
    chance.shuffle(found)
    return found


def persons_of(chance: Random) -> list[dict[str, Any]]:
    """Return the second source's rows: one a person, of some persons."""
    who = chance.sample((*_PERSONS, "f" * 32), chance.randint(0, len(_PERSONS) + 1))
    return [{"person": p, **{name: stored_value(chance, name) for name in SECOND}} for p in who]


def _fits(e: Expression) -> bool:
    try:
        low, high = interval(e)
    except OverflowError:
        return False
    return max(-low, high) <= LARGEST


@st.composite
def numbers(draw: st.DrawFn, joined: bool, depth: int = 2) -> Expression:
    """Draw a whole-numbered expression that cannot overflow by its public bounds."""
    names = [n for n in BOUNDS if joined or n not in SECOND]
    leaf = st.sampled_from(names).map(column) | st.integers(-7, 7).map(Constant)
    part = st.sampled_from(("year", "quarter", "month", "day", "weekday"))
    leaf = leaf | part.map(lambda p: DatePart(p, column("born")))  # type: ignore[arg-type]
    if depth == 0:
        return cast(Expression, draw(leaf))
    deeper = numbers(joined, depth - 1)
    low, high = sorted((draw(st.integers(-50, 200)), draw(st.integers(-50, 200))))
    made = st.one_of(
        leaf,
        st.builds(Arithmetic, st.sampled_from(("+", "-", "*", "//", "%")), deeper, deeper),
        st.builds(Absolute, deeper),
        deeper.map(lambda e: Clamped(e, low, high)),
        st.builds(Coalesce, deeper, st.integers(-7, 7).map(Constant)),
        deeper.flatmap(lambda e: edges().map(lambda at: Binned(e, at))),
        st.builds(
            Case,
            st.lists(st.tuples(conditions(joined, 1), deeper), min_size=1, max_size=2).map(tuple),
            st.none() | deeper,
        ),
    )
    return draw(made.filter(_fits))


def edges() -> st.SearchStrategy[tuple[int, ...]]:
    """Return edges of bins, equally wide or not."""
    even = st.builds(
        lambda low, width, n: tuple(low + width * i for i in range(n + 1)),
        st.integers(-50, 50), st.integers(1, 40), st.integers(1, 6),
    )  # fmt: skip
    uneven = st.sets(st.integers(-1000, 1000), min_size=2, max_size=7)
    return even | uneven.map(lambda s: tuple(sorted(s)))


@st.composite
def texts(draw: st.DrawFn, joined: bool) -> tuple[Expression, tuple[str, ...]]:
    """Draw a text expression and its public domain."""
    name = draw(st.sampled_from(["district", "status", *(["band"] if joined else [])]))
    domain, of = TEXTS[name], column(name)
    results = st.sampled_from(("a", "b"))
    few = st.lists(results, min_size=len(domain), max_size=len(domain))
    mapped = few.map(lambda r: (Mapped(of, tuple(zip(domain, r, strict=True))), ("a", "b")))
    many = (Mapped(column("word"), TABLE_OF_MANY), tuple(f"group {i}" for i in range(3)))
    chosen = st.builds(
        lambda p, q: (Case(((p, Constant("a")), (q, of)), None), ("a", *domain)),
        conditions(joined, 0), conditions(joined, 0),
    )  # fmt: skip
    coalesced = (Coalesce(of, Constant("none")), (*domain, "none"))
    found = draw(
        st.one_of(st.just((of, domain)), mapped, chosen, st.sampled_from([many, coalesced]))
    )
    return found[0], tuple(dict.fromkeys(found[1]))


@st.composite
def conditions(draw: st.DrawFn, joined: bool, depth: int = 2) -> Predicate:
    """Draw a three-valued condition."""
    name = draw(st.sampled_from([*FIRST, *(SECOND if joined else ())]))
    of, known = column(name), _known(name)
    orders = ("=", "<>") if of.kind == "text" else ("=", "<>", "<", "<=", ">", ">=")
    leaf = st.one_of(
        st.builds(Compare, st.just(of), st.sampled_from(orders), known.map(Constant)),
        st.lists(known, max_size=4).map(lambda v: OneOf(of, tuple(v))),
        st.just(IsNull(of)),
    )
    if depth == 0:
        return cast(Predicate, draw(leaf))
    deeper = conditions(joined, depth - 1)
    number = numbers(joined, depth - 1)
    many = st.lists(deeper, max_size=3).map(tuple)
    made = st.one_of(
        leaf, st.builds(Not, deeper), st.builds(All, many), st.builds(Any_, many),
        st.builds(Compare, number, st.sampled_from(("=", "<", ">=")), number),
    )  # fmt: skip
    return cast(Predicate, draw(made))


@st.composite
def keys(draw: st.DrawFn, joined: bool) -> tuple[Key, ...]:
    """Draw up to three keys of any origin."""
    found: list[Key] = []
    kinds = st.sampled_from(("text", "bins", "list", "tiers", "unknown"))
    for kind in draw(st.lists(kinds, max_size=3)):
        label = f"k{len(found)}"
        if kind in ("tiers", "unknown") and any(k.origin in ("tiers", "unknown") for k in found):
            continue
        if kind == "text":
            e, domain = draw(texts(joined))
            found.append(Key(label, e, domain, domain))
        elif kind == "bins":
            at = draw(edges())
            names = tuple(f"[{a}" for a in at[:-1])
            e = Binned(draw(numbers(joined, 1)), at)
            found.append(Key(label, e, names, tuple(range(len(names))), "bins"))
        elif kind == "list":
            codes = tuple(draw(st.lists(st.integers(-3, 9), unique=True, min_size=1, max_size=4)))
            found.append(Key(label, draw(numbers(joined, 1)), codes, codes, "list"))
        elif kind == "tiers":
            tiers = ("district", "street", "community")
            found.append(Key(label, column("community"), PLACES, PLACES, "tiers", tiers))
        else:
            of = draw(st.sampled_from(("district", "born", "amount")))
            found.append(Key(label, column(of), (), (), "unknown"))
    return tuple(found)


@st.composite
def figures(draw: st.DrawFn, joined: bool, rank: int) -> Aggregate:
    """Draw a figure of any kind."""
    kind = draw(
        st.sampled_from(
            ("count", "persons", "sum", "average", "stddev", "quantile", "top", "contribution")
        )
    )
    where = draw(st.none() | conditions(joined, 1))
    label = f"f{rank}"
    if kind in ("persons", "contribution"):
        level = Fraction(1, 2) if kind == "contribution" else None
        return Aggregate(kind, label, where=None if level else where, level=level)
    if kind == "top":
        e, domain = draw(texts(joined))
        return Aggregate("top", label, e, where, domain=domain, most=1)
    if kind == "count":
        of = draw(st.none() | numbers(joined) | texts(joined).map(lambda t: t[0]))
        return Aggregate("count", label, of, where)
    low, high = sorted((draw(st.integers(-900, 900)), draw(st.integers(-900, 900))))
    if kind == "quantile":
        grid = draw(edges())
        e = draw(numbers(joined))
        level = Fraction(draw(st.integers(1, 9)), 10)
        return Aggregate(kind, label, e, where, grid[0], grid[-1], level=level, grid=grid)
    if kind == "sum" and draw(st.booleans()):
        low, high = -(2**45), 2**45
    return Aggregate(kind, label, draw(numbers(joined)), where, low, high)  # type: ignore[arg-type]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan with its bounds; it stands for any question that a binder may make."""
    joined = draw(st.booleans())
    found = draw(keys(joined))
    of = [draw(figures(joined, i)) for i in range(draw(st.integers(1, 3)))]
    stored = draw(st.sampled_from((4, 1, 2, 6)))
    counted = max(1, stored - draw(st.integers(0, 4)))
    groups = max(1, counted - draw(st.integers(0, 2)))
    clip = "none" if counted == stored else draw(st.sampled_from(("filter", "table")))
    sources: tuple[Source, ...] = (Source("events"),)
    if joined:
        sources += (Source("residents", draw(st.sampled_from(("inner", "left")))),)
    return Plan(
        sources, "city", 100, found, tuple(of), (),
        where=draw(st.none() | conditions(joined, 1)),
        bounds=Bounds(1, stored, counted, groups, clip),
    )  # fmt: skip


@st.composite
def questions(
    draw: st.DrawFn,
) -> tuple[Plan, list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw a plan with the rows of its sources, which keep the bound that intake holds."""
    plan, chance = draw(plans()), Random(draw(st.integers(0, 2**32)))
    return plan, rows_of(chance, plan.bounds.stored), persons_of(chance)


def kinds() -> Mapping[str, str]:
    """Return the Arrow type of each column."""
    numbers_of = dict.fromkeys(BOUNDS, "int64")
    return (
        dict.fromkeys((*FIRST, *SECOND), "string")
        | numbers_of
        | {"person": "string", "rank": "int32"}
    )
