"""A judge who counts row by row in plain Python: exact integers, three-valued logic, no engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from math import trunc
from typing import Any

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
    Expression,
    IsNull,
    Mapped,
    Not,
    OneOf,
    Predicate,
)
from privacy.query.plan import Plan
from privacy.query.statistics import Statistic, statistics_of

Rows = tuple[Mapping[str, Any], Mapping[str, Any]]
"""A row of the first source, and what the second holds of its person."""
DIGITS = {"district": 6, "street": 9, "community": 12}


def judged(
    plan: Plan, first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]] = ()
) -> tuple[dict[str, list[int]], list[tuple[Any, ...]] | None]:
    """Return each statistic's integers in order, and the groups where they are unknown."""
    matching = [row for row in _joined(plan, first, second) if _matches(plan, row)]
    rows = _clipped(plan, matching)
    groups: list[tuple[Any, ...]] | None = None
    if plan.unknown_groups:
        found = {group for row in rows if (group := _group(plan, row)) is not None}
        groups = sorted(found)
    vectors = {}
    for s in statistics_of(plan):
        if s.kind == "contributions":
            vectors[s.name] = _contributions(plan, matching)
        else:
            vectors[s.name] = _vector(plan, s, rows, groups)
    return vectors, groups


def _joined(plan: Plan, first: Any, second: Any) -> list[Rows]:
    if len(plan.sources) == 1:
        return [(row, {}) for row in first]
    of = {row["person"]: row for row in second}
    empty: Mapping[str, Any] = defaultdict(lambda: None)
    inner = plan.sources[1].join == "inner"
    return [
        (row, of.get(row["person"], empty)) for row in first if not inner or row["person"] in of
    ]


def _matches(plan: Plan, row: Rows) -> bool:
    if plan.bounds.clip == "table" and row[0]["rank"] > plan.bounds.rows:
        return False
    return plan.where is None or holds(plan.where, row) is True


def _clipped(plan: Plan, rows: list[Rows]) -> list[Rows]:
    bounds = plan.bounds
    by_person: dict[str, list[Rows]] = defaultdict(list)
    for row in rows:
        by_person[row[0]["person"]].append(row)
    kept: list[Rows] = []
    for own in by_person.values():
        if bounds.rows < bounds.stored or bounds.groups < bounds.rows:
            own.sort(key=lambda row: row[0]["rank"])
        if bounds.clip == "filter":
            own = own[: bounds.rows]
        if bounds.groups < bounds.rows and plan.keys:
            cells = [tuple(value(k.expression, row) for k in plan.keys) for row in own]
            allowed = list(dict.fromkeys(cells))[: bounds.groups]
            own = [row for row, cell in zip(own, cells, strict=True) if cell in allowed]
        kept += own
    return kept


def _group(plan: Plan, row: Rows) -> tuple[Any, ...] | None:
    found = tuple(value(k.expression, row) for k in plan.keys)
    outside = any(
        code is None or (k.origin != "unknown" and code not in k.codes)
        for k, code in zip(plan.keys, found, strict=True)
    )
    return None if outside else found


def _place(code: str, tier: str) -> str:
    return code if code == "unknown" or not tier else code[: DIGITS[tier]]


def _contributions(plan: Plan, rows: list[Rows]) -> list[int]:
    each: dict[str, int] = defaultdict(int)
    for row in rows:
        each[row[0]["person"]] += 1
    return [sum(1 for n in each.values() if n == k) for k in range(1, plan.bounds.stored + 1)]


