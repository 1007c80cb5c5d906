"""Expressions in Python: `field("age") >= 60` is what SQL's `age >= 60` is, and gives the same plan.

A term is a recipe: nothing is looked up before a question is put together over its contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from policies.errors import BadInput
from privacy.query import arithmetic, binning, comparing, texts
from privacy.query.expressions import Operator, Predicate
from privacy.query.logic import FALSE, TRUE, all_of, any_of, negated
from privacy.query.reading_functions import part_of_day
from privacy.query.relations import Relation
from privacy.query.typed import (
    Literal,
    NamesAPerson,
    Null,
    Number,
    Text,
    Truth,
    Typed,
    constant,
    public_number,
    public_text,
    wanted,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What terms are read against: the columns of a question, and who may not be named in it."""

    relation: Relation
    names_a_person: NamesAPerson


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A part of a question; operators and methods make larger ones.

    `==`, `<`, `&`, `|`, `~` make conditions, as SQL's =, <, AND, OR and NOT do (NULL compared is unknown).
    """

    read: Callable[[Scope], Typed]
    label: str = ""

    def named(self, label: str) -> Term:
        """Return the same under a name, as SQL's AS."""
        return Term(self.read, label)

    def __add__(self, other: Given) -> Term:
        return _reckoned("+", self, other)

    def __radd__(self, other: Given) -> Term:
        return _reckoned("+", other, self)

    def __sub__(self, other: Given) -> Term:
        return _reckoned("-", self, other)

    def __rsub__(self, other: Given) -> Term:
        return _reckoned("-", other, self)

    def __mul__(self, other: Given) -> Term:
        return _reckoned("*", self, other)

    def __rmul__(self, other: Given) -> Term:
        return _reckoned("*", other, self)

    def __truediv__(self, other: Given) -> Term:
        return _reckoned("/", self, other)

    def __rtruediv__(self, other: Given) -> Term:
        return _reckoned("/", other, self)

    def __floordiv__(self, other: Given) -> Term:
        return _reckoned("//", self, other)

    def __mod__(self, other: Given) -> Term:
        return _reckoned("%", self, other)

    def __neg__(self) -> Term:
        return Term(lambda s: arithmetic.minus(number(self, s)))

    def __abs__(self) -> Term:
        return Term(lambda s: arithmetic.absolute(number(self, s)))

    def __eq__(self, other: Given) -> Term:  # type: ignore[override]
        return _compared("=", self, other)

    def __ne__(self, other: Given) -> Term:  # type: ignore[override]
        return _compared("<>", self, other)

    def __lt__(self, other: Given) -> Term:
        return _compared("<", self, other)

    def __le__(self, other: Given) -> Term:
        return _compared("<=", self, other)

    def __gt__(self, other: Given) -> Term:
        return _compared(">", self, other)

    def __ge__(self, other: Given) -> Term:
        return _compared(">=", self, other)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        raise TypeError("a condition of a question has no truth of its own: use &, | and ~")

    def __and__(self, other: Term) -> Term:
        return Term(lambda s: Truth(all_of((truth(self, s), truth(other, s)))))

    def __or__(self, other: Term) -> Term:
        return Term(lambda s: Truth(any_of((truth(self, s), truth(other, s)))))

    def __invert__(self) -> Term:
        return Term(lambda s: Truth(negated(truth(self, s))))

    def is_in(self, *values: Given) -> Term:
        """Return self IN (values)."""
        terms = [term(v) for v in values]
        return Term(
            lambda s: Truth(
                comparing.among(self.read(s), [t.read(s) for t in terms], s.names_a_person)
            )
        )

    def between(self, low: Given, high: Given) -> Term:
        """Return low <= self <= high."""
        return (self >= low) & (self <= high)

    def is_null(self) -> Term:
        """Return self IS NULL."""
        return Term(lambda s: Truth(comparing.is_null(self.read(s))))

    def is_distinct_from(self, other: Given) -> Term:
        """Return self IS DISTINCT FROM other: never unknown."""
        right = term(other)
        return Term(
            lambda s: Truth(comparing.distinct(self.read(s), right.read(s), s.names_a_person))
        )

    def like(self, pattern: str, *, fold: bool = False) -> Term:
        """Return self LIKE pattern; `fold` does not tell capitals (ILIKE)."""
        return Term(lambda s: Truth(texts.where(text(self, s), texts.like(pattern, None, fold))))

    def starts_with(self, start: str) -> Term:
        """Return whether a text starts so."""
        return Term(lambda s: Truth(texts.where(text(self, s), lambda v: v.startswith(start))))

    def lower(self) -> Term:
        """Return a text in small letters."""
        return self._changed(str.lower)

    def upper(self) -> Term:
        """Return a text in capitals."""
        return self._changed(str.upper)

    def substr(self, start: int, length: int | None = None) -> Term:
        """Return a part of a text, from character `start` (1 is the first)."""
        return self._changed(texts.part_of(start, length))

    def length(self) -> Term:
        """Return how many characters a text has."""
        return Term(lambda s: texts.measured(text(self, s), len))

    def clamp(self, low: Given, high: Given) -> Term:
        """Return a number moved into [low, high]."""
        ends = term(low), term(high)
        return Term(lambda s: arithmetic.clamped(number(self, s), *(number(e, s) for e in ends)))

    def or_else(self, other: Given) -> Term:
        """Return COALESCE(self, other)."""
        second = term(other)
        return Term(
            lambda s: comparing.first_given([self.read(s), second.read(s)], s.names_a_person)
        )

    def null_if(self, value: Given) -> Term:
        """Return NULLIF(self, value)."""
        second = term(value)
        return Term(lambda s: comparing.null_if(self.read(s), second.read(s), s.names_a_person))

    def part(self, name: str) -> Term:
        """Return a part of a date: year, quarter, month, day, isodow (1 is Monday), dow (0 is Sunday)."""
        return Term(lambda s: part_of_day(name, self.read(s)), name)

    def _changed(self, change: Callable[[str], str]) -> Term:
        return Term(lambda s: texts.changed(text(self, s), change))


