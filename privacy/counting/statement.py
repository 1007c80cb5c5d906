"""A plan as a sqlglot tree: built from the typed plan alone, values bound as parameters."""

from __future__ import annotations

from sqlglot import exp

from privacy.query import All, Any_, Column, Compare, Constant, IsNull, Not, OneOf, Plan
from privacy.query.expressions import Expression, Predicate, Value

_OPERATORS: dict[str, type[exp.Expression]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
SOURCE = "snapshot"
"""Name under which the engine knows the rows of the snapshot."""


def statement(plan: Plan) -> tuple[exp.Select, dict[str, Value]]:
    """Return the tree that counts the plan's rows by group, and its parameters.

    The count is cast to a 64-bit integer: DuckDB's sums are HUGEINT, which some readers turn
    into floating point.
    """
    parameters: dict[str, Value] = {}
    columns = [_expression(k.expression, parameters) for k in plan.keys]
    total = exp.cast(exp.Count(this=exp.Star()), exp.DataType.Type.BIGINT)
    tree = exp.select(*columns, exp.alias_(total, "cell_count")).from_(exp.to_table(SOURCE))
    if plan.where is not None:
        tree = tree.where(_condition(plan.where, parameters))
    if columns:
        tree = tree.group_by(*[c.copy() for c in columns])
    return tree, parameters


def _bound(value: Value, parameters: dict[str, Value]) -> exp.Expression:
    name = f"v{len(parameters)}"
    parameters[name] = value
    return exp.Placeholder(this=name)


def _expression(e: Expression, parameters: dict[str, Value]) -> exp.Expression:
    match e:
        case Column(name):
            return exp.column(name, quoted=True)
        case Constant(value):
            return _bound(value, parameters)
    raise NotImplementedError(type(e).__name__)


def _condition(p: Predicate, parameters: dict[str, Value]) -> exp.Expression:
    match p:
        case Compare(left, operator, right):
            return _OPERATORS[operator](
                this=_expression(left, parameters), expression=_expression(right, parameters)
            )
        case OneOf(part, values):
            if not values:  # none of the public values: false, or unknown where the part is NULL
                inner = _expression(part, parameters)
                return exp.NEQ(this=inner, expression=inner.copy())
            return exp.In(
                this=_expression(part, parameters),
                expressions=[_bound(v, parameters) for v in values],
            )
        case IsNull(part):
            return exp.Is(this=_expression(part, parameters), expression=exp.Null())
        case Not(part):
            return exp.not_(exp.paren(_condition(part, parameters)))
        case All(parts):
            return exp.and_(*[exp.paren(_condition(q, parameters)) for q in parts])
        case Any_(parts):
            return exp.or_(*[exp.paren(_condition(q, parameters)) for q in parts])
