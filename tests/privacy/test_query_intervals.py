"""Bounds of expressions hold for every value there is, and are met where they say so."""

from __future__ import annotations

import itertools
from math import trunc

import pytest

from privacy.query.expressions import Arithmetic, Column, Constant, Sign, interval

RANGES = [(a, b) for a in (-7, -3, -1, 0, 1, 2, 5) for b in (-2, 0, 1, 4, 9) if a <= b]


def _of(sign: str, x: int, y: int) -> int | None:
    if sign in ("//", "%") and y == 0:
        return None
    match sign:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "//":
            return trunc(x / y)
    return x - y * trunc(x / y)


@pytest.mark.parametrize("sign", ["+", "-", "*", "//", "%"])
def test_no_result_lies_outside_of_its_interval(sign: Sign) -> None:
    for (a, b), (c, d) in itertools.product(RANGES, RANGES):
        low, high = interval(
            Arithmetic(sign, Column("x", "whole", 0, a, b), Column("y", "whole", 0, c, d))
        )
        found = [_of(sign, x, y) for x in range(a, b + 1) for y in range(c, d + 1)]
        values = [v for v in found if v is not None]
        assert all(low <= v <= high for v in values), (sign, a, b, c, d)
        if values and sign in ("+", "-", "*"):
            assert (min(values), max(values)) == (low, high)


@pytest.mark.parametrize("divisor", [-10, -3, -1, 1, 2, 7, 100])
def test_a_division_by_a_plain_number_has_the_exact_interval(divisor: int) -> None:
    for a, b in RANGES:
        found = [trunc(x / divisor) for x in range(a, b + 1)]
        e = Arithmetic("//", Column("x", "whole", 0, a, b), Constant(divisor))
        assert interval(e) == (min(found), max(found))


def test_a_number_that_could_pass_two_to_the_62nd_is_not_an_expression() -> None:
    wide = Column("x", "whole", 0, 0, 2**40)
    with pytest.raises(OverflowError):
        interval(Arithmetic("*", wide, Constant(2**23)))
    assert interval(Arithmetic("*", wide, Constant(2**22))) == (0, 2**62)
