"""The typed plan of a question: what to count, by which public groups, of whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
Value = str | int


@dataclass(frozen=True, slots=True)
class Compare:
    """field operator value."""

    field: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """field IN (values)."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """field IS NULL."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """NOT part."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds (AND)."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - `Any` is typing's
    """Some part holds (OR)."""

    parts: tuple[Predicate, ...]


Predicate = Compare | OneOf | IsNull | Not | All | Any_


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A column to group by: its field, its name in the answer, and its public domain."""

    field: str
    label: str
    domain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountColumn:
    """The count of rows, under the name that it has in the answer."""

    label: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A question that can be priced, authorised and counted.

    `columns` is the order of the answer. `rows_per_person` is the contribution bound: so many rows
    one person may have, by the contract, held at intake.
    """

    dataset: str
    population: str
    public_size: int
    columns: tuple[KeyColumn | CountColumn, ...]
    where: Predicate | None
    rows_per_person: int

    @property
    def keys(self) -> tuple[KeyColumn, ...]:
        """The columns that the answer is grouped by."""
        return tuple(c for c in self.columns if isinstance(c, KeyColumn))

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the keys' domains."""
        return tuple(len(k.domain) for k in self.keys)

    @property
    def cells(self) -> int:
        """How many figures the answer holds, empty groups included."""
        return prod(self.shape)

    @property
    def sensitivity(self) -> int:
        """L1 and L2 distance between the counts of neighbouring datasets.

        Adding or removing one person changes at most `rows_per_person` rows, which may share a cell:
        the bound is K in both norms, not √K.
        """
        return self.rows_per_person

    def canonical(self) -> dict[str, Any]:
        """Return the question as JSON, the same for every spelling of it.

        Labels and the order of columns are the asker's taste and left out; the same figures
        are the same question.
        """
        return {
            "dataset": self.dataset,
            "population": self.population,
            "keys": sorted([k.field, list(k.domain)] for k in self.keys),
            "where": None if self.where is None else canonical_predicate(self.where),
            "rows_per_person": self.rows_per_person,
        }


def canonical_predicate(p: Predicate) -> list[Any]:
    """Return a predicate as nested lists; parts of AND, OR and IN are sorted and not repeated."""
    match p:
        case Compare(field, operator, value):
            return [operator, field, value]
        case OneOf(field, values):
            return ["in", field, sorted(set(values), key=lambda v: (type(v).__name__, v))]
        case IsNull(field):
            return ["null", field]
        case Not(part):
            return ["not", canonical_predicate(part)]
        case All(parts):
            return _joined("and", parts)
        case Any_(parts):
            return _joined("or", parts)


def _joined(word: str, parts: tuple[Predicate, ...]) -> list[Any]:
    """Return AND or OR of the parts: flat, sorted, without repetition; of one part, that part."""
    flat: list[list[Any]] = []
    for part in map(canonical_predicate, parts):
        flat += part[1:] if part[0] == word else [part]
    unique = {json.dumps(c, ensure_ascii=False): c for c in flat}
    kept = [unique[key] for key in sorted(unique)]
    return kept[0] if len(kept) == 1 else [word, *kept]
