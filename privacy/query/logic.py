"""Conditions in one normal form: constants absorbed, NOT driven inwards, AND and OR flat.

All of it holds in SQL's three-valued logic (Kleene's): NULL compared is unknown, and stays so.
"""

from __future__ import annotations

from collections.abc import Iterable

from privacy.query.expressions import (
    All,
    Any_,
    Case,
    Compare,
    Constant,
    Expression,
    IsNull,
    Not,
    OneOf,
    Operator,
    Predicate,
    Value,
)

TRUE = OneOf(Constant(0), (0,))
FALSE = OneOf(Constant(0), (1,))
EXCHANGED: dict[Operator, Operator] = {
    "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip
"""An operator as it reads with its sides exchanged."""
NEGATED: dict[Operator, Operator] = {
    "=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
}  # fmt: skip


def all_of(parts: Iterable[Predicate]) -> Predicate:
    """Return the AND of conditions; of none, TRUE."""
    flat = _flat(parts, All, neutral=TRUE, absorbing=FALSE)
    return flat[0] if len(flat) == 1 else All(flat) if flat else TRUE


def any_of(parts: Iterable[Predicate]) -> Predicate:
    """Return the OR of conditions; of none, FALSE."""
    flat = _flat(parts, Any_, neutral=FALSE, absorbing=TRUE)
    return flat[0] if len(flat) == 1 else Any_(flat) if flat else FALSE


def _flat(
    parts: Iterable[Predicate], kind: type[All | Any_], neutral: Predicate, absorbing: Predicate
) -> tuple[Predicate, ...]:
    found: dict[Predicate, None] = {}
    for part in parts:
        inner = part.parts if isinstance(part, kind) else (part,)
        found.update(dict.fromkeys(p for p in inner if p != neutral))
    if absorbing in found:
        return (absorbing,)
    return tuple(dict.fromkeys(_merged(tuple(found), union=kind is Any_)))


def _merged(parts: tuple[Predicate, ...], union: bool) -> list[Predicate]:
    """Return lists of values of one expression as one list: x = 3 OR x = 4 is x IN (3, 4)."""
    lists: dict[tuple[Expression, bool], list[Value]] = {}
    for p in parts:
        listed = _listed(p)
        if listed is not None:
            part, values, plain = listed
            before = lists.get((part, plain))
            if before is None:
                lists[part, plain] = list(dict.fromkeys(values))
            elif plain == union:
                before += [v for v in values if v not in before]
            else:
                lists[part, plain] = [v for v in before if v in values]
    merged: list[Predicate] = []
    for p in parts:
        listed = _listed(p)
        if listed is None:
            merged.append(p)
            continue
        part, _, plain = listed
        values = tuple(sorted(lists[part, plain], key=lambda v: (isinstance(v, str), v)))
        merged.append(OneOf(part, values) if plain else Not(OneOf(part, values)))
    return merged


def _listed(p: Predicate) -> tuple[Expression, tuple[Value, ...], bool] | None:
    match p:
        case OneOf(Constant(), _):
            return None
        case OneOf(part, values):
            return part, values, True
        case Not(OneOf(part, values)):
            return part, values, False
    return None


def negated(p: Predicate) -> Predicate:
    """Return NOT p, driven inwards."""
    match p:
        case Not(part):
            return part
        case All(parts):
            return any_of(map(negated, parts))
        case Any_(parts):
            return all_of(map(negated, parts))
        case Compare(left, operator, right):
            return whole(left, NEGATED[operator], right)
    if p in (TRUE, FALSE):
        return FALSE if p == TRUE else TRUE
    return Not(p)


def whole(left: Expression, operator: Operator, right: Expression) -> Predicate:
    """Return a comparison; of a whole number with a constant, `<` and `>` become `<=` and `>=`."""
    match operator, right:
        case "<", Constant(int(value)):
            return Compare(left, "<=", Constant(value - 1))
        case ">", Constant(int(value)):
            return Compare(left, ">=", Constant(value + 1))
    return Compare(left, operator, right)


def case(
    branches: Iterable[tuple[Predicate, Expression | None]], otherwise: Expression | None
) -> Expression | None:
    """Return CASE; None stands for NULL. Branches that give NULL become guards of those after them."""
    kept: list[tuple[Predicate, Expression]] = []
    guards: list[Predicate] = []
    for condition, result in branches:
        if condition == TRUE:
            otherwise = result
            break
        if condition == FALSE:
            continue
        if result is None:
            guards.append(negated(is_true(condition)))
        else:
            kept.append((all_of((condition, *guards)), result))
    if guards and otherwise is not None:
        kept.append((all_of(guards), otherwise))
        otherwise = None
    if not kept:
        return otherwise
    return Case(tuple(kept), otherwise)


def is_true(p: Predicate) -> Predicate:
    """Return whether p holds, never unknown."""
    if isinstance(p, IsNull) or p in (TRUE, FALSE):
        return p
    return OneOf(Case(((p, Constant(1)),), Constant(0)), (1,))


def as_number(p: Predicate) -> Expression:
    """Return 1 where p holds, 0 where it does not, NULL where it is unknown."""
    return Case(((p, Constant(1)), (negated(p), Constant(0))), None)
