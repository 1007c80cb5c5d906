"""Figures of a group, from typed values: what SQL's aggregates and the Python builder both make."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from policies.errors import BadInput
from privacy.query.binning import decimal, grid
from privacy.query.expressions import (
    Binned,
    Clamped,
    Constant,
    Expression,
    Predicate,
    interval,
)
from privacy.query.logic import TRUE
from privacy.query.plan import Aggregate, Kind
from privacy.query.texts import listed
from privacy.query.typed import Bins, Day, Number, Person, Text, Truth, Typed, wanted

LEAST, MOST = Fraction(1, 100), Fraction(99, 100)
"""Which quantiles min and max are: of true extremes a single person would decide."""


def count(x: Typed | None = None) -> Aggregate:
    """Return the count of rows, or of rows where x is not NULL; of persons, where x is the person."""
    match x:
        case None:
            return Aggregate("count", "count")
        case Person():
            return Aggregate("persons", "persons")
        case Number(expression) | Text(expression) | Day(expression) | Bins(_, expression):
            if isinstance(expression, Constant):
                return Aggregate("count", "count")
            return Aggregate("count", "count", expression)
        case Truth(predicate):
            from privacy.query.logic import as_number

            return Aggregate("count", "count", as_number(predicate))
    raise BadInput("a column or an expression is counted", todo="count(*), count(column)")


def persons() -> Aggregate:
    """Return the count of distinct persons."""
    return Aggregate("persons", "persons")


def total(x: Typed) -> Aggregate:
    """Return the sum."""
    return _of("sum", "sum", x)


def average(x: Typed) -> Aggregate:
    """Return the average."""
    return _of("average", "average", x)


def variance(x: Typed, sample: bool = True) -> Aggregate:
    """Return the variance: of a sample (÷ n − 1), or of the whole (÷ n)."""
    return dataclasses.replace(_of("variance", "variance", x), sample=sample)


def stddev(x: Typed, sample: bool = True) -> Aggregate:
    """Return the standard deviation."""
    return dataclasses.replace(_of("stddev", "stddev", x), sample=sample)


def quantile(x: Typed, level: Fraction, labelled_as: str = "") -> Aggregate:
    """Return a quantile, chosen among public candidates: the lower edges of bins.

    Of a number these are all its values between its bounds, or about 1,024 equal steps; `quantile(BINS(x, 100), …)`
    names them itself.

    Raises
    ------
    BadInput
        The level is not between 0 and 1.
    """
    if not 0 <= level <= 1:
        raise BadInput("the level of a quantile is between 0 and 1", todo="quantile(x, 0.9)")
    label = labelled_as or "quantile"
    if isinstance(x, Bins) and isinstance(x.expression, Binned):
        edges = x.expression.edges
        found = _of("quantile", label, x.number)
        low, high = max(edges[0], found.low), min(edges[-1], found.high)
        if low > high:
            raise BadInput("the column has no value in these bins", todo="BINS(age, 10)")
        found = dataclasses.replace(found, low=low, high=high)
    else:
        found = _of("quantile", label, x)
        edges = grid(found.low, found.high)
    return dataclasses.replace(found, level=level, labelled_as=labelled_as, grid=edges)


def least(x: Typed) -> Aggregate:
    """Return min as what it can be: a labelled low quantile."""
    return quantile(x, LEAST, labelled_as="min")


def most(x: Typed) -> Aggregate:
    """Return max as what it can be: a labelled high quantile."""
    return quantile(x, MOST, labelled_as="max")


def top(x: Typed, n: int) -> Aggregate:
    """Return the n commonest of the public values of a text, or of bins.

    Raises
    ------
    BadInput
        n is not between 1 and the number of values.
    """
    if isinstance(x, Bins):
        expression, domain = x.expression, tuple(x.labels)
    elif isinstance(x, Text):
        expression, domain = x.expression, listed(x)
    else:
        raise BadInput(
            "top takes a column with public values, or bins",
            todo="top(status, 3), top(BINS(age, 10), 3)",
        )
    if not 1 <= n <= len(domain):
        raise BadInput("top names between 1 and all of the public values", todo="top(status, 3)")
    return Aggregate("top", "top", expression, domain=domain, most=n)


def ratio(above: Aggregate, below: Aggregate) -> Aggregate:
    """Return the ratio of two counts or sums.

    Raises
    ------
    BadInput
        One of the two is another figure.
    """
    for part in (above, below):
        if part.kind not in ("count", "persons", "sum"):
            raise BadInput(
                "a ratio is of counts and sums", todo="sum(x) / count(*), or select both figures"
            )
    return Aggregate("ratio", "ratio", parts=(above, below))


def filtered(a: Aggregate, where: Predicate) -> Aggregate:
    """Return the figure of the rows that match only."""
    if a.where is not None:
        raise BadInput("a figure has one FILTER", todo="FILTER (WHERE a AND b)")
    return a if where == TRUE else dataclasses.replace(a, where=where)


def _of(kind: Kind, label: str, x: Typed) -> Aggregate:
    if isinstance(x, Person | Text | Day | Truth | Bins) or not isinstance(x, Number):
        word = {"average": "avg"}.get(label, label)
        raise BadInput(
            wanted(x, Number).what, todo=f"{word}(age), or CASE WHEN … THEN 1 ELSE 0 END"
        )
    if isinstance(x.expression, Constant):
        raise BadInput("a plain number is no figure", todo="count(*)")
    expression: Expression = x.expression
    low, high = interval(expression)
    match expression:
        case Clamped(part, least_, most_):  # clamped at the figure itself: one spelling for both
            inner = interval(part)
            low, high = max(low, least_), min(high, most_)
            if inner[0] >= least_ and inner[1] <= most_:
                low, high = inner
            expression = part
    return Aggregate(kind, label, expression, low=low, high=high, unit=decimal(x.unit))


__all__ = [
    "LEAST",
    "MOST",
    "average",
    "count",
    "filtered",
    "least",
    "most",
    "persons",
    "quantile",
    "ratio",
    "stddev",
    "top",
    "total",
    "variance",
]
