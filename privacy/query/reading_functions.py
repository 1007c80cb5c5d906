"""Functions of texts and of dates, and those that sqlglot has no name of its own for."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from policies.errors import BadInput
from privacy.query import arithmetic, comparing, texts
from privacy.query.binning import bins
from privacy.query.expressions import Column, DatePart, Part
from privacy.query.reading import Read, Reader, Rule
from privacy.query.refusals import outside
from privacy.query.typed import Day, Literal, Number, Text, Truth, Typed, constant, public_text


def _part(part: Part) -> Read:
    return lambda r, node: part_of_day(part, r.value(node.this))


def part_of_day(part: str, value: Typed) -> Number:
    """Return a part of a day; `dow` counts from 0 (Sunday), as DuckDB and PostgreSQL do.

    Raises
    ------
    BadInput
        No stored day, or no such part.
    """
    names: dict[str, Part] = {
        "year": "year", "quarter": "quarter", "month": "month", "day": "day",
        "isodow": "weekday", "weekday": "weekday",
    }  # fmt: skip
    if not isinstance(value, Day) or not isinstance(value.expression, Column):
        raise BadInput("a column of dates was expected here", todo="year(d) of a date column d")
    if part in ("dow", "dayofweek"):
        return Number(
            arithmetic.operate(
                "%", Number(DatePart("weekday", value.expression)), constant(7)
            ).expression
        )
    if part not in names:
        raise BadInput(
            "a date has a year, quarter, month, day, isodow (1 is Monday) and dow (0 is Sunday)",
            todo="extract(year FROM d)",
        )
    return Number(DatePart(names[part], value.expression))


def _extract(r: Reader, node: exp.Expression) -> Typed:
    return part_of_day(node.this.name.lower(), r.value(node.expression))


def _changed(change: Callable[[str], str]) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        return texts.changed(r.text(node.this), change)

    return read


def _like(fold: bool) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        inner, escape = node, None
        if isinstance(inner.expression, exp.Escape):
            escape = r.literal(inner.expression.expression)
        test = texts.like(r.literal(inner.expression), escape, fold)
        return Truth(texts.where(r.text(inner.this), test))

    return read


def _escape(r: Reader, node: exp.Expression) -> Typed:
    inner = node.this
    if not isinstance(inner, exp.Like | exp.ILike):
        raise outside(node)
    test = texts.like(
        r.literal(inner.expression), r.literal(node.expression), isinstance(inner, exp.ILike)
    )
    return Truth(texts.where(r.text(inner.this), test))


def _starts(test: Callable[[str, str], bool]) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        start = r.literal(node.expression)
        return Truth(texts.where(r.text(node.this), lambda v: test(v, start)))

    return read


def _substring(r: Reader, node: exp.Expression) -> Typed:
    length = node.args.get("length")
    cut = texts.part_of(
        r.whole(node.args["start"]), None if length is None else max(0, r.whole(length))
    )
    return texts.changed(r.text(node.this), cut)


def _end(right: bool) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        n = r.whole(node.expression)
        if n < 1:
            raise BadInput("left and right take at least one character", todo="left(x, 2)")
        return texts.changed(r.text(node.this), lambda v: v[-n:] if right else v[:n])

    return read


def _trim(r: Reader, node: exp.Expression) -> Typed:
    strip = {"LEADING": str.lstrip, "TRAILING": str.rstrip}.get(
        str(node.args.get("position") or ""), str.strip
    )
    return texts.changed(r.text(node.this), lambda v: strip(v, " "))


def _replace(r: Reader, node: exp.Expression) -> Typed:
    old = r.literal(node.expression)
    replacement = node.args.get("replacement")
    new = "" if replacement is None else r.literal(replacement)
    if not old:
        raise BadInput("replace looks for a text", todo="replace(x, 'a', 'b')")
    if new.strip():
        public_text(new.strip(), r.names_a_person)
    return texts.changed(r.text(node.this), lambda v: v.replace(old, new))


def _concat(r: Reader, node: exp.Expression) -> Typed:
    nodes = node.expressions or [node.this, node.expression]
    parts = [r.value(part) for part in nodes]
    columns = [p for p in parts if isinstance(p, Text)]
    if len(columns) != 1 or not all(isinstance(p, Text | Literal) for p in parts):
        raise BadInput(
            "one column and plain texts are put together", todo="GROUP BY both columns instead"
        )
    at = next(i for i, p in enumerate(parts) if isinstance(p, Text))
    before, after = (
        "".join(p.text for p in side if isinstance(p, Literal))
        for side in (parts[:at], parts[at + 1 :])
    )
    for added in (before, after):
        if added.strip():
            public_text(added.strip(), r.names_a_person)
    r.spend(len(columns[0].domain or ()) // 1000, node)
    return texts.changed(columns[0], lambda v: f"{before}{v}{after}")


def _clamp(r: Reader, args: list[exp.Expression]) -> Typed:
    if len(args) != 3:
        raise BadInput("clamp takes a number and two bounds", todo="clamp(x, 0, 100)")
    x, low, high = (r.number(a) for a in args)
    return arithmetic.clamped(x, low, high)


def _date_part(r: Reader, args: list[exp.Expression]) -> Typed:
    if len(args) != 2:
        raise BadInput("date_part takes a part and a date", todo="year(d)")
    return part_of_day(r.literal(args[0]).lower(), r.value(args[1]))


def _weekday(r: Reader, args: list[exp.Expression]) -> Typed:
    if len(args) != 1:
        raise BadInput("weekday takes a date", todo="dayofweek(d)")
    return part_of_day("dow", r.value(args[0]))


def _iff(r: Reader, args: list[exp.Expression]) -> Typed:
    if len(args) != 3:
        raise BadInput(
            "iff takes a condition and two results", todo="CASE WHEN … THEN … ELSE … END"
        )
    branch = (r.truth(args[0]).predicate, r.value(args[1]))
    return comparing.chosen([branch], r.value(args[2]), r.names_a_person)


def _bins(r: Reader, args: list[exp.Expression]) -> Typed:
    if len(args) < 2:
        raise BadInput("BINS takes a number and a width, or its edges", todo="BINS(age, 10)")
    return bins(r.number(args[0]), [r.number(a) for a in args[1:]])


FUNCTIONS: dict[str, Callable[[Reader, list[exp.Expression]], Typed]] = {
    "clamp": _clamp,
    "date_part": _date_part,
    "datepart": _date_part,
    "weekday": _weekday,
    "iff": _iff,
    "bins": _bins,
}
"""Functions that sqlglot has no name of its own for."""


def _function(r: Reader, node: exp.Expression) -> Typed:
    known = FUNCTIONS.get(str(node.this).lower())
    if known is None:
        raise outside(node)
    return known(r, node.expressions)


_TWO = {"this", "expression"}
RULES: dict[type[exp.Expression], Rule] = {
    exp.Like: (_TWO, _like(fold=False)),
    exp.ILike: (_TWO, _like(fold=True)),
    exp.Escape: (_TWO, _escape),
    exp.StartsWith: (_TWO, _starts(str.startswith)),
    exp.EndsWith: (_TWO, _starts(str.endswith)),
    exp.Contains: (_TWO, _starts(lambda v, part: part in v)),
    exp.Year: ({"this"}, _part("year")),
    exp.Quarter: ({"this"}, _part("quarter")),
    exp.Month: ({"this"}, _part("month")),
    exp.Day: ({"this"}, _part("day")),
    exp.DayOfMonth: ({"this"}, _part("day")),
    exp.DayOfWeekIso: ({"this"}, _part("weekday")),
    exp.DayOfWeek: ({"this"}, lambda r, n: part_of_day("dow", r.value(n.this))),
    exp.Extract: (_TWO, _extract),
    exp.Lower: ({"this"}, _changed(str.lower)),
    exp.Upper: ({"this"}, _changed(str.upper)),
    exp.Reverse: ({"this"}, _changed(lambda v: v[::-1])),
    exp.Length: ({"this"}, lambda r, n: texts.measured(r.text(n.this), len)),
    exp.Substring: ({"this", "start", "length"}, _substring),
    exp.Left: (_TWO, _end(right=False)),
    exp.Right: (_TWO, _end(right=True)),
    exp.Trim: ({"this", "position"}, _trim),
    exp.Replace: ({"this", "expression", "replacement"}, _replace),
    exp.Concat: ({"expressions", "safe", "coalesce"}, _concat),
    exp.DPipe: ({*_TWO, "safe"}, _concat),
    exp.Anonymous: ({"this", "expressions"}, _function),
}
"""Functions: the parts each may have, and how it is read."""
