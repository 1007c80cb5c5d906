"""Expressions over one row: numbers are whole, texts come from public lists, conditions are three-valued.

Every number is an integer in units of a resolution that the binder keeps track of (fixed point), so
that no engine computes in floating point. Every operation is total: a division by zero is NULL, and
`interval` bounds each result beforehand from the contract's bounds, so that no overflow can happen
and no error can depend on data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
Sign = Literal["+", "-", "*", "//", "%"]
Part = Literal["year", "quarter", "month", "day", "weekday"]
Value = str | int
LARGEST = 2**62
"""No intermediate number passes this: half of what 64 bits hold, so that no engine overflows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stored column of a source (0: the dataset asked about; 1: the joined table of persons).

    `kind` is `text` (from a public domain), `whole` (an integer in stored units, within `low` and
    `high`) or `day` (an ISO 8601 date, stored as text).
    """

    name: str
    kind: Literal["text", "whole", "day"]
    source: int = 0
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the question names; never concatenated into an engine's text."""

    value: Value


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """left sign right, of whole numbers; `//` and `%` truncate toward zero and are NULL where right is 0."""

    sign: Sign
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Absolute:
    """|part|."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Clamped:
    """part, moved into [low, high]; NULL stays NULL."""

    part: Expression
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class DatePart:
    """A whole-numbered part of a day; `weekday` is 1 (Monday) to 7 (ISO 8601)."""

    part: Part
    column: Column


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text column through a public table: what any function of a text with a listed domain is.

    Values that are not in the table become NULL.
    """

    column: Column
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Binned:
    """The number of the bin (0, 1, …) that a whole number falls into.

    Bin i is [edges[i], edges[i+1]); outside of all bins is NULL. `edges` rise.
    """

    part: Expression
    edges: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The result of the first condition that holds; else `otherwise` (None: NULL)."""

    branches: tuple[tuple[Predicate, Expression], ...]
    otherwise: Expression | None


@dataclass(frozen=True, slots=True)
class Coalesce:
    """part, or `otherwise` where it is NULL."""

    part: Expression
    otherwise: Constant


Expression = (
    Column
    | Constant
    | Arithmetic
    | Absolute
    | Clamped
    | DatePart
    | Mapped
    | Binned
    | Case
    | Coalesce
)


@dataclass(frozen=True, slots=True)
class Compare:
    """left operator right: of two whole numbers, two days, or (only = and <>) two texts."""

    left: Expression
    operator: Operator
    right: Expression


@dataclass(frozen=True, slots=True)
class OneOf:
    """part IN (values); an order of texts is expressed so too, over the public domain."""

    part: Expression
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """part IS NULL."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """NOT part."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds (AND)."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - `Any` is typing's
    """Some part holds (OR)."""

    parts: tuple[Predicate, ...]


Predicate = Compare | OneOf | IsNull | Not | All | Any_


def interval(e: Expression) -> tuple[int, int]:
    """Return the least and the largest value that a whole-numbered expression can have, NULL apart.

    Interval arithmetic over the contract's bounds: public, and never narrower than the truth.

    Raises
    ------
    ValueError
        The expression is not a whole number.
    OverflowError
        A result could pass `LARGEST`.
    """
    low, high = _interval(e)
    if low < -LARGEST or high > LARGEST:
        raise OverflowError("a number could pass 2^62")
    return low, high


def _interval(e: Expression) -> tuple[int, int]:
    match e:
        case Column(kind="whole", low=int(low), high=int(high)):
            return low, high
        case Constant(int(value)):
            return value, value
        case Arithmetic(sign, left, right):
            return _of_sign(sign, interval(left), interval(right))
        case Absolute(part):
            low, high = interval(part)
            return (0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
        case Clamped(part, low, high):
            inner = interval(part)
            return min(max(inner[0], low), high), min(max(inner[1], low), high)
        case DatePart(name, _):
            return {"year": (0, 9999), "quarter": (1, 4), "month": (1, 12), "day": (1, 31),
                    "weekday": (1, 7)}[name]  # fmt: skip
        case Binned(_, edges):
            interval(e.part)
            return 0, max(0, len(edges) - 2)
        case Case(branches, otherwise):
            found = [interval(x) for _, x in branches]
            found += [] if otherwise is None else [interval(otherwise)]
            return min(low for low, _ in found), max(high for _, high in found)
        case Coalesce(part, other):
            (a, b), (c, d) = interval(part), interval(other)
            return min(a, c), max(b, d)
    raise ValueError("not a whole number")


def _of_sign(sign: Sign, a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    if sign == "+":
        return a[0] + b[0], a[1] + b[1]
    if sign == "-":
        return a[0] - b[1], a[1] - b[0]
    if sign == "*":
        corners = [x * y for x in a for y in b]
        return min(corners), max(corners)
    if sign == "//":
        return _quotient(a, b)
    most = min(max(abs(a[0]), abs(a[1])), max(abs(b[0]), abs(b[1]), 1) - 1)  # a remainder
    return (-most if a[0] < 0 else 0), (most if a[1] > 0 else 0)


def _quotient(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Return the interval of a quotient cut off toward zero; a divisor is at least 1 in absolute value."""
    if b[1] < 0:
        low, high = _quotient(a, (-b[1], -b[0]))
        return -high, -low
    if b[0] < 0:
        most = max(abs(a[0]), abs(a[1]))
        return -most, most
    nearest, farthest = max(1, b[0]), max(1, b[1])
    low = -(-a[0] // nearest) if a[0] < 0 else a[0] // farthest
    high = -(-a[1] // farthest) if a[1] < 0 else a[1] // nearest
    return low, high
