"""Refusing a query: with its position and what to write instead, never with its literals.

`OUTSIDE` is the table of what is not part of the subset, by the kind of node that sqlglot reads.
"""

from __future__ import annotations

from sqlglot import exp

from policies.errors import BadInput
from privacy.query.spelling import nearest

EXAMPLE = "SELECT community, status, count(*) FROM residents GROUP BY 1, 2"
_LAYERS = (
    "a layer below may only choose columns and rows: SELECT age, district FROM residents WHERE …"
)

OUTSIDE: dict[type[exp.Expression], tuple[str, str]] = {
    exp.Window: ("window functions are not part of the subset", "GROUP BY instead, or top(field, n)"),
    exp.Subquery: ("a subquery can stand only in FROM", "name it in WITH or FROM, choosing columns and rows"),
    exp.Select: ("a subquery can stand only in FROM", "name it in WITH or FROM, choosing columns and rows"),
    exp.Exists: ("EXISTS asks another query about each row", "JOIN residents USING (person), or a condition"),
    exp.Any: ("ANY asks about a list or another query", "x IN (1, 2)"),
    exp.All: ("ALL asks about a list or another query", "x >= 1 AND x >= 2"),
    exp.Star: ("* stands for columns only in a layer below", "name the columns, or count(*)"),
    exp.Columns: ("COLUMNS chooses by pattern", "name the columns"),
    exp.Distinct: ("DISTINCT counts persons only", "count(DISTINCT person), or GROUP BY"),
    exp.Rollup: ("ROLLUP is not part of the subset", "GROUP BY TIERS(community), or several queries"),
    exp.Cube: ("CUBE is not part of the subset", "GROUP BY TIERS(community), or several queries"),
    exp.GroupingSets: ("GROUPING SETS are not part of the subset", "GROUP BY TIERS(community), or several queries"),
    exp.RegexpLike: ("regular expressions are not part of the subset", "LIKE 'north%', or starts_with(x, 'north')"),
    exp.RegexpILike: ("regular expressions are not part of the subset", "ILIKE 'north%'"),
    exp.RegexpReplace: ("regular expressions are not part of the subset", "replace(x, 'a', 'b')"),
    exp.RegexpExtract: ("regular expressions are not part of the subset", "substr(x, 1, 2)"),
    exp.SimilarTo: ("SIMILAR TO is a regular expression", "LIKE 'north%'"),
    exp.Glob: ("GLOB is not part of the subset", "LIKE 'north%'"),
    exp.Round: ("numbers are whole or in fixed decimals, and are not rounded", "x // 10 * 10, or BINS(x, 10)"),
    exp.Floor: ("numbers are whole or in fixed decimals, and are not rounded", "x // 1, or BINS(x, 10)"),
    exp.Ceil: ("numbers are whole or in fixed decimals, and are not rounded", "x // 1, or BINS(x, 10)"),
    exp.Pow: ("powers are not part of the subset", "x * x"),
    exp.Sqrt: ("roots give no whole numbers", "stddev(x) for a spread"),
    exp.Ln: ("logarithms give no whole numbers", "BINS(x, 1, 10, 100, 1000)"),
    exp.Log: ("logarithms give no whole numbers", "BINS(x, 1, 10, 100, 1000)"),
    exp.Exp: ("powers are not part of the subset", "x * x"),
    exp.Rand: ("chance comes from the noise alone", "leave it out"),
    exp.CurrentDate: ("a question means the same on every day", "DATE '2024-01-31'"),
    exp.CurrentTimestamp: ("a question means the same on every day", "DATE '2024-01-31'"),
    exp.TimestampTrunc: ("DATE_TRUNC makes a timestamp", "year(d), or year(d) * 100 + month(d)"),
    exp.DateTrunc: ("DATE_TRUNC makes a timestamp", "year(d), or year(d) * 100 + month(d)"),
    exp.Interval: ("dates are compared and taken apart, not reckoned with", "d >= DATE '2024-01-31'"),
    exp.DateDiff: ("dates are compared and taken apart, not reckoned with", "2024 - year(d)"),
    exp.WidthBucket: ("WIDTH_BUCKET is written as bins", "BINS(x, 10), or BINS(x, 0, 10, 20)"),
    exp.Mode: ("the commonest value is the top one", "top(field, 1)"),
    exp.ApproxQuantile: ("quantiles are private already", "quantile(x, 0.5)"),
    exp.ApproxDistinct: ("distinct values are not counted", "count(DISTINCT person)"),
    exp.CountIf: ("count_if is written with FILTER", "count(*) FILTER (WHERE x > 1)"),
    exp.GroupConcat: ("lists of people's values never leave", "top(field, 10) of a field with public values"),
    exp.ArrayAgg: ("lists of people's values never leave", "top(field, 10) of a field with public values"),
    exp.First: ("one person's value never leaves", "median(x), or top(field, 1)"),
    exp.Last: ("one person's value never leaves", "median(x), or top(field, 1)"),
    exp.AnyValue: ("one person's value never leaves", "median(x), or top(field, 1)"),
    exp.ArgMax: ("one person's value never leaves", "max(x), which is a labelled quantile"),
    exp.ArgMin: ("one person's value never leaves", "min(x), which is a labelled quantile"),
    exp.Corr: ("correlations are not part of the subset", "avg(x * y), avg(x), avg(y)"),
    exp.CovarPop: ("covariances are not part of the subset", "avg(x * y), avg(x), avg(y)"),
    exp.CovarSamp: ("covariances are not part of the subset", "avg(x * y), avg(x), avg(y)"),
    exp.Placeholder: ("a query has no parameters", "write the value"),
    exp.Parameter: ("a query has no parameters", "write the value"),
    exp.Lateral: ("LATERAL is not part of the subset", "JOIN residents USING (person)"),
    exp.Unnest: ("only datasets are asked about", "FROM residents"),
    exp.Values: ("only datasets are asked about", "FROM residents"),
    exp.Union: ("one query at a time", "ask each part by itself, or GROUP BY CASE …"),
    exp.Except: ("one query at a time", "WHERE NOT …"),
    exp.Intersect: ("one query at a time", "WHERE … AND …"),
    exp.BitwiseAnd: ("bits are not part of the subset", "x // 2 % 2"),
    exp.BitwiseOr: ("bits are not part of the subset", "x + y"),
    exp.BitwiseXor: ("bits are not part of the subset", "x + y"),
    exp.Array: ("lists are not part of the subset", "x IN (1, 2)"),
    exp.Struct: ("structures are not part of the subset", "name the columns"),
    exp.Tuple: ("lists are not part of the subset", "a = 1 AND b = 2"),
    exp.Lambda: ("functions of one's own are not part of the subset", "CASE WHEN … THEN … END"),
    exp.Bracket: ("lists are not part of the subset", "substr(x, 1, 2)"),
    exp.Dot: ("structures are not part of the subset", "name the columns"),
    exp.CTE: ("a layer below may not count", _LAYERS),
    exp.Anonymous: ("this function is not part of the subset", "`commonground query --help` names those that are"),
}  # fmt: skip
"""What is outside, and what to write instead."""

