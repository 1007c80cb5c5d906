"""Groups: from public domains, from a list that the question gives, from bins or tiers, or unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.contract.fields import TIERS
from privacy.query.binning import shown
from privacy.query.expressions import (
    All,
    Arithmetic,
    Binned,
    Case,
    Coalesce,
    Column,
    Compare,
    Constant,
    DatePart,
    Expression,
    OneOf,
    Predicate,
    Value,
    interval,
)
from privacy.query.logic import negated
from privacy.query.plan import Key
from privacy.query.typed import Bins, Day, Number, Text, Truth, Typed

MOST_NUMBERS = 1_000
"""The longest run of whole numbers (or days) that makes groups without being listed."""


def key(x: Typed, label: str, where: Sequence[Predicate]) -> Key:
    """Return what to group by.

    The groups of a text are its public values; of a number all values that its bounds allow, if
    there are not more than 1,000; where neither is known they are those that a condition of the question lists.

    Raises
    ------
    BadInput
        The groups are not known beforehand.
    """
    match x:
        case Bins(_, expression, labels):
            return Key(label, expression, labels, tuple(range(len(labels))), "bins")
        case Text(Constant()) | Number(Constant()) | Day(Constant()):
            raise BadInput("a plain value makes no groups", todo="leave it out")
        case Text(expression, domain) if domain is not None:
            return Key(label, expression, domain, domain, "contract")
        case Text(expression):
            return _listed(label, expression, tuple(sorted(map(str, _values(expression, where)))))
        case Day(expression):
            return _listed(label, expression, tuple(sorted(map(str, _days(expression, where)))))
        case Number(expression, unit):
            found = _numbers(expression, where)
            codes = possible(expression)
            if found is None and codes is None:
                raise _unknown("BINS(x, 10)")
            kept = sorted(found if found is not None else codes or ())
            names = tuple(shown(c, unit) for c in kept)
            return Key(
                label, expression, names, tuple(kept), "contract" if found is None else "list"
            )
        case Truth(p):
            branches = ((p, Constant("true")), (negated(p), Constant("false")))
            values = ("true", "false")
            return Key(label, Case(branches, None), values, values, "contract")
    raise BadInput("persons are counted, not listed", todo="count(DISTINCT person)")


def discovered(x: Typed, label: str) -> Key:
    """Return groups that nobody lists beforehand: those with enough persons show, by a threshold.

    Raises
    ------
    BadInput
        The values are public already.
    """
    match x:
        case Text(expression, None) if not isinstance(expression, Constant):
            return Key(label, expression, (), (), "unknown")
        case Day(expression) if not isinstance(expression, Constant):
            return Key(label, expression, (), (), "unknown")
        case Number(expression, unit) if possible(expression) is None and unit.denominator == 1:
            if unit == 1:
                return Key(label, expression, (), (), "unknown")
    raise BadInput(
        "DISCOVER finds groups whose values are not public", todo="GROUP BY the column itself"
    )


def tiers(x: Typed, label: str, contracts: Sequence[Contract]) -> Key:
    """Return a place by all its tiers, coarsest first.

    Raises
    ------
    BadInput
        It is no column of places by GB/T 10114 code, or only of districts.
    """
    if isinstance(x, Text) and isinstance(x.expression, Column) and x.domain is not None:
        contract = contracts[x.expression.source]
        found = contract.field(x.expression.name)
        finest = None if found is None else contract.tier_of(found)
        if finest is not None:
            names = list(TIERS)
            upto = tuple(names[: names.index(finest) + 1])
            if len(upto) > 1:
                return Key(label, x.expression, x.domain, x.domain, "tiers", upto)
    raise BadInput(
        "TIERS takes a column of street or community codes", todo="GROUP BY TIERS(community)"
    )


def _listed(label: str, expression: Expression, values: tuple[Value, ...]) -> Key:
    if not values:
        raise _unknown("DISCOVER(column)")
    return Key(label, expression, values, values, "list")


def _unknown(instead: str) -> BadInput:
    return BadInput(
        "the groups of this are not known beforehand",
        todo=f"list them: WHERE column IN (…), or write {instead}",
    )


def conjuncts(where: Iterable[Predicate]) -> list[Predicate]:
    """Return the conditions that must all hold."""
    flat: list[Predicate] = []
    for p in where:
        flat += conjuncts(p.parts) if isinstance(p, All) else [p]
    return flat


def _values(e: Expression, where: Sequence[Predicate]) -> set[Value]:
    lists = [set(p.values) for p in conjuncts(where) if isinstance(p, OneOf) and p.part == e]
    return set.intersection(*lists) if lists else set()


def _days(e: Expression, where: Sequence[Predicate]) -> set[Value]:
    found = _values(e, where)
    if found:
        return found
    low, high = _range(e, where)
    if not isinstance(low, str) or not isinstance(high, str):
        return set()
    first, last = date.fromisoformat(low), date.fromisoformat(high)
    if not 0 <= (last - first).days < MOST_NUMBERS:
        return set()
    return {(first + timedelta(days=i)).isoformat() for i in range((last - first).days + 1)}


def _numbers(e: Expression, where: Sequence[Predicate]) -> set[int] | None:
    lists = [p for p in conjuncts(where) if isinstance(p, OneOf) and p.part == e]
    if lists:
        return {v for v in _values(e, where) if isinstance(v, int)}
    low, high = _range(e, where)
    least, most = interval(e)
    if low is None and high is None:
        return None
    first = max(least, low) if isinstance(low, int) else least
    last = min(most, high) if isinstance(high, int) else most
    return set(range(first, last + 1)) if 0 <= last - first < MOST_NUMBERS else None


def _range(e: Expression, where: Sequence[Predicate]) -> tuple[Value | None, Value | None]:
    low: Value | None = None
    high: Value | None = None
    for p in conjuncts(where):
        match p:
            case Compare(left, ">=", Constant(value)) if left == e:
                low = value if low is None else max(low, value)
            case Compare(left, "<=", Constant(value)) if left == e:
                high = value if high is None else min(high, value)
    return low, high


def possible(e: Expression) -> set[int] | None:
    """Return all values that a number can have apart from NULL, or None where there are too many."""
    match e:
        case Constant(int(value)):
            return {value}
        case Case(branches, otherwise):
            results = [x for _, x in branches] + ([] if otherwise is None else [otherwise])
            return _union(results)
        case Coalesce(part, other):
            return _union([part, other])
        case Arithmetic(sign, left, Constant(int(value))) if sign == "*":
            found = possible(left)
            return None if found is None else {v * value for v in found}
        case DatePart("year", _):
            return None
        case Binned(_, edges):
            return set(range(len(edges) - 1))
    low, high = interval(e)
    return set(range(low, high + 1)) if high - low < MOST_NUMBERS else None


def _union(parts: Sequence[Expression]) -> set[int] | None:
    found: set[int] = set()
    for part in parts:
        values = possible(part)
        if values is None:
            return None
        found |= values
    return found
