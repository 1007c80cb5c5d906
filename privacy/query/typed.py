"""What a part of a question is worth: a number, a text, a day, a condition, or a literal not yet understood.

SQL and the Python builder both end here; from here on there is one way to the plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from policies.errors import BadInput
from privacy.query.expressions import Column, Constant, Expression, Predicate, interval

NamesAPerson = Callable[[str], bool]
"""Tells whether a text reads like a person's name, number or address; recognisers stand behind it."""
LONGEST_NUMBER = 18
_CODE = re.compile(r"[\w .,:/()%+<>=&!?#*'\"·×–-]{1,60}")
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number of `unit`s: the value is expression × unit (fixed point)."""

    expression: Expression
    unit: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        try:
            interval(self.expression)
        except OverflowError:
            raise BadInput(
                "a number here could grow past 2^62, judged on public bounds alone",
                todo="narrow it first: clamp(x, low, high), or a coarser unit: x // 1000",
            ) from None

    @property
    def constant(self) -> Fraction | None:
        """The value, where the question itself names it."""
        match self.expression:
            case Constant(int(value)):
                return value * self.unit
        return None


@dataclass(frozen=True, slots=True)
class Text:
    """A text; `domain` are all public values that it can have, None where they are not listed.

    `total`: it is NULL only where its column is NULL.
    """

    expression: Expression
    domain: tuple[str, ...] | None
    total: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """A day: a stored column, or an ISO 8601 date that the question names."""

    expression: Column | Constant


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition."""

    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that was typed: what it means depends on what it meets."""

    text: str


@dataclass(frozen=True, slots=True)
class Null:
    """NULL."""


@dataclass(frozen=True, slots=True)
class Person:
    """The person behind a row: can be counted and joined on, and nothing else."""


@dataclass(frozen=True, slots=True)
class Bins:
    """A number by bins, for groups and histograms; `labels` say what each holds."""

    number: Number
    expression: Expression
    labels: tuple[str, ...]


Typed = Number | Text | Day | Truth | Literal | Null | Person | Bins

KIND_NAMES: dict[type, str] = {
    Number: "a number",
    Text: "a text",
    Day: "a date",
    Truth: "a condition",
    Literal: "a text",
    Null: "NULL",
    Person: "the person",
    Bins: "bins",
}


def constant(value: Fraction | int) -> Number:
    """Return a number that the question names, in the coarsest decimal unit that holds it.

    Raises
    ------
    BadInput
        It is no decimal number of at most 18 digits.
    """
    whole = Fraction(value)
    for places in range(LONGEST_NUMBER):
        scaled = whole * 10**places
        if scaled.denominator == 1:
            if abs(scaled.numerator) >= 10**LONGEST_NUMBER:
                break
            return Number(Constant(scaled.numerator), Fraction(1, 10**places))
    raise BadInput(f"a number has at most {LONGEST_NUMBER} digits")


_LEAST_DIGITS_OF_A_PERSON = 7
"""A telephone without its area code; shorter numbers are ages, years and sums."""


def public_text(text: str, names_a_person: NamesAPerson) -> str:
    """Return a text that the question brings into the public plan, if it may stand there.

    Raises
    ------
    BadInput
        It reads like a person's name, number or address, or has signs that hide something. The text
        is not repeated.
    """
    if not _CODE.fullmatch(text) or _HIDDEN.search(text) or text != text.strip():
        raise BadInput(
            "a text that a question brings along is at most 60 letters, digits and plain signs",
            todo="shorten it",
        )
    if names_a_person(text):
        raise BadInput(
            "this reads like a person: a name, a number or an address has no place in a question",
            todo="ask about groups; every question is kept in a public register",
        )
    return text


def public_number(value: Fraction, names_a_person: NamesAPerson) -> Fraction:
    """Return a number that the question brings into the public plan, if it may stand there.

    Raises
    ------
    BadInput
        Its digits read like a person's: a telephone, an identity card. The number is not repeated.
    """
    digits = str(abs(value.numerator))
    if len(digits) >= _LEAST_DIGITS_OF_A_PERSON and value.denominator == 1:
        public_text(digits, names_a_person)
    return value


def nobody(_text: str) -> bool:
    """Name nobody: for callers that have no recognisers at hand."""
    return False


def wanted(value: Typed, kind: type, what: str = "") -> BadInput:
    """Return the error that another kind of value was expected."""
    found = KIND_NAMES[type(value)]
    return BadInput(f"{KIND_NAMES[kind]} was expected here{what}, and this is {found}")
