"""A statement's tree as the text of an engine; values stay beside it as typed parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

if TYPE_CHECKING:
    from privacy.counting.statement import Statement
    from privacy.query.expressions import Value

_ISO_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
Dialect = Literal["postgres", "spark"]


def rendered(statement: Statement, dialect: Dialect) -> tuple[str, list[tuple[str, Value]]]:
    """Return the statement's text in a dialect, and its parameters by name in the order of `$1, $2, …`.

    Each placeholder is cast to the type of its value: a driver may hand a small number over as 16 or
    32 bits, whose products would overflow, and a text as of no type.
    """
    parameters = list(statement.parameters.items())
    tree = statement.tree.copy()
    for kind, adapt in _ADAPTED[dialect]:
        for node in reversed(list(tree.find_all(kind))):  # the inner ones first
            node.replace(adapt(node))
    place = {name: i for i, (name, _) in enumerate(parameters, 1)}
    for node in list(tree.find_all(exp.Placeholder)):
        bound: exp.Expression = node.copy()
        if dialect == "postgres":  # numbered by the server: `%` is then an operator only
            bound = exp.Parameter(this=exp.Literal.number(place[node.this]))
        text = isinstance(statement.parameters[node.this], str)
        node.replace(exp.cast(bound, exp.DataType.Type.TEXT if text else exp.DataType.Type.BIGINT))
    return tree.sql(dialect=dialect), parameters


def _truncated(node: exp.Expression) -> exp.Expression:
    """`/` of integers truncates toward zero in PostgreSQL; sqlglot writes DIV, which is of decimals."""
    left, right = (exp.paren(side.copy()) for side in (node.this, node.expression))
    return exp.paren(exp.Div(this=left, expression=right, typed=True))


def _day_or_null(node: exp.Expression) -> exp.Expression:
    """PostgreSQL has no TRY_CAST, and knows days (`infinity`, `today`) that are no ISO 8601 dates."""
    text = node.this
    written = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(_ISO_DAY))
    valid = exp.func("pg_input_is_valid", text.copy(), exp.Literal.string("date"))
    day = exp.cast(text.copy(), exp.DataType.Type.DATE)
    # the second condition is asked only where the first holds, the cast only where both do
    return exp.Case(ifs=[exp.If(this=written, true=exp.Case(ifs=[exp.If(this=valid, true=day)]))])


def _iso_weekday(node: exp.Expression) -> exp.Expression:
    """Spark calls it otherwise."""
    part = "DAYOFWEEK_ISO" if node.name.upper() == "ISODOW" else node.name
    return exp.Extract(this=exp.var(part), expression=node.expression.copy())


def _limited(node: exp.Expression) -> exp.Expression:
    """GREATEST and LEAST pass over NULL in both: the limit of nothing would be a number."""
    beyond = exp.LT if isinstance(node, exp.Greatest) else exp.GT
    part, (limit,) = node.this, node.expressions
    past = beyond(this=part.copy(), expression=limit.copy())
    return exp.Case(ifs=[exp.If(this=past, true=limit.copy())], default=part.copy())


def _summed(node: exp.Expression) -> exp.Expression:
    """A sum that is limited may pass 64 bits, at which Spark's own sums wrap."""
    for total in node.find_all(exp.Sum):
        total.set("this", exp.cast(total.this.copy(), exp.DataType.build("DECIMAL(38, 0)")))
    return node


_Adapt = Callable[[exp.Expression], exp.Expression]
_ADAPTED: dict[Dialect, tuple[tuple[type[exp.Expression], _Adapt], ...]] = {
    "postgres": (
        (exp.TryCast, _day_or_null),
        (exp.IntDiv, _truncated),
        (exp.Greatest, _limited),
        (exp.Least, _limited),
    ),
    "spark": (
        (exp.Extract, _iso_weekday),
        (exp.Least, _summed),
        (exp.Greatest, _limited),
        (exp.Least, _limited),
    ),
}
