"""Random predicates over the small contract: as SQL in random spelling, and judged row by row."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.privacy.small import contract

Row = Mapping[str, Any]
Judged = bool | None
DOMAINS: dict[str, tuple[str, ...]] = {
    name: contract().domain_of(name) or () for name in ("district", "status", "word", "income_band")
}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EXCHANGED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Condition:
    """A condition in SQL, the same in another spelling, and SQL's three-valued verdict on a row."""

    sql: str
    respelled: str
    judge: Callable[[Row], Judged]


def _quoted(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


@st.composite
def _values(draw: st.DrawFn) -> tuple[str, st.SearchStrategy[str | int]]:
    field = draw(st.sampled_from([*DOMAINS, "age"]))
    strategy: st.SearchStrategy[Any] = (
        st.integers(-3, 125) if field == "age" else st.sampled_from(DOMAINS[field])
    )
    return field, strategy


@st.composite
def _comparisons(draw: st.DrawFn) -> Condition:
    field, strategy = draw(_values())
    symbol, value = draw(st.sampled_from(list(_OPERATORS))), draw(strategy)
    compare = _OPERATORS[symbol]

    def judge(row: Row) -> Judged:
        if row[field] is None:
            return None
        if symbol not in ("=", "<>") and field in DOMAINS and row[field] not in DOMAINS[field]:
            return False  # an order of texts is that of the public values
        return compare(row[field], value)

    return Condition(
        f"{field} {symbol} {_quoted(value)}",
        f"{_quoted(value)} {_EXCHANGED[symbol]} {field.upper()}"
        if draw(st.booleans())
        else f"(({field.title()} {symbol} {_quoted(value)}))",
        judge,
    )


@st.composite
def _memberships(draw: st.DrawFn) -> Condition:
    field, strategy = draw(_values())
    values = draw(st.lists(strategy, min_size=1, max_size=4))
    shuffled = draw(st.permutations([*values, values[0]]))

    def judge(row: Row) -> Judged:
        return None if row[field] is None else row[field] in values

    return Condition(
        f"{field} IN ({', '.join(map(_quoted, values))})",
        f"{field.upper()} in ( {' ,'.join(map(_quoted, shuffled))} )",
        judge,
    )


@st.composite
def _ranges(draw: st.DrawFn) -> Condition:
    field, strategy = draw(_values())
    low, high = draw(strategy), draw(strategy)

    def judge(row: Row) -> Judged:
        if row[field] is None:
            return None
        if field in DOMAINS and row[field] not in DOMAINS[field]:
            return False
        return bool(low <= row[field] <= high)

    return Condition(
        f"{field} BETWEEN {_quoted(low)} AND {_quoted(high)}",
        f"({field.upper()} between {_quoted(low)} and {_quoted(high)})",
        judge,
    )


@st.composite
def _nulls(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from([*DOMAINS, "age"]))
    return Condition(f"{field} IS NULL", f"{field.upper()} is null", lambda row: row[field] is None)


def _not(part: Condition) -> Condition:
    def judge(row: Row) -> Judged:
        found = part.judge(row)
        return None if found is None else not found

    return Condition(f"NOT ({part.sql})", f"not ({part.respelled})", judge)


def _all(parts: list[Condition]) -> Callable[[Row], Judged]:
    def judge(row: Row) -> Judged:
        found = [p.judge(row) for p in parts]
        return False if False in found else None if None in found else True

    return judge


def _some(parts: list[Condition]) -> Callable[[Row], Judged]:
    def judge(row: Row) -> Judged:
        found = [p.judge(row) for p in parts]
        return True if True in found else None if None in found else False

    return judge


@st.composite
def _joined(draw: st.DrawFn, inner: st.SearchStrategy[Condition]) -> Condition:
    parts = draw(st.lists(inner, min_size=2, max_size=3))
    word = draw(st.sampled_from(["AND", "OR"]))
    other = draw(st.permutations(parts))
    bracketed = [f"({p.respelled})" for p in other]
    respelled = f"({f' {word.lower()} '.join(bracketed[1:])}) {word} {bracketed[0]}"
    return Condition(
        f" {word} ".join(f"({p.sql})" for p in parts),
        respelled,
        _all(parts) if word == "AND" else _some(parts),
    )


_LEAVES = _comparisons() | _memberships() | _ranges() | _nulls()
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    _LEAVES, lambda inner: _joined(inner) | inner.map(_not), max_leaves=6
)
