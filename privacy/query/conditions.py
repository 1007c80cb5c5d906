"""WHERE: a condition of SQL becomes a typed predicate over the contract's fields."""

from __future__ import annotations

from sqlglot import exp

from privacy.contract import Contract
from privacy.query.plan import All, Any_, Compare, IsNull, Not, OneOf, Operator, Predicate, Value
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
        return OneOf(field, tuple(_literal(e, field, contract) for e in node.expressions))
    if isinstance(node, exp.Between) and not node.args.get("symmetric"):
        field = column_name(node.this, contract)
        low = Compare(field, ">=", _literal(node.args["low"], field, contract))
        return All((low, Compare(field, "<=", _literal(node.args["high"], field, contract))))
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return IsNull(column_name(node.this, contract))
    if type(node) in _COMPARISONS:
        written, exchanged = _COMPARISONS[type(node)]
        if isinstance(node.this, exp.Column):
            field = column_name(node.this, contract)
            return Compare(field, written, _literal(node.expression, field, contract))
        field = column_name(node.expression, contract)
        return Compare(field, exchanged, _literal(node.this, field, contract))
    raise refuse(
        node,
        "this condition is not understood",
        "compare columns with values: =, <>, <, <=, >, >=, IN (…), BETWEEN, IS NULL, AND, OR, NOT",
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
