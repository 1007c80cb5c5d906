"""WHERE: a condition of SQL becomes a typed predicate over the contract's fields."""

from __future__ import annotations

import operator
from collections.abc import Callable

from sqlglot import exp

from privacy.contract import Contract
from privacy.query.expressions import (
    All,
    Any_,
    Column,
    Compare,
    Constant,
    IsNull,
    Not,
    OneOf,
    Operator,
    Predicate,
    Value,
)
from privacy.query.refusals import refuse

_COMPARISONS: dict[type[exp.Expression], tuple[Operator, Operator]] = {
    exp.EQ: ("=", "="),
    exp.NEQ: ("<>", "<>"),
    exp.LT: ("<", ">"),
    exp.LTE: ("<=", ">="),
    exp.GT: (">", "<"),
    exp.GTE: (">=", "<="),
}
"""Operator as written, and as it reads with its sides exchanged."""


_LONGEST_NUMBER = 18


def predicate(node: exp.Expression, contract: Contract) -> Predicate:
    """Translate a condition.

    Raises
    ------
    BadInput
        The condition uses something outside the subset, a column that may not be asked about,
        or a value outside the column's public domain (which is not repeated in the message).
    """
    if isinstance(node, exp.Paren):
        return predicate(node.this, contract)
    if isinstance(node, exp.Not):
        return Not(predicate(node.this, contract))
    if isinstance(node, exp.And):
        return All(_flat(node, exp.And, contract))
    if isinstance(node, exp.Or):
        return Any_(_flat(node, exp.Or, contract))
    if isinstance(node, exp.In) and node.args.get("query") is None and node.expressions:
        field = column_name(node.this, contract)
        return OneOf(
            column_of(field, contract),
            tuple(_literal(e, field, contract) for e in node.expressions),
        )
    if isinstance(node, exp.Between) and not node.args.get("symmetric"):
        field = column_name(node.this, contract)
        low, high = (_literal(node.args[end], field, contract) for end in ("low", "high"))
        return All((_compared(field, ">=", low, contract), _compared(field, "<=", high, contract)))
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return IsNull(column_of(column_name(node.this, contract), contract))
    if type(node) in _COMPARISONS:
        written, exchanged = _COMPARISONS[type(node)]
        if isinstance(node.this, exp.Column):
            field = column_name(node.this, contract)
            return _compared(field, written, _literal(node.expression, field, contract), contract)
        field = column_name(node.expression, contract)
        return _compared(field, exchanged, _literal(node.this, field, contract), contract)
    raise refuse(
        node,
        "this condition is not understood",
        "compare columns with values: =, <>, <, <=, >, >=, IN (…), BETWEEN, IS NULL, AND, OR, NOT",
    )


_ORDER: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(field: str, sign: Operator, value: Value, contract: Contract) -> Predicate:
    """Return field sign value; of texts, as the public values that satisfy it (engines collate differently)."""
    column = column_of(field, contract)
    if isinstance(value, int):
        return Compare(column, sign, Constant(value))
    domain = contract.domain_of(field) or ()
    return OneOf(column, tuple(v for v in domain if _ORDER[sign](v, value)))


def column_of(field: str, contract: Contract) -> Column:
    """Return the typed column of a field that may be asked about."""
    found = contract.field(field)
    if found is not None and found.action == "keep" and found.type in ("integer", "decimal"):
        low, high = found.bounds or (0, 0)
        return Column(field, "whole", low=low, high=high)
    return Column(
        field,
        "day" if found is not None and found.type == "date" and found.action == "keep" else "text",
    )


def _flat(
    node: exp.Expression, kind: type[exp.Expression], contract: Contract
) -> tuple[Predicate, ...]:
    parts: list[Predicate] = []
    for side in (node.this, node.expression):
        bare = side.unnest()
        parts += (
            _flat(bare, kind, contract) if isinstance(bare, kind) else (predicate(bare, contract),)
        )
    return tuple(parts)


def column_name(node: exp.Expression, contract: Contract) -> str:
    """Return the name of a column that may be asked about.

    Raises
    ------
    BadInput
        Not a column, not of this dataset, or one that identifies people.
    """
    if not isinstance(node, exp.Column) or more_than_name(node):
        raise refuse(node, "a column's name was expected here, and nothing more")
    name = node.name.lower()
    allowed = contract.queryable()
    if name in allowed:
        return name
    known = contract.field(name) is not None
    raise refuse(
        node,
        "this column cannot be asked about" if known else "there is no such column",
        f"columns of {contract.dataset}: {', '.join(allowed)}",
    )


def more_than_name(node: exp.Expression) -> bool:
    """Tell whether a table or column carries a clause (a sample, a pivot, a qualifier, …) or alias."""
    return any(value for key, value in node.args.items() if key != "this")


def _literal(node: exp.Expression, field: str, contract: Contract) -> Value:
    negative = isinstance(node, exp.Neg)
    bare = node.this if negative else node
    if not isinstance(bare, exp.Literal):
        raise refuse(node, "a plain value was expected here")
    found = contract.field(field)
    if found is not None and found.type == "integer" and found.action == "keep":
        digits = str(bare.this)
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER):
            raise refuse(node, f"{field} holds whole numbers of at most {_LONGEST_NUMBER} digits")
        value = int(digits)
        return -value if negative else value
    text = str(bare.this)
    domain = contract.domain_of(field)
    if domain is None or text not in domain or negative:
        shown = ", ".join((domain or ())[:8])
        raise refuse(node, f"this is not a value of {field}", f"values of {field}: {shown} …")
    return text
