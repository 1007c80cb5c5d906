"""Numbers, comparisons, conditions and choices, as SQL writes them."""

from __future__ import annotations

from fractions import Fraction

from sqlglot import exp

from policies.errors import BadInput
from privacy.query import arithmetic, comparing, texts
from privacy.query.expressions import Operator
from privacy.query.logic import FALSE, TRUE, all_of, any_of, negated
from privacy.query.reading import Read, Reader, Rule
from privacy.query.refusals import refuse
from privacy.query.typed import (
    LONGEST_NUMBER,
    Day,
    Literal,
    Null,
    Number,
    Text,
    Truth,
    Typed,
    constant,
    public_number,
    wanted,
)


def _column(r: Reader, node: exp.Expression) -> Typed:
    name, table = node.name.lower(), node.text("table").lower()
    try:
        return r.relation.column(name, table)
    except BadInput as error:
        if isinstance(node.this, exp.Identifier) and node.this.quoted:
            raise BadInput(
                "double quotes name a column, and there is no such column",
                todo=f"a text stands in single quotes: 'text'; {error.todo}",
            ) from None
        raise


def _literal(r: Reader, node: exp.Expression) -> Typed:
    if node.args.get("is_string"):
        return Literal(str(node.this))
    return constant(public_number(decimal_of(str(node.this)), r.names_a_person))


def decimal_of(digits: str) -> Fraction:
    """Return the number that digits mean.

    Raises
    ------
    BadInput
        They are no plain decimal number.
    """
    plain = digits.replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 2 * LONGEST_NUMBER):
        raise BadInput(
            f"a number has at most {LONGEST_NUMBER} digits, a point, and nothing else",
            todo="write for example 12.50",
        )
    return Fraction(digits if not digits.endswith(".") else digits[:-1])


def _binary(sign: str) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        left, right = r.value(node.this), r.value(node.expression)
        for side, value in ((node.this, left), (node.expression, right)):
            if isinstance(value, Day):
                raise refuse(
                    side,
                    "dates are compared and taken apart, not reckoned with",
                    "2024 - year(d)",
                )
            if not isinstance(value, Number):
                raise refuse(side, wanted(value, Number).what, "write for example age + 1")
        assert isinstance(left, Number) and isinstance(right, Number)  # noqa: PT018 - for mypy
        return arithmetic.operate(sign, left, right)

    return read


def _compare(operator: Operator) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        left, right = r.value(node.this), r.value(node.expression)
        return Truth(comparing.compare(left, operator, right, r.names_a_person))

    return read


def _joined(kind: type[exp.Connector]) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        parts = [r.truth(part).predicate for part in _chain(node, kind)]
        return Truth(all_of(parts) if kind is exp.And else any_of(parts))

    return read


def _chain(node: exp.Expression, kind: type[exp.Connector]) -> list[exp.Expression]:
    """Return the parts of a chain of AND or OR, in order, without recursion."""
    left: list[exp.Expression] = []
    rest = [node]
    while rest:
        current = rest.pop()
        if isinstance(current, kind):
            rest += [current.expression, current.this]
        else:
            left.append(current)
    return left


def _between(r: Reader, node: exp.Expression) -> Typed:
    part = r.value(node.this)
    low, high = (r.value(node.args[end]) for end in ("low", "high"))
    ends = (
        comparing.compare(part, ">=", low, r.names_a_person),
        comparing.compare(part, "<=", high, r.names_a_person),
    )
    return Truth(all_of(ends))


def _in(r: Reader, node: exp.Expression) -> Typed:
    if not node.expressions:
        query = node.args.get("query") or node.args.get("unnest") or node.args.get("field")
        if query is not None:
            raise refuse(query, "a list of values was expected after IN", "x IN (1, 2)")
        raise BadInput("an empty list matches nothing", todo="x IN (1, 2)")
    part = r.value(node.this)
    return Truth(comparing.among(part, [r.value(v) for v in node.expressions], r.names_a_person))


def _is(r: Reader, node: exp.Expression) -> Typed:
    part = r.value(node.this)
    if isinstance(node.expression, exp.Null):
        return Truth(comparing.is_null(part))
    if isinstance(node.expression, exp.Boolean):
        return Truth(comparing.holds(part, bool(node.expression.this)))
    raise BadInput("IS is followed by NULL, TRUE or FALSE", todo="x IS NULL, or x = 1")


def _distinct(same: bool) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        left, right = r.value(node.this), r.value(node.expression)
        found = comparing.distinct(left, right, r.names_a_person)
        return Truth(negated(found) if same else found)

    return read


