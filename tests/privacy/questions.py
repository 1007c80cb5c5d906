"""Random questions over the small city: as SQL, as the builder's steps, and by what they mean of a row.

The meaning is written here from SQL's definition in exact fractions, apart from the code under test: numbers
in real units, NULL as None, conditions three-valued.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import trunc
from typing import Any

from hypothesis import strategies as st

from privacy.query.asking import (
    Measure,
    Term,
    bins,
    case,
    count,
    field,
    greatest,
    least,
    mean,
    persons,
    question,
    total,
    variance,
)
from tests.privacy.asked import CONTRACT, DAYS, NUMBERS, TEXTS, Asked, Figure, Part, Row


def _null(*values: Any) -> bool:
    return any(v is None for v in values)


def _column(name: str) -> Part:
    return Part(name, field(name), lambda row: row[name])


def _plain(value: Fraction) -> Part:
    shown = str(Decimal(value.numerator) / Decimal(value.denominator))
    return Part(shown, case(otherwise=value), lambda _: value)


_SMALL = st.builds(
    lambda n, d: Fraction(n, d), st.integers(-200, 2000), st.sampled_from([1, 1, 10, 100])
)


def _reckoned(sign: str, a: Part, b: Part) -> Part:
    def of(row: Row) -> Fraction | None:
        x, y = a.of(row), b.of(row)
        if _null(x, y) or (sign in "//%" and y == 0):
            return None
        match sign:
            case "+":
                return Fraction(x + y)
            case "-":
                return Fraction(x - y)
            case "*":
                return Fraction(x * y)
            case "/":
                return Fraction(trunc(x / y * 10_000), 10_000)
            case "//":
                return Fraction(trunc(x / y))
        return Fraction(x - y * trunc(x / y))

    python: dict[str, Callable[[Term, Term], Term]] = {
        "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
        "/": lambda x, y: x / y, "//": lambda x, y: x // y, "%": lambda x, y: x % y,
    }  # fmt: skip
    return Part(f"({a.sql} {sign} {b.sql})", python[sign](a.term, b.term), of)


def _least(a: Part, b: Part, largest: bool) -> Part:
    def of(row: Row) -> Fraction | None:
        x, y = a.of(row), b.of(row)
        return None if _null(x, y) else (max if largest else min)(x, y)

    name, made = ("greatest", greatest) if largest else ("least", least)
    return Part(f"{name}({a.sql}, {b.sql})", made(a.term, b.term), of)


def _clamped(a: Part, low: int, width: int) -> Part:
    def of(row: Row) -> Fraction | None:
        x = a.of(row)
        return None if x is None else min(max(x, Fraction(low)), Fraction(low + width))

    return Part(f"clamp({a.sql}, {low}, {low + width})", a.term.clamp(low, low + width), of)


def _or_else(a: Part, b: Part) -> Part:
    def of(row: Row) -> Any:
        x = a.of(row)
        return b.of(row) if x is None else x

    return Part(f"coalesce({a.sql}, {b.sql})", a.term.or_else(b.term), of)


def _chosen(c: Part, a: Part, b: Part | None) -> Part:
    def of(row: Row) -> Any:
        return a.of(row) if c.of(row) is True else None if b is None else b.of(row)

    end = "" if b is None else f" ELSE {b.sql}"
    return Part(
        f"CASE WHEN {c.sql} THEN {a.sql}{end} END",
        case((c.term, a.term), otherwise=None if b is None else b.term),
        of,
    )


def _absolute(a: Part) -> Part:
    return Part(
        f"abs({a.sql})", abs(a.term), lambda row: None if a.of(row) is None else abs(a.of(row))
    )


def _day_part(name: str, day: str) -> Part:
    def of(row: Row) -> int | None:
        if row[day] is None:
            return None
        d = date.fromisoformat(row[day])
        return {"year": d.year, "quarter": (d.month + 2) // 3, "month": d.month, "day": d.day,
                "isodow": d.isoweekday(), "dow": d.isoweekday() % 7}[name]  # fmt: skip

    return Part(f"extract({name} FROM {day})", field(day).part(name), of)


_LEAVES = st.sampled_from(list(NUMBERS)).map(_column) | st.builds(
    _day_part, st.sampled_from(["year", "quarter", "month", "day", "isodow", "dow"]), st.sampled_from(DAYS)
)  # fmt: skip
_NUMBERS_OR_PLAIN = _LEAVES | _SMALL.map(_plain)


def _length(name: str) -> Part:
    return Part(
        f"length({name})",
        field(name).length(),
        lambda row: None if row[name] is None else len(row[name]),
    )


def numbers(conditions: st.SearchStrategy[Part] | None = None) -> st.SearchStrategy[Part]:
    """Expressions of numbers, with a column in each."""

    def larger(inner: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
        other = inner | _SMALL.filter(bool).map(_plain)
        made = (
            st.builds(_reckoned, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner, other)
            | st.builds(_least, inner, other, st.booleans())
            | st.builds(_clamped, inner, st.integers(-30, 60), st.integers(0, 90))
            | st.builds(_or_else, inner, other)
            | inner.map(_absolute)
        )
        if conditions is not None:
            made |= st.builds(_chosen, conditions, inner, st.none() | other)
        return made

    leaves = _LEAVES | st.sampled_from(list(TEXTS)).map(_length)
    return st.recursive(leaves, larger, max_leaves=4)


_SIGNS: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Term, Any], Term]]] = {
    "=": (lambda x, y: x == y, lambda x, y: x == y),
    "<>": (lambda x, y: x != y, lambda x, y: x != y),
    "<": (lambda x, y: x < y, lambda x, y: x < y),
    "<=": (lambda x, y: x <= y, lambda x, y: x <= y),
    ">": (lambda x, y: x > y, lambda x, y: x > y),
    ">=": (lambda x, y: x >= y, lambda x, y: x >= y),
}


def _compared(sign: str, a: Part, b: Part) -> Part:
    def of(row: Row) -> bool | None:
        x, y = a.of(row), b.of(row)
        return None if _null(x, y) else _SIGNS[sign][0](x, y)

    return Part(f"({a.sql} {sign} {b.sql})", _SIGNS[sign][1](a.term, b.term), of)


def _text(value: str) -> Part:
    quoted = value.replace("'", "''")
    return Part(f"'{quoted}'", case(otherwise=value), lambda _: value)


@st.composite
def _text_conditions(draw: st.DrawFn) -> Part:
    name = draw(st.sampled_from(list(TEXTS)))
    column, domain = _column(name), TEXTS[name]
    kind = draw(st.sampled_from(["compare", "in", "like", "columns", "start"]))
    if kind == "compare":
        return _compared_text(
            name, draw(st.sampled_from(list(_SIGNS))), draw(st.sampled_from(domain))
        )
    if kind == "in":
        values = draw(st.lists(st.sampled_from(domain), min_size=1, max_size=3))
        shown = ", ".join(_text(v).sql for v in values)
        return Part(
            f"{name} IN ({shown})",
            column.term.is_in(*values),
            lambda row: None if row[name] is None else row[name] in values,
        )
    if kind == "like":
        part = draw(st.sampled_from(["a", "o", "north", "1"]))
        return Part(
            f"lower({name}) LIKE '%{part}%'",
            column.term.lower().like(f"%{part}%"),
            lambda row: None if row[name] is None else part in row[name].lower(),
        )
    if kind == "start":
        start = domain[0][0]
        quoted = start.replace("'", "''")
        return Part(
            f"left({name}, 1) = '{quoted}'",
            column.term.substr(1, 1) == start,
            lambda row: None if row[name] is None else row[name][:1] == start,
        )
    other = draw(st.sampled_from(list(TEXTS)))
    return _compared(draw(st.sampled_from(["=", "<>"])), column, _column(other))


def _compared_text(name: str, sign: str, value: str) -> Part:
    def of(row: Row) -> bool | None:
        return None if row[name] is None else _SIGNS[sign][0](row[name], value)

    return Part(f"{name} {sign} {_text(value).sql}", _SIGNS[sign][1](field(name), value), of)


@st.composite
def _day_conditions(draw: st.DrawFn) -> Part:
    name, sign = draw(st.sampled_from(DAYS)), draw(st.sampled_from(list(_SIGNS)))
    if draw(st.booleans()):
        return _compared(sign, _column("born"), _column("moved"))
    day = draw(st.dates(date(1950, 1, 1), date(2020, 12, 31)))

    def of(row: Row) -> bool | None:
        return None if row[name] is None else _SIGNS[sign][0](row[name], day.isoformat())

    return Part(f"{name} {sign} DATE '{day}'", _SIGNS[sign][1](field(name), day), of)


def _not(a: Part) -> Part:
    return Part(f"NOT ({a.sql})", ~a.term, lambda row: None if a.of(row) is None else not a.of(row))


def _both(word: str, a: Part, b: Part) -> Part:
    decides = word == "OR"

    def of(row: Row) -> bool | None:
        found = (a.of(row), b.of(row))
        return decides if decides in found else None if None in found else not decides

    made = a.term & b.term if word == "AND" else a.term | b.term
    return Part(f"({a.sql}) {word} ({b.sql})", made, of)


def _distinct(a: Part, b: Part) -> Part:
    return Part(
        f"{a.sql} IS DISTINCT FROM {b.sql}",
        a.term.is_distinct_from(b.term),
        lambda row: a.of(row) != b.of(row),
    )


def _is_null(a: Part) -> Part:
    return Part(f"{a.sql} IS NULL", a.term.is_null(), lambda row: a.of(row) is None)


def conditions() -> st.SearchStrategy[Part]:
    """Conditions over all kinds of columns."""
    simple = numbers()
    plain = simple | _SMALL.map(_plain)
    leaves = (
        st.builds(_compared, st.sampled_from(list(_SIGNS)), simple, plain)
        | _text_conditions()
        | _day_conditions()
        | st.builds(_distinct, simple, plain)
        | simple.map(_is_null)
    )
    return st.recursive(
        leaves,
        lambda inner: (
            inner.map(_not) | st.builds(_both, st.sampled_from(["AND", "OR"]), inner, inner)
        ),
        max_leaves=4,
    )


def _binned(width: int) -> Part:
    def of(row: Row) -> str | None:
        if row["age"] is None:
            return None
        low = int(row["age"] // width * width)
        return f"[{low}, {low + width})"

    return Part(f"BINS(age, {width})", bins("age", width), of)


def keys() -> st.SearchStrategy[Part]:
    """Something to group by, whose groups are public."""
    return (
        st.sampled_from(list(TEXTS)).map(_column)
        | st.sampled_from([5, 10, 50]).map(_binned)
        | st.builds(_chosen, conditions(), st.just(_text("a")), st.none() | st.just(_text("b")))
        | st.builds(
            _day_part, st.sampled_from(["quarter", "month", "isodow"]), st.sampled_from(DAYS)
        )
    )


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """Counts, sums, averages and variances, some of certain rows only."""
    kind = draw(st.sampled_from(["rows", "count", "persons", "sum", "average", "variance"]))
    # clamped, so that no sum can pass 2^62 over a million people
    x = None if kind in ("rows", "persons") else _clamped(draw(numbers(conditions())), -30, 90)
    spelled: dict[str, tuple[str, Callable[[Any], Measure]]] = {
        "rows": ("count(*)", lambda _: count()),
        "persons": ("count(DISTINCT person)", lambda _: persons()),
        "count": ("count({})", count),
        "sum": ("sum({})", total),
        "average": ("avg({})", mean),
        "variance": ("var_pop({})", lambda t: variance(t, sample=False)),
    }
    sql, made = spelled[kind]
    measure = made(None if x is None else x.term)
    text = sql.format("" if x is None else x.sql)
    only = draw(st.none() | conditions())
    if only is None:
        return Figure(text, measure, kind, x)
    return Figure(f"{text} FILTER (WHERE {only.sql})", measure.only(only.term), kind, x, only)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Whole questions of up to two groups and three figures."""
    grouped = tuple(draw(st.lists(keys(), max_size=2)))
    wanted = tuple(draw(st.lists(figures(), min_size=1, max_size=3)))
    where = draw(st.none() | conditions())
    columns = [*(f"{k.sql} AS k{i}" for i, k in enumerate(grouped)), *(f.sql for f in wanted)]
    sql = f"SELECT {', '.join(columns)} FROM residents"
    made = question(CONTRACT).group_by(*(k.term for k in grouped))
    if where is not None:
        sql += f" WHERE {where.sql}"
        made = made.where(where.term)
    if grouped:
        sql += f" GROUP BY {', '.join(str(i + 1) for i in range(len(grouped)))}"
    return Asked(sql, made.measure(*(f.measure for f in wanted)), grouped, wanted, where)
