"""Arithmetic in fixed point: units are brought into line, so that engines compute with whole numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, gcd

from policies.errors import BadInput
from privacy.query.expressions import (
    Absolute,
    Arithmetic,
    Case,
    Clamped,
    Compare,
    Constant,
    Expression,
    OneOf,
    Operator,
    Predicate,
    Sign,
    interval,
)
from privacy.query.logic import EXCHANGED, FALSE, TRUE, all_of, negated
from privacy.query.typed import LONGEST_NUMBER, Number

DECIMALS = 4
"""Decimal places that `/` keeps; the rest is cut off toward zero."""
MOST_COMPARED = 16
"""Columns that least and greatest take at most: each is compared with each."""


def in_unit(x: Number, unit: Fraction) -> Expression:
    """Return the expression of x counted in `unit`, of which x's own unit is a multiple."""
    factor = x.unit / unit
    if factor == 1:
        return x.expression
    if isinstance(x.expression, Constant) and isinstance(x.expression.value, int):
        return Number(Constant(x.expression.value * int(factor)), unit).expression
    return Number(Arithmetic("*", x.expression, Constant(int(factor))), unit).expression


def common_unit(numbers: Sequence[Number]) -> Fraction:
    """Return the largest unit that every one is a multiple of."""
    unit = numbers[0].unit
    for x in numbers[1:]:
        unit = Fraction(
            gcd(unit.numerator * x.unit.denominator, x.unit.numerator * unit.denominator),
            unit.denominator * x.unit.denominator,
        )
    return unit


def operate(sign: str, left: Number, right: Number) -> Number:
    """Return left sign right, for + - * / // %.

    `/` keeps four decimals and cuts off the rest toward zero; `//` is the whole part of the quotient
    and `%` the remainder with the sign of the dividend. Each of these is NULL where the divisor is 0.
    """
    a, b = left.constant, right.constant
    if a is not None and b is not None:
        return _folded(sign, a, b)
    if b == 0 and sign in "//%":
        raise BadInput("this divides by zero", todo="divide by something else")
    if sign == "*":
        return Number(Arithmetic("*", left.expression, right.expression), left.unit * right.unit)
    if sign in ("+", "-", "%"):
        unit = common_unit((left, right))
        whole: Sign = "+" if sign == "+" else "-" if sign == "-" else "%"
        return Number(Arithmetic(whole, in_unit(left, unit), in_unit(right, unit)), unit)
    unit = Fraction(1, 10**DECIMALS) if sign == "/" else Fraction(1)
    ratio = left.unit / right.unit / unit  # quotient in units: left · ratio / right
    above = Number(left.expression, Fraction(ratio.numerator))
    below = Number(right.expression, Fraction(ratio.denominator))
    one = Fraction(1)
    return Number(Arithmetic("//", in_unit(above, one), in_unit(below, one)), unit)


def _folded(sign: str, a: Fraction, b: Fraction) -> Number:
    if sign in ("/", "//", "%") and b == 0:
        raise BadInput("this divides by zero", todo="divide by something else")
    match sign:
        case "+":
            return _exact(a + b)
        case "-":
            return _exact(a - b)
        case "*":
            return _exact(a * b)
        case "//":
            return _exact(Fraction(_cut(a / b)))
        case "%":
            return _exact(a - b * _cut(a / b))
    scale = 10**DECIMALS
    return _exact(Fraction(_cut(a / b * scale), scale))


def _cut(x: Fraction) -> int:
    return floor(x) if x >= 0 else ceil(x)


def _exact(value: Fraction) -> Number:
    from privacy.query.typed import constant

    return constant(value)


def minus(x: Number) -> Number:
    """Return −x."""
    if x.constant is not None:
        return _exact(-x.constant)
    return Number(Arithmetic("-", Constant(0), x.expression), x.unit)


def absolute(x: Number) -> Number:
    """Return |x|."""
    if x.constant is not None:
        return _exact(abs(x.constant))
    return Number(Absolute(x.expression), x.unit)