def _vector(
    plan: Plan, s: Statistic, rows: list[Rows], groups: list[tuple[Any, ...]] | None
) -> list[int]:
    at = next((i for i, k in enumerate(plan.keys) if k.tiers), None) if s.tier else None
    cells: dict[tuple[Any, ...], list[Rows]] = defaultdict(list)
    for row in rows:
        group = _group(plan, row)
        if group is None or (s.where is not None and holds(s.where, row) is not True):
            continue
        if at is not None:
            group = (*group[:at], _place(group[at], s.tier), *group[at + 1 :])
        cells[group].append(row)
    if groups is None:
        axes: list[Sequence[Any]] = [k.codes for k in plan.keys]
        if at is not None:
            axes[at] = list(dict.fromkeys(_place(str(c), s.tier) for c in plan.keys[at].codes))
        groups = list(product(*axes))
    return [number for group in groups for number in _numbers(s, cells[group])]


def _numbers(s: Statistic, rows: list[Rows]) -> list[int]:
    if s.kind == "persons":
        return [len({row[0]["person"] for row in rows})]
    if s.expression is None:
        return [len(rows)]
    found = [x for row in rows if (x := value(s.expression, row)) is not None]
    if s.kind == "rows":
        return [len(found)]
    if s.kind == "values" and s.domain:
        return [sum(1 for x in found if x == v) for v in s.domain]
    if s.kind == "values":
        bins = [0] * (len(s.grid) - 1)
        for x in found:
            bins[sum(1 for e in s.grid[1:-1] if e <= x)] += (
                1  # below and above: the first, the last
            )
        return bins
    centred = [s.scale * min(max(x, s.low), s.high) - s.shift for x in found]
    return [sum(c if s.kind == "sum" else c * c for c in centred)]


def value(e: Expression, row: Rows, *, inner: bool = False) -> Any:
    """Return the value of an expression for a row, or None."""
    match e:
        case Column():
            stored = row[e.source][e.name]
            bounded = inner and e.low is not None and e.high is not None and stored is not None
            return min(max(stored, e.low), e.high) if bounded else stored
        case Constant(v):
            return v
        case Arithmetic(sign, left, right):
            return _arithmetic(sign, value(left, row, inner=True), value(right, row, inner=True))
        case Absolute(part):
            x = value(part, row, inner=True)
            return None if x is None else abs(x)
        case Clamped(part, low, high):
            x = value(part, row, inner=True)
            return None if x is None else min(max(x, low), high)
        case DatePart(part, column):
            day = value(column, row)
            return None if day is None else _part(part, date.fromisoformat(day))
        case Mapped(column, table):
            return dict(table).get(value(column, row))
        case Binned(part, edges):
            x = value(part, row)
            if x is None:
                return None
            return next((i for i, (a, b) in enumerate(zip(edges, edges[1:])) if a <= x < b), None)  # noqa: B905, RUF007
        case Case(branches, otherwise):
            for condition, result in branches:
                if holds(condition, row) is True:
                    return value(result, row, inner=True)
            return None if otherwise is None else value(otherwise, row, inner=True)
        case Coalesce(part, other):
            x = value(part, row, inner=True)
            return other.value if x is None else x


def _arithmetic(sign: str, a: int | None, b: int | None) -> int | None:
    if a is None or b is None or (sign in "//%" and b == 0):
        return None
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    quotient = trunc(Fraction(a, b))
    return quotient if sign == "//" else a - b * quotient


def _part(part: str, day: date) -> int:
    return {
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.month,
        "day": day.day,
        "weekday": day.isoweekday(),
    }[part]


def holds(p: Predicate, row: Rows) -> bool | None:
    """Return a condition's three-valued verdict on a row."""
    match p:
        case Compare(left, operator, right):
            a, b = value(left, row), value(right, row)
            if a is None or b is None:
                return None
            return bool(
                {"=": a == b, "<>": a != b}[operator]
                if operator in ("=", "<>")
                else {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
            )
        case OneOf(part, values):
            x = value(part, row)
            return None if x is None else x in values
        case IsNull(part):
            return value(part, row) is None
        case Not(part):
            inner = holds(part, row)
            return None if inner is None else not inner
        case All(parts):
            found = [holds(q, row) for q in parts]
            return False if False in found else None if None in found else True
        case Any_(parts):
            found = [holds(q, row) for q in parts]
            return True if True in found else None if None in found else False
