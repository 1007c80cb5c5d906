"""Comparisons, membership, NULL and choice between typed values, whatever was written where."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from policies.errors import BadInput
from privacy.query import arithmetic, texts
from privacy.query.expressions import (
    Coalesce,
    Compare,
    Constant,
    Expression,
    IsNull,
    OneOf,
    Operator,
    Predicate,
)
from privacy.query.logic import (
    EXCHANGED,
    FALSE,
    TRUE,
    all_of,
    any_of,
    as_number,
    case,
    is_true,
    negated,
)
from privacy.query.typed import (
    KIND_NAMES,
    Bins,
    Day,
    Literal,
    NamesAPerson,
    Null,
    Number,
    Person,
    Text,
    Truth,
    Typed,
    public_text,
    wanted,
)

_ORDER: dict[Operator, Callable[[str, str], bool]] = {
    "=": operators.eq,
    "<>": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
_PLAIN_TEXT = "a text was expected to be one of the column's public values"


def day_of(text: str) -> Day:
    """Return a date that was typed, as ISO 8601 writes it.

    Raises
    ------
    BadInput
        It is none.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise BadInput("a date is written year-month-day", todo="DATE '2024-01-31'")
    return Day(Constant(text))


def compare(
    left: Typed, operator: Operator, right: Typed, names_a_person: NamesAPerson
) -> Predicate:
    """Return left operator right.

    Raises
    ------
    BadInput
        The two cannot be compared, or a text is none of the public values (it is not repeated).
    """
    for side in (left, right):
        if isinstance(side, Null):
            raise BadInput("nothing is ever equal to NULL", todo="write x IS NULL or x IS NOT NULL")
        if isinstance(side, Bins | Person):
            raise BadInput(f"{KIND_NAMES[type(side)]} cannot be compared")
    if isinstance(left, Literal) and not isinstance(right, Literal):
        return compare(right, EXCHANGED[operator], left, names_a_person)
    match left, right:
        case Number(), Number():
            return arithmetic.compared(left, operator, right)
        case Day(), Literal(text):
            return _days(left, operator, day_of(text))
        case Day(), Day():
            return _days(left, operator, right)
        case Text(), Literal(text):
            return _text_with(left, operator, text, names_a_person)
        case Text(), Text():
            return _two_texts(left, operator, right)
        case Truth(p), Truth(q) if operator in ("=", "<>"):
            same = any_of((all_of((p, q)), all_of((negated(p), negated(q)))))
            return same if operator == "=" else negated(same)
        case Literal(), _:
            raise BadInput(
                "two plain texts are compared here", todo="compare a column with a value"
            )
    raise BadInput(
        f"{KIND_NAMES[type(left)]} cannot be compared with {KIND_NAMES[type(right)]}",
        todo="compare numbers with numbers, texts with 'texts', dates with DATE '2024-01-31'",
    )


def _days(left: Day, operator: Operator, right: Day) -> Predicate:
    a, b = left.expression, right.expression
    if isinstance(a, Constant) and isinstance(b, Constant):
        return TRUE if _ORDER[operator](str(a.value), str(b.value)) else FALSE
    if isinstance(a, Constant):
        return _days(right, EXCHANGED[operator], left)
    if isinstance(b, Constant) and operator in ("=", "<>"):
        found = OneOf(a, (b.value,))
        return found if operator == "=" else negated(found)
    return Compare(a, operator, b)


def _text_with(
    text: Text, operator: Operator, value: str, names_a_person: NamesAPerson
) -> Predicate:
    if operator == "<>":
        return negated(_text_with(text, "=", value, names_a_person))
    if operator == "=":
        return texts.one_of(text, (_member(text, value, names_a_person),))
    member = _member(text, value, names_a_person) if text.domain is not None else value
    return texts.where(text, lambda v: _ORDER[operator](v, member))


def _member(text: Text, value: str, names_a_person: NamesAPerson) -> str:
    """Return a typed text if it is one of the column's values (or a short code, where none are listed)."""
    if text.domain is None:
        return public_text(value, names_a_person)
    if value not in text.domain:
        shown = ", ".join(text.domain[:8])
        raise BadInput(
            "this is none of its public values",
            todo=f"they are: {shown}{' …' if len(text.domain) > 8 else ''}",
        )
    return value


def _two_texts(left: Text, operator: Operator, right: Text) -> Predicate:
    if operator not in ("=", "<>"):
        raise BadInput("two texts are compared with = or <> only", todo="write a = b or a <> b")
    if isinstance(right.expression, Constant):
        left, right = right, left
    if isinstance(left.expression, Constant):
        found = texts.one_of(right, (str(left.expression.value),))
        return found if operator == "=" else negated(found)
    return Compare(left.expression, operator, right.expression)


def among(part: Typed, values: Sequence[Typed], names_a_person: NamesAPerson) -> Predicate:
    """Return part IN (values)."""
    if any(isinstance(v, Null) for v in values):
        raise BadInput("NULL in a list matches nothing", todo="write … OR x IS NULL")
    match part:
        case Number():
            plain = [v.constant for v in values if isinstance(v, Number)]
            fixed = [c for c in plain if c is not None]
            if len(fixed) == len(values) and part.constant is None:
                return arithmetic.among(part, fixed)
        case Text():
            literals = [v.text for v in values if isinstance(v, Literal)]
            if len(literals) == len(values):
                members = [_member(part, v, names_a_person) for v in literals]
                return texts.one_of(part, tuple(dict.fromkeys(members)))
        case Day(expression) if not isinstance(expression, Constant):
            days = [day_of(v.text) if isinstance(v, Literal) else v for v in values]
            dates = [d.expression.value for d in days if isinstance(d, Day)
                     and isinstance(d.expression, Constant)]  # fmt: skip
            if len(dates) == len(values):
                return OneOf(expression, tuple(dict.fromkeys(dates)))
    return any_of(compare(part, "=", v, names_a_person) for v in values)