def clamped(x: Number, low: Number, high: Number) -> Number:
    """Return x moved into [low, high]; bounds that are no multiples of x's unit are narrowed to such.

    Raises
    ------
    BadInput
        The bounds are not numbers that the question names, or hold nothing.
    """
    a, b = low.constant, high.constant
    if a is None or b is None:
        raise BadInput(
            "clamp takes two plain numbers as bounds", todo="write for example clamp(x, 0, 100)"
        )
    least, most = ceil(a / x.unit), floor(b / x.unit)
    if least > most:
        raise BadInput(
            "these bounds hold no value", todo="write the lower one first: clamp(x, 0, 100)"
        )
    match x.expression:
        case Clamped(part, inner_low, inner_high) if least <= inner_high and most >= inner_low:
            return Number(Clamped(part, max(least, inner_low), min(most, inner_high)), x.unit)
    return Number(Clamped(x.expression, least, most), x.unit)


def extreme(numbers: Sequence[Number], largest: bool) -> Number:
    """Return the largest (or smallest) of numbers in a row; NULL where any of them is NULL."""
    plain = [c for x in numbers if (c := x.constant) is not None]
    others = [x for x in numbers if x.constant is None]
    bound = (max(plain) if largest else min(plain)) if plain else None
    if not others:
        return _exact(bound or Fraction(0))
    found = others[0] if len(others) == 1 else _extreme_of_columns(others, largest)
    return found if bound is None else _bounded(found, bound, largest)


def _bounded(x: Number, bound: Fraction, largest: bool) -> Number:
    """Return x, not below (or above) a plain number: a clamp, whose other end never bites."""
    unit = common_unit((x, _exact(bound)))
    inner, at = in_unit(x, unit), (bound / unit).numerator
    low, high = interval(inner)
    least, most = (at, max(high, at)) if largest else (min(low, at), at)
    match inner:
        case Clamped(part, a, b) if least <= b and most >= a:
            return Number(Clamped(part, max(least, a), min(most, b)), unit)
    return Number(Clamped(inner, least, most), unit)


def _extreme_of_columns(numbers: Sequence[Number], largest: bool) -> Number:
    """Return the first that no other passes; sorted, so that their order as written says nothing."""
    if len(numbers) > MOST_COMPARED:
        raise BadInput(f"more than {MOST_COMPARED} columns are compared", todo="compare fewer")
    unit = common_unit(numbers)
    parts = sorted({in_unit(x, unit) for x in numbers}, key=repr)
    operator: Operator = ">=" if largest else "<="
    branches = tuple(
        (all_of(Compare(x, operator, other) for other in parts if other is not x), x) for x in parts
    )
    return Number(Case(branches, None) if len(parts) > 1 else parts[0], unit)


def compared(left: Number, operator: Operator, right: Number) -> Predicate:
    """Return left operator right in one form: with a constant, `=` is OneOf, `<` is `<=` of one less.

    A constant that is no multiple of the unit keeps the comparison's meaning: x < 12.505 with
    a resolution of 0.01 is x <= 12.50.
    """
    a, b = left.constant, right.constant
    if a is not None and b is not None:
        holds = {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
        return TRUE if holds[operator] else FALSE
    if a is not None:
        return compared(right, EXCHANGED[operator], left)
    if b is None:
        unit = common_unit((left, right))
        return Compare(in_unit(left, unit), operator, in_unit(right, unit))
    at = b / left.unit
    x = left.expression
    match operator:
        case "=":
            return among(left, (b,))
        case "<>":
            return negated(among(left, (b,)))
        case "<" | "<=":
            most = ceil(at) - 1 if operator == "<" else floor(at)
            return Compare(x, "<=", _near(most))
    return Compare(x, ">=", _near(floor(at) + 1 if operator == ">" else ceil(at)))


def among(x: Number, values: Sequence[Fraction]) -> Predicate:
    """Return x IN (values); values that are no multiple of x's unit can never be met."""
    steps = {v / x.unit for v in values}
    whole = sorted(s.numerator for s in steps if s.denominator == 1)
    return OneOf(x.expression, tuple(v for v in whole if abs(v) < 10**LONGEST_NUMBER))


def _near(value: int) -> Constant:
    """Return a bound that engines can compare with: no expression passes 2^62."""
    edge = 2**62
    return Constant(max(-edge, min(edge, value)))
