"""What random questions are made of: rows in real units, and parts in SQL, in Python and by their meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from privacy.query.asking import Measure, Question, Term
from tests.privacy.city import residents

Row = Mapping[str, Any]
CONTRACT = residents()
NUMBERS = {
    "age": (0, 120, "1"),
    "points": (-50, 50, "1"),
    "wage": (0, 50000, "0.01"),
    "rent": (0, 2000, "0.05"),
}
TEXTS: dict[str, tuple[str, ...]] = {
    n: CONTRACT.domain_of(n) or () for n in ("district", "status", "word", "size")
}
DAYS = ("born", "moved")


@dataclass(frozen=True)
class Part:
    """An expression: in SQL, in Python, and its value in a row (None: NULL or unknown)."""

    sql: str
    term: Term
    of: Callable[[Row], Any]


@dataclass(frozen=True)
class Figure:
    """A figure: `kind`, what of each row (None: every row), and which rows."""

    sql: str
    measure: Measure
    kind: str
    of: Part | None = None
    only: Part | None = None


@dataclass(frozen=True)
class Asked:
    """A whole question and its parts."""

    sql: str
    question: Question
    keys: tuple[Part, ...]
    figures: tuple[Figure, ...]
    where: Part | None


def rows() -> st.SearchStrategy[Row]:
    """Rows of `residents` in real units; any field may be NULL."""
    made: dict[str, st.SearchStrategy[Any]] = {}
    for name, (low, high, step) in NUMBERS.items():
        unit = Fraction(step)
        whole = st.integers(int(low / unit), int(high / unit))
        made[name] = st.none() | whole.map(lambda n, unit=unit: n * unit)
    made |= {name: st.none() | st.sampled_from(domain) for name, domain in TEXTS.items()}
    made |= {d: st.none() | st.dates(date(1930, 1, 1), date(2024, 12, 31)).map(str) for d in DAYS}
    return st.fixed_dictionaries(made)