def is_null(part: Typed) -> Predicate:
    """Return part IS NULL."""
    match part:
        case Number(expression) | Text(expression) | Day(expression):
            return FALSE if isinstance(expression, Constant) else IsNull(expression)
        case Truth(p):
            return IsNull(as_number(p))
        case Null():
            return TRUE
    raise BadInput("a column or an expression was expected before IS NULL")


def distinct(left: Typed, right: Typed, names_a_person: NamesAPerson) -> Predicate:
    """Return left IS DISTINCT FROM right: a comparison that is never unknown."""
    if isinstance(right, Null) or isinstance(left, Null):
        return negated(is_null(left if isinstance(right, Null) else right))
    equal = compare(left, "=", right, names_a_person)
    nulls = [is_null(x) for x in (left, right) if not isinstance(x, Literal)]
    nulls = [n for n in nulls if n != FALSE]
    both = all_of(nulls) if len(nulls) == 2 else FALSE
    return negated(any_of((all_of((*map(negated, nulls), equal)), both)))


def chosen(
    branches: Sequence[tuple[Predicate, Typed]], otherwise: Typed, names_a_person: NamesAPerson
) -> Typed:
    """Return CASE: the first result whose condition holds.

    Raises
    ------
    BadInput
        The results are of different kinds, or all NULL.
    """
    results = [x for _, x in branches] + [otherwise]
    solid = [x for x in results if not isinstance(x, Null)]
    if not solid:
        raise BadInput("this is always NULL", todo="give a result after THEN or ELSE")
    if all(isinstance(x, Number) for x in solid):
        unit = arithmetic.common_unit([x for x in solid if isinstance(x, Number)])
        made = _case(branches, otherwise, lambda x: _in_unit(x, unit))
        return Null() if made is None else Number(made, unit)
    if all(isinstance(x, Text | Literal) for x in solid):
        return _chosen_text(branches, otherwise, names_a_person)
    if all(isinstance(x, Truth) for x in solid):
        made = _case(
            branches, otherwise, lambda x: as_number(x.predicate) if isinstance(x, Truth) else None
        )
        return Null() if made is None else Truth(OneOf(made, (1,)))
    raise BadInput(
        "the results of a choice are all numbers, all texts or all conditions",
        todo="CASE WHEN age >= 60 THEN 'old' ELSE 'young' END",
    )


def _in_unit(x: Typed, unit: Fraction) -> Expression | None:
    return arithmetic.in_unit(x, unit) if isinstance(x, Number) else None


def _case(
    branches: Sequence[tuple[Predicate, Typed]],
    otherwise: Typed,
    result: Callable[[Typed], Expression | None],
) -> Expression | None:
    return case([(p, result(x)) for p, x in branches], result(otherwise))


def _chosen_text(
    branches: Sequence[tuple[Predicate, Typed]], otherwise: Typed, names_a_person: NamesAPerson
) -> Typed:
    domain: dict[str, None] = {}
    for x in (*(x for _, x in branches), otherwise):
        if isinstance(x, Literal):
            domain[public_text(x.text, names_a_person)] = None
        elif isinstance(x, Text):
            domain.update(dict.fromkeys(texts.listed(x)))

    def result(x: Typed) -> Expression | None:
        if isinstance(x, Literal):
            return Constant(x.text)
        return x.expression if isinstance(x, Text) else None

    made = _case(branches, otherwise, result)
    return Null() if made is None else Text(made, tuple(domain), total=False)


def first_given(parts: Sequence[Typed], names_a_person: NamesAPerson) -> Typed:
    """Return COALESCE: the first part that is not NULL."""
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = _or_else(part, found, names_a_person)
    return found


def _or_else(part: Typed, otherwise: Typed, names_a_person: NamesAPerson) -> Typed:
    if isinstance(part, Null):
        return otherwise
    if isinstance(part, Literal) or isinstance(otherwise, Null):
        return part
    if isinstance(part, Number) and isinstance(otherwise, Number) and part.constant is None:
        unit = arithmetic.common_unit((part, otherwise))
        other = arithmetic.in_unit(otherwise, unit)
        if isinstance(other, Constant):
            return Number(Coalesce(arithmetic.in_unit(part, unit), other), unit)
    if isinstance(part, Text) and isinstance(otherwise, Literal):
        text = public_text(otherwise.text, names_a_person)
        domain = tuple(dict.fromkeys((*texts.listed(part), text)))
        return Text(Coalesce(part.expression, Constant(text)), domain, total=False)
    return chosen([(negated(is_null(part)), part)], otherwise, names_a_person)


def null_if(part: Typed, value: Typed, names_a_person: NamesAPerson) -> Typed:
    """Return NULLIF: NULL where the part equals the value."""
    if isinstance(part, Text) and isinstance(value, Literal):
        gone = _member(part, value.text, names_a_person)
        return texts.changed(part, lambda v: None if v == gone else v)
    equal = compare(part, "=", value, names_a_person)
    return chosen([(equal, Null())], part, names_a_person)


def truth(value: Typed) -> Predicate:
    """Return a condition that a value is.

    Raises
    ------
    BadInput
        It is a value and no condition.
    """
    if not isinstance(value, Truth):
        raise wanted(value, Truth)
    return value.predicate


def holds(value: Typed, what: bool) -> Predicate:
    """Return value IS TRUE (or IS FALSE)."""
    p = truth(value)
    return is_true(p if what else negated(p))
