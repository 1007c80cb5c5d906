"""A statement's tree as the text of an engine; values stay beside it as typed parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlglot import exp

if TYPE_CHECKING:
    from privacy.counting.statement import Statement
    from privacy.query.expressions import Value

Dialect = Literal["postgres", "spark"]


def rendered(statement: Statement, dialect: Dialect) -> tuple[str, list[tuple[str, Value]]]:
    """Return the statement's text in a dialect, and its parameters by name in the order of `$1, $2, …`.

    Each placeholder is cast to the type of its value: a driver may hand a small number over as 16 or
    32 bits, whose products would overflow, and a text as of no type.
    """
    parameters = list(statement.parameters.items())
    place = {name: i for i, (name, _) in enumerate(parameters, 1)}
    tree = statement.tree.copy()
    for division in list(tree.find_all(exp.IntDiv)) if dialect == "postgres" else []:
        # `/` of integers truncates toward zero; sqlglot writes DIV, which is of decimals
        division.replace(
            exp.Div(
                this=_operand(division.this), expression=_operand(division.expression), typed=True
            )
        )
    for node in list(tree.find_all(exp.Placeholder)):
        value = statement.parameters[node.this]
        kind = exp.DataType.Type.TEXT if isinstance(value, str) else exp.DataType.Type.BIGINT
        bound: exp.Expression = node.copy()
        if dialect == "postgres":  # numbered by the server: `%` is then an operator only
            bound = exp.Parameter(this=exp.Literal.number(place[node.this]))
        node.replace(exp.Cast(this=bound, to=exp.DataType(this=kind)))
    return tree.sql(dialect=dialect), parameters


def _operand(node: exp.Expression) -> exp.Expression:
    return exp.paren(node) if isinstance(node, exp.Binary) else node
