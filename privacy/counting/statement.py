"""A plan as a sqlglot tree: built from the typed plan alone, values bound as parameters."""

from __future__ import annotations

from sqlglot import exp

from privacy.query import All, Any_, Compare, IsNull, Not, OneOf, Plan, Predicate

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


def statement(plan: Plan) -> tuple[exp.Select, dict[str, str | int]]:
    """Return the tree that counts the plan's rows by group, and its parameters.

    The count is cast to a 64-bit integer: DuckDB's sums are HUGEINT, which some readers turn
    into floating point.
    """
    parameters: dict[str, str | int] = {}
    columns: list[exp.Expression] = [exp.column(k.field, quoted=True) for k in plan.keys]
    total = exp.cast(exp.Count(this=exp.Star()), exp.DataType.Type.BIGINT)
    tree = exp.select(*columns, exp.alias_(total, "cell_count")).from_(exp.to_table(SOURCE))
    if plan.where is not None:
        tree = tree.where(_condition(plan.where, parameters))
    if columns:
        tree = tree.group_by(*[c.copy() for c in columns])
    return tree, parameters


def _condition(p: Predicate, parameters: dict[str, str | int]) -> exp.Expression:
    def bound(value: str | int) -> exp.Expression:
        name = f"v{len(parameters)}"
        parameters[name] = value
        return exp.Placeholder(this=name)

    match p:
        case Compare(field, operator, value):
            return _OPERATORS[operator](
                this=exp.column(field, quoted=True), expression=bound(value)
            )
        case OneOf(field, values):
            return exp.In(
                this=exp.column(field, quoted=True), expressions=[bound(v) for v in values]
            )
        case IsNull(field):
            return exp.Is(this=exp.column(field, quoted=True), expression=exp.Null())
        case Not(part):
            return exp.not_(exp.paren(_condition(part, parameters)))
        case All(parts):
            return exp.and_(*[exp.paren(_condition(q, parameters)) for q in parts])
        case Any_(parts):
            return exp.or_(*[exp.paren(_condition(q, parameters)) for q in parts])