_FUNCTIONS = (
    "count", "sum", "avg", "variance", "var_pop", "stddev", "stddev_pop", "median", "quantile", "quantile_cont",
    "percentile_cont", "min", "max", "top", "bins", "tiers", "discover", "clamp", "abs", "least", "greatest",
    "coalesce", "nullif", "lower", "upper", "substr", "left", "right", "length", "trim", "replace", "reverse",
    "concat", "starts_with", "ends_with", "contains", "year", "quarter", "month", "day", "isodow", "dayofweek",
)  # fmt: skip
"""Names that a misspelt one may have been meant to be."""

CLAUSES: dict[str, tuple[str, str]] = {
    "distinct": ("DISTINCT is not part of the subset", "GROUP BY, or count(DISTINCT person)"),
    "hint": ("hints are not part of the subset", "leave it out"),
    "kind": ("SELECT AS is not part of the subset", "leave it out"),
    "into": ("INTO is not part of the subset", "the answer is returned, and kept as a release"),
    "offset": ("OFFSET is not part of the subset", "ORDER BY … LIMIT …"),
    "qualify": ("QUALIFY is not part of the subset", "HAVING"),
    "windows": ("window functions are not part of the subset", "GROUP BY"),
    "sample": ("a sample is not taken", "leave it out: the noise protects, and a sample adds error"),
    "laterals": ("LATERAL is not part of the subset", "JOIN residents USING (person)"),
    "locks": ("locks are not part of the subset", "leave it out"),
    "pivots": ("PIVOT is not part of the subset", "GROUP BY both columns"),
    "cluster": ("CLUSTER BY is not part of the subset", "GROUP BY"),
    "sort": ("SORT BY is not part of the subset", "ORDER BY"),
    "distribute": ("DISTRIBUTE BY is not part of the subset", "GROUP BY"),
}  # fmt: skip
"""Clauses of SELECT that are outside, and what to write instead."""


def refuse(node: exp.Expression | None, what: str, instead: str = "") -> BadInput:
    """Return the error for a part of a query; its place is that of its first token."""
    return BadInput(what, where=place(node), todo=instead or f"write for example: {EXAMPLE}")


def outside(node: exp.Expression) -> BadInput:
    """Return the error for a kind of node that the subset does not have."""
    for kind in type(node).__mro__:
        if kind in OUTSIDE:
            what, instead = OUTSIDE[kind]
            if kind is exp.Anonymous:
                close = nearest(str(node.this), _FUNCTIONS)
                instead = f"did you mean {close}()? {instead}" if close else instead
            return refuse(node, what, instead)
    return refuse(node, "this is not part of the subset", OUTSIDE[exp.Anonymous][1])


def place(node: exp.Expression | None) -> str:
    """Return where a node stands in what was typed."""
    if node is None:
        return "query"
    found = [
        (part.meta["line"], max(1, part.meta["col"] - (part.meta["end"] - part.meta["start"])))
        for part in node.walk()
        if {"line", "col", "start", "end"} <= part.meta.keys()  # col is that of the token's end
    ]
    if not found:
        parent = node.parent
        return "query" if parent is None else place(parent)
    line, column = min(found)
    return f"query line {line}, near column {column}"


def unwrapped(node: exp.Expression) -> exp.Expression:
    """Return a node without brackets around it and a name after it."""
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    return node
