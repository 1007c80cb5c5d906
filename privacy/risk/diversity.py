"""l-diversity: how many sensitive values a class leaves open.

Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam, ACM TKDD 1(1) 2007: distinct (Def. 4.1's simplest
instance), entropy (Def. 4.2) and recursive (c, l) (Def. 4.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput


@dataclass(frozen=True, slots=True)
class Cells:
    """Persons by class and sensitive value, sorted by class, then by value; no cell is empty.

    `group[i]`, `value[i]` count from 0; `values` is how many values occur anywhere. A person with
    several values in a class is in several cells, with one weight each.
    """

    group: NDArray[np.int64]
    value: NDArray[np.int64]
    persons: NDArray[np.int64]
    values: int

    def __post_init__(self) -> None:
        order = self.group * max(self.values, 1) + self.value
        if np.any(np.diff(order) <= 0):
            raise BadInput("cells are sorted by class and value, each once")
        if len(self.persons) and self.persons.min() < 1:
            raise BadInput("no cell is empty")

    @staticmethod
    def of(group: NDArray[np.int64], value: NDArray[np.int64], persons: NDArray[np.int64]) -> Cells:
        """Return cells from any order; classes and values are renumbered from 0 in their order."""
        _, value = np.unique(value, return_inverse=True)
        _, group = np.unique(group, return_inverse=True)
        values = int(value.max()) + 1 if len(value) else 0
        order = np.argsort(group * max(values, 1) + value, kind="stable")
        return Cells(
            group[order].astype(np.int64),
            value[order].astype(np.int64),
            persons[order].astype(np.int64),
            values,
        )

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each class begins among the cells."""
        return np.flatnonzero(np.r_[True, np.diff(self.group) > 0]).astype(np.int64)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Weight of each class."""
        return np.add.reduceat(self.persons, self.starts) if len(self.persons) else self.persons

    @property
    def overall(self) -> NDArray[np.float64]:
        """Share of each value in the whole table."""
        counts = np.bincount(self.value, weights=self.persons, minlength=self.values)
        return np.asarray(counts / counts.sum(), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Diversity:
    """The smallest diversity of any class.

    `entropy` is exp of the smallest entropy: the table is entropy l-diverse for every l up to it.
    `c` belongs to `recursive_l`: the table is recursive (c', l)-diverse for every c' above it; None where
    some class has fewer than l values. `short` is the share of persons in classes of one value only.
    """

    distinct: int
    entropy: float
    recursive_l: int
    c: float | None
    short: float


def diversity(cells: Cells, recursive_l: int = 2) -> Diversity | None:
    """Return the diversity of a table; None where there is nobody.

    Recursive (c, l): r₁ < c (r_l + … + r_m), r₁ the most frequent value of the class. What is returned
    is max over classes of r₁ / (r_l + … + r_m).
    """
    if recursive_l < 2:
        raise BadInput("l of recursive diversity is at least 2")
    if not len(cells.persons):
        return None
    starts, sizes = cells.starts, cells.sizes
    lengths = np.diff(np.r_[starts, len(cells.persons)])
    p = cells.persons / np.repeat(sizes, lengths)
    entropy = -np.add.reduceat(p * np.log(p), starts)
    enough = bool(np.all(lengths >= recursive_l))
    most = np.maximum.reduceat(cells.persons, starts)
    tail = sizes - most  # enough for l = 2, and no sorting
    if enough and recursive_l > 2:
        tail = _tail(cells, starts, lengths, recursive_l)
    return Diversity(
        distinct=int(lengths.min()),
        entropy=float(np.exp(entropy.min())),
        recursive_l=recursive_l,
        c=float((most / tail).max()) if enough else None,
        short=float(sizes[lengths == 1].sum() / sizes.sum()),
    )


def _tail(
    cells: Cells, starts: NDArray[np.int64], lengths: NDArray[np.int64], first: int
) -> NDArray[np.int64]:
    """Return per class the persons of all but its `first` − 1 most frequent values."""
    falling = cells.persons[np.lexsort((-cells.persons, cells.group))]
    rank = np.arange(len(falling)) - np.repeat(starts, lengths)
    return np.asarray(np.add.reduceat(np.where(rank >= first - 1, falling, 0), starts))
