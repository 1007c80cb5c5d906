"""Expressions of a table that becomes the second of two: every column speaks of the second source."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from privacy.query.expressions import (
    Absolute,
    All,
    Any_,
    Arithmetic,
    Binned,
    Case,
    Clamped,
    Coalesce,
    Column,
    Compare,
    Constant,
    DatePart,
    Expression,
    IsNull,
    Mapped,
    Not,
    OneOf,
    Predicate,
)


def moved(e: Expression) -> Expression:
    """Return the expression over the second source."""
    match e:
        case Column():
            return replace(e, source=1)
        case Constant():
            return e
        case Arithmetic(sign, left, right):
            return Arithmetic(sign, moved(left), moved(right))
        case Absolute(part) | Clamped(part) | Binned(part):
            return replace(e, part=moved(part))
        case DatePart(_, column) | Mapped(column):
            return replace(e, column=cast(Column, moved(column)))
        case Case(branches, otherwise):
            return Case(
                tuple((moved_condition(p), moved(x)) for p, x in branches),
                None if otherwise is None else moved(otherwise),
            )
        case Coalesce(part, otherwise):
            return Coalesce(moved(part), otherwise)


def moved_condition(p: Predicate) -> Predicate:
    """Return the condition over the second source."""
    match p:
        case Compare(left, operator, right):
            return Compare(moved(left), operator, moved(right))
        case OneOf(part, values):
            return OneOf(moved(part), values)
        case IsNull(part):
            return IsNull(moved(part))
        case Not(part):
            return Not(moved_condition(part))
        case All(parts):
            return All(tuple(map(moved_condition, parts)))
        case Any_(parts):
            return Any_(tuple(map(moved_condition, parts)))
