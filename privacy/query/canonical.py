"""One spelling for every question: expressions and conditions as nested lists."""

from __future__ import annotations

import json
from typing import Any

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

_EXCHANGED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def canonical_expression(e: Expression) -> list[Any]:
    """Return an expression as nested lists; sums and products have their sides sorted."""
    match e:
        case Column(name, _, source):
            return ["column", name] if source == 0 else ["column", name, source]
        case Constant(value):
            return ["value", value]
        case Arithmetic(sign, left, right):
            sides = [canonical_expression(left), canonical_expression(right)]
            return [sign, *(sorted(sides, key=_text) if sign in "+*" else sides)]
        case Absolute(part):
            return ["abs", canonical_expression(part)]
        case Clamped(part, low, high):
            return ["clamp", canonical_expression(part), low, high]
        case DatePart(part, column):
            return [part, canonical_expression(column)]
        case Mapped(column, table):
            return ["map", canonical_expression(column), sorted(map(list, table))]
        case Binned(part, edges):
            return ["bin", canonical_expression(part), list(edges)]
        case Case(branches, otherwise):
            written = [[canonical_predicate(p), canonical_expression(x)] for p, x in branches]
            return [
                "case",
                written,
                None if otherwise is None else canonical_expression(otherwise),
            ]
        case Coalesce(part, otherwise):
            return ["coalesce", canonical_expression(part), otherwise.value]


def canonical_predicate(p: Predicate) -> list[Any]:
    """Return a condition as nested lists; parts of AND, OR and IN are sorted and not repeated."""
    match p:
        case Compare(left, operator, right):
            sides = [canonical_expression(left), canonical_expression(right)]
            if _text(sides[0]) > _text(sides[1]):
                return [_EXCHANGED[operator], sides[1], sides[0]]
            return [operator, *sides]
        case OneOf(part, values):
            unique = sorted(set(values), key=lambda v: (type(v).__name__, v))
            return ["in", canonical_expression(part), unique]
        case IsNull(part):
            return ["null", canonical_expression(part)]
        case Not(part):
            return ["not", canonical_predicate(part)]
        case All(parts):
            return _joined("and", parts)
        case Any_(parts):
            return _joined("or", parts)


def _joined(word: str, parts: tuple[Predicate, ...]) -> list[Any]:
    """Return AND or OR of the parts: flat, sorted, without repetition; of one part, that part."""
    flat: list[list[Any]] = []
    for part in map(canonical_predicate, parts):
        flat += part[1:] if part[0] == word else [part]
    unique = {_text(c): c for c in flat}
    kept = [unique[key] for key in sorted(unique)]
    return kept[0] if len(kept) == 1 else [word, *kept]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
