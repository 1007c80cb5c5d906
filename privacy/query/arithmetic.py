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
from privacy.query.logic import EXCHANGED, FALSE, TRUE, negated
from privacy.query.typed import LONGEST_NUMBER, Number

DECIMALS = 4
"""Decimal places that `/` keeps; the rest is cut off toward zero."""


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
    found = numbers[0]
    for x in numbers[1:]:
        found = _extreme_of_two(found, x, largest)
    return found


def _extreme_of_two(left: Number, right: Number, largest: bool) -> Number:
    if left.constant is not None and right.constant is not None:
        pick = max if largest else min
        return _exact(pick(left.constant, right.constant))
    if left.constant is not None:
        left, right = right, left
    if right.constant is not None:
        low, high = (_exact(e * left.unit) for e in interval(left.expression))
        if largest:
            return clamped(
                left, right, high if (high.constant or 0) >= right.constant else _up(left, right)
            )
        return clamped(
            left, low if (low.constant or 0) <= right.constant else _down(left, right), right
        )
    unit = common_unit((left, right))
    a, b = in_unit(left, unit), in_unit(right, unit)
    if repr(b) < repr(a):
        a, b = b, a
    operator: Operator = ">=" if largest else "<="
    return Number(Case(((Compare(a, operator, b), a), (Compare(b, operator, a), b)), None), unit)


def _up(x: Number, bound: Number) -> Number:
    return _exact(ceil((bound.constant or Fraction(0)) / x.unit) * x.unit)


def _down(x: Number, bound: Number) -> Number:
    return _exact(floor((bound.constant or Fraction(0)) / x.unit) * x.unit)


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
