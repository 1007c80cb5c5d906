"""Functions of texts, worked out on the public values when a question is read: no engine sees one.

Case and order are those of Unicode code points (Python's), whatever collation an engine has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from policies.errors import BadInput
from privacy.query.expressions import (
    Case,
    Coalesce,
    Column,
    Constant,
    Expression,
    IsNull,
    Mapped,
    OneOf,
    Predicate,
)
from privacy.query.typed import Number, Text

WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")
Change = Callable[[str], str | None]
LONGEST_TEXT = 200


def listed(text: Text) -> tuple[str, ...]:
    """Return the public values of a text.

    Raises
    ------
    BadInput
        It has none.
    """
    if text.domain is None:
        raise BadInput(
            "this column has no list of public values, so only = and IN can be asked of it",
            todo="write column IN ('…', '…')",
        )
    return text.domain


def changed(text: Text, change: Change) -> Text:
    """Return a function of a text; where `change` gives None, NULL."""
    domain = listed(text)
    results = {v: change(v) for v in domain}
    if any(r is not None and len(r) > LONGEST_TEXT for r in results.values()):
        raise BadInput(f"a text here grows past {LONGEST_TEXT} characters")
    partial = None in results.values()
    return Text(
        _changed(text.expression, domain, change),
        tuple(dict.fromkeys(r for r in results.values() if r is not None)),
        total=text.total and not partial,
    )


def _changed(e: Expression, domain: Collection[str], change: Change) -> Expression:
    match e:
        case Column():
            return _mapped(e, [(v, v) for v in domain], change)
        case Mapped(column, table):
            return _mapped(column, table, change)
        case Constant(str(value)):
            result = change(value)
            if result is None:
                raise BadInput("this is always NULL")
            return Constant(result)
        case Coalesce(part, otherwise):
            return _changed(Case(((IsNull(part), otherwise),), part), domain, change)
        case Case(branches, otherwise):
            from privacy.query.logic import case

            def leaf(x: Expression) -> Expression | None:
                if isinstance(x, Constant) and change(str(x.value)) is None:
                    return None
                return _changed(x, domain, change)

            whole = case(
                [(p, leaf(x)) for p, x in branches], None if otherwise is None else leaf(otherwise)
            )
            if whole is None:
                raise BadInput("this is always NULL")
            return whole
    raise BadInput("functions of texts take a column with a public list of values")


def _mapped(column: Column, table: Collection[tuple[str, str]], change: Change) -> Expression:
    made = tuple((raw, r) for raw, v in table if (r := change(v)) is not None)
    same = len(made) == len(table) and all(raw == result for raw, result in made)
    return column if same else Mapped(column, made)


def where(text: Text, test: Callable[[str], bool]) -> Predicate:
    """Return the condition that a public value of the text passes the test."""
    values = tuple(v for v in listed(text) if test(v))
    return one_of(text, values)


def one_of(text: Text, values: Collection[str]) -> Predicate:
    """Return text IN (values), of a function of a column as the column's own values."""
    match text.expression:
        case Mapped(column, table) if text.total:
            return OneOf(column, tuple(raw for raw, result in table if result in values))
    return OneOf(text.expression, tuple(values))


def measured(text: Text, measure: Callable[[str], int]) -> Number:
    """Return a whole number that depends on a text, such as its length."""
    by_number: dict[int, list[str]] = {}
    for value in listed(text):
        by_number.setdefault(measure(value), []).append(value)
    branches = tuple((one_of(text, values), Constant(n)) for n, values in sorted(by_number.items()))
    return Number(Case(branches, None))


def like(pattern: str, escape: str | None, fold: bool) -> Callable[[str], bool]:
    """Return the test of LIKE: % is any text, _ is one character; ILIKE does not tell capitals.

    Matched by hand in time pattern × value, because regular expressions can take for ever.
    """
    tokens: list[tuple[str, str]] = []
    signs = iter(pattern)
    for sign in signs:
        if sign == escape:
            tokens.append(("is", next(signs, "")))
        elif sign in "%_":
            tokens.append(("any" if sign == "%" else "one", ""))
        else:
            tokens.append(("is", sign))

    def test(value: str) -> bool:
        reached = {0}
        reached |= _skipped(tokens, reached)
        for character in value:
            after: set[int] = set()
            for at in reached:
                if at < len(tokens):
                    kind, wanted = tokens[at]
                    if kind == "any":
                        after.add(at)
                    elif (
                        kind == "one" or wanted == character or (fold and _same(wanted, character))
                    ):
                        after.add(at + 1)
            reached = after | _skipped(tokens, after)
        return len(tokens) in reached

    return test


def _same(a: str, b: str) -> bool:
    return a.casefold() == b.casefold()


def _skipped(tokens: list[tuple[str, str]], reached: Collection[int]) -> set[int]:
    found: set[int] = set()
    for start in reached:
        at = start
        while at < len(tokens) and tokens[at][0] == "any":
            at += 1
            found.add(at)
    return found


def part_of(start: int, length: int | None) -> Callable[[str], str]:
    """Return substr: positions count from 1, a negative start from the end."""

    def cut(value: str) -> str:
        first = start - 1 if start > 0 else len(value) + start if start < 0 else -1
        last = len(value) if length is None else first + length
        return value[max(0, first) : max(0, last)]

    return cut