Given = Term | str | int | Decimal | Fraction | bool | date | None


def field(name: str, table: str = "") -> Term:
    """Return a column; `table` is the name of its dataset, where two are joined."""
    return Term(lambda s: s.relation.column(name, table), name)


def term(given: Given) -> Term:
    """Return a plain value as a term.

    Raises
    ------
    BadInput
        A float: its decimals are not what was typed.
    """
    if isinstance(given, Term):
        return given
    value = _plain(given)

    def read(s: Scope) -> Typed:
        if isinstance(value, Number) and value.constant is not None:
            public_number(value.constant, s.names_a_person)
        return value

    return Term(read)


def _plain(given: str | int | Decimal | Fraction | bool | date | None) -> Typed:
    match given:
        case None:
            return Null()
        case bool():
            return Truth(TRUE if given else FALSE)
        case str():
            return Literal(given)
        case date():
            return comparing.day_of(given.isoformat())
        case int() | Decimal() | Fraction():
            return constant(Fraction(given))
    raise BadInput("a number is an int or a Decimal", where="question", todo='Decimal("12.50")')


def case(*branches: tuple[Term, Given], otherwise: Given = None) -> Term:
    """Return CASE: the value beside the first condition that holds."""
    made = [(condition, term(value)) for condition, value in branches]
    last = term(otherwise)
    return Term(
        lambda s: comparing.chosen(
            [(truth(c, s), v.read(s)) for c, v in made], last.read(s), s.names_a_person
        ),
        "case",
    )


def concat(*parts: Term | str) -> Term:
    """Return one column of texts with plain texts around it."""

    def read(s: Scope) -> Typed:
        columns = [p for p in parts if isinstance(p, Term)]
        if len(columns) != 1:
            raise BadInput("one column and plain texts are put together")
        at = next(i for i, p in enumerate(parts) if isinstance(p, Term))
        before, after = ("".join(map(str, side)) for side in (parts[:at], parts[at + 1 :]))
        for added in (before, after):
            if added.strip():
                public_text(added.strip(), s.names_a_person)
        return texts.changed(text(columns[0], s), lambda v: f"{before}{v}{after}")

    return Term(read)


def least(*parts: Given) -> Term:
    """Return the smallest of numbers in a row; NULL where any is NULL."""
    made = [term(p) for p in parts]
    return Term(lambda s: arithmetic.extreme([number(t, s) for t in made], largest=False))


def greatest(*parts: Given) -> Term:
    """Return the largest of numbers in a row; NULL where any is NULL."""
    made = [term(p) for p in parts]
    return Term(lambda s: arithmetic.extreme([number(t, s) for t in made], largest=True))


def bins(column: str | Term, *steps: Given) -> Term:
    """Return a number by bins: of one width, or between edges."""
    inner = field(column) if isinstance(column, str) else column
    made = [term(x) for x in steps]
    return Term(lambda s: binning.bins(number(inner, s), [number(t, s) for t in made]), inner.label)


def number(of: Term, scope: Scope) -> Number:
    """Return a term's number."""
    found = of.read(scope)
    if not isinstance(found, Number):
        raise wanted(found, Number)
    return found


def text(of: Term, scope: Scope) -> Text:
    """Return a term's text."""
    found = of.read(scope)
    if not isinstance(found, Text):
        raise wanted(found, Text)
    return found


def truth(of: Term, scope: Scope) -> Predicate:
    """Return a term's condition."""
    return comparing.truth(of.read(scope))


def _reckoned(sign: str, left: Given, right: Given) -> Term:
    a, b = term(left), term(right)
    return Term(lambda s: arithmetic.operate(sign, number(a, s), number(b, s)))


def _compared(operator: Operator, left: Given, right: Given) -> Term:
    a, b = term(left), term(right)
    return Term(
        lambda s: Truth(comparing.compare(a.read(s), operator, b.read(s), s.names_a_person))
    )