def _case(r: Reader, node: exp.Expression) -> Typed:
    subject = None if node.this is None else r.value(node.this)
    branches = []
    for branch in node.args["ifs"]:
        if subject is None:
            condition = r.truth(branch.this).predicate
        else:
            condition = comparing.compare(subject, "=", r.value(branch.this), r.names_a_person)
        branches.append((condition, r.value(branch.args["true"])))
    default = node.args.get("default")
    otherwise = Null() if default is None else r.value(default)
    return comparing.chosen(branches, otherwise, r.names_a_person)


def _if(r: Reader, node: exp.Expression) -> Typed:
    otherwise = node.args.get("false")
    branch = (r.truth(node.this).predicate, r.value(node.args["true"]))
    return comparing.chosen(
        [branch], Null() if otherwise is None else r.value(otherwise), r.names_a_person
    )


def _extreme(largest: bool) -> Read:
    def read(r: Reader, node: exp.Expression) -> Typed:
        return arithmetic.extreme([r.number(x) for x in (node.this, *node.expressions)], largest)

    return read


def _cast(r: Reader, node: exp.Expression) -> Typed:
    kind = node.args["to"].this
    value = r.value(node.this)
    if kind in (exp.DataType.Type.DATE, exp.DataType.Type.DATE32):
        if isinstance(value, Literal):
            return comparing.day_of(value.text)
        if isinstance(value, Day):
            return value
    if kind in exp.DataType.INTEGER_TYPES:
        if isinstance(value, Number) and value.unit.denominator == 1:
            return value
        if isinstance(value, Text) and all(
            texts.WHOLE_NUMBER.fullmatch(v) for v in texts.listed(value)
        ):
            return texts.measured(value, int)
    if kind in exp.DataType.TEXT_TYPES and isinstance(value, Text | Literal):
        return value
    raise BadInput(
        "CAST makes a date of a text, or a whole number of a column whose public values are all such",
        todo="leave CAST out: numbers are in fixed decimals already, x // 1 cuts them off",
    )


_TWO = {"this", "expression"}
RULES: dict[type[exp.Expression], Rule] = {
    exp.Column: ({"this", "table"}, _column),
    exp.Literal: ({"this", "is_string"}, _literal),
    exp.Boolean: ({"this"}, lambda _, n: Truth(TRUE if n.this else FALSE)),
    exp.Null: (set(), lambda *_: Null()),
    exp.Paren: ({"this"}, lambda r, n: r.value(n.this)),
    exp.Neg: ({"this"}, lambda r, n: arithmetic.minus(r.number(n.this))),
    exp.Abs: ({"this"}, lambda r, n: arithmetic.absolute(r.number(n.this))),
    exp.Add: (_TWO, _binary("+")),
    exp.Sub: (_TWO, _binary("-")),
    exp.Mul: (_TWO, _binary("*")),
    exp.Div: ({*_TWO, "typed", "safe"}, _binary("/")),
    exp.IntDiv: (_TWO, _binary("//")),
    exp.Mod: (_TWO, _binary("%")),
    exp.Greatest: ({"this", "expressions", "ignore_nulls"}, _extreme(largest=True)),
    exp.Least: ({"this", "expressions", "ignore_nulls"}, _extreme(largest=False)),
    exp.EQ: (_TWO, _compare("=")),
    exp.NEQ: (_TWO, _compare("<>")),
    exp.LT: (_TWO, _compare("<")),
    exp.LTE: (_TWO, _compare("<=")),
    exp.GT: (_TWO, _compare(">")),
    exp.GTE: (_TWO, _compare(">=")),
    exp.NullSafeEQ: (_TWO, _distinct(same=True)),
    exp.NullSafeNEQ: (_TWO, _distinct(same=False)),
    exp.And: (_TWO, _joined(exp.And)),
    exp.Or: (_TWO, _joined(exp.Or)),
    exp.Not: ({"this"}, lambda r, n: Truth(negated(r.truth(n.this).predicate))),
    exp.Between: ({"this", "low", "high"}, _between),
    exp.In: ({"this", "expressions", "query", "unnest", "field"}, _in),
    exp.Is: (_TWO, _is),
    exp.Case: ({"this", "ifs", "default"}, _case),
    exp.If: ({"this", "true", "false"}, _if),
    exp.Coalesce: (
        {"this", "expressions"},
        lambda r, n: comparing.first_given(
            [r.value(x) for x in (n.this, *n.expressions)], r.names_a_person
        ),
    ),
    exp.Nullif: (
        _TWO,
        lambda r, n: comparing.null_if(r.value(n.this), r.value(n.expression), r.names_a_person),
    ),
    exp.Cast: ({"this", "to"}, _cast),
}
"""Numbers, comparisons and choices: the parts each may have, and how it is read."""
