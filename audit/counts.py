"""Counts: all that an audit of segregation needs of the data, and how it asks for private ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from policies.errors import BadInput

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Counts:
    """Persons by unit and group.

    Parameters
    ----------
    table
        Integers, units × groups, none negative.
    units, groups
        Their names, in the order of the table.
    noise_variance
        Variance of the noise on each cell; 0 for an exact census.
    """

    table: NDArray[np.int64]
    units: tuple[str, ...]
    groups: tuple[str, ...]
    noise_variance: float = 0.0

    def __post_init__(self) -> None:
        if self.table.shape != (len(self.units), len(self.groups)):
            raise BadInput("a table has a row a unit and a column a group", where="counts")
        if self.noise_variance == 0 and (self.table < 0).any():
            raise BadInput("an exact count is not negative", where="counts")

    def pair(self, minority: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the minority's counts by unit and the unit's totals."""
        if minority not in self.groups:
            raise BadInput("there is no such group", where="--minority")
        return self.table[:, self.groups.index(minority)], self.table.sum(axis=1)

    def smaller_group(self) -> str:
        """Return the name of the smaller group; of equals, the first by name."""
        totals = self.table.sum(axis=0).tolist()
        return min(zip(totals, self.groups, strict=True))[1]


@dataclass(frozen=True, slots=True)
class CountRequest:
    """An audit's wish for private counts; a workflow turns it into a plan, and it pays."""

    dataset: str
    axes: tuple[str, ...]
    purpose: str
    epsilon: float
    where: Mapping[str, str] = field(default_factory=dict)
