"""Equivalence classes: persons whom the quasi-identifiers do not tell apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput

BINS = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))
"""Class sizes as the report groups them; 5 and 20 are the standard's lines (1/0.2 and 1/0.05)."""


@dataclass(frozen=True, slots=True)
class Prosecutor:
    """Risk when the intruder knows that the target is in the data.

    `share_at_risk` is the share of persons whose risk passes the threshold, `maximum` the risk of the
    person most exposed, `average` the mean over persons: R_a, R_b, R_c of El Emam, Guide to the
    De-Identification of Personal Health Information (2013), ch. 16. Denominator: persons.
    """

    share_at_risk: float
    maximum: float
    average: float


@dataclass(frozen=True, slots=True)
class Classes:
    """How many classes, and how many persons, there are by size of class.

    `sizes` rises; `classes[i]` is the number of classes of `sizes[i]` persons; `persons[i]` the number
    of persons whose smallest class has that size. With one row a person `persons = sizes × classes`;
    a person with several rows is as exposed as by the rarest of them.
    """

    sizes: NDArray[np.int64]
    classes: NDArray[np.int64]
    persons: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not (len(self.sizes) == len(self.classes) == len(self.persons)):
            raise BadInput("sizes, classes and persons are equally long")
        if len(self.sizes) and (self.sizes[0] < 1 or np.any(np.diff(self.sizes) <= 0)):
            raise BadInput("sizes are at least 1 and rise")

    @staticmethod
    def of(class_sizes: NDArray[np.int64]) -> Classes:
        """Return the classes of these sizes (one entry a class), one row a person."""
        sizes, classes = np.unique(class_sizes, return_counts=True)
        sizes, classes = sizes.astype(np.int64), classes.astype(np.int64)
        return Classes(sizes, classes, sizes * classes)

    @property
    def total(self) -> int:
        """All persons."""
        return int(self.persons.sum())

    @property
    def count(self) -> int:
        """All classes."""
        return int(self.classes.sum())

    @property
    def k(self) -> int | None:
        """Size of the smallest class (Sweeney 2002); None where there is nobody."""
        return int(self.sizes[0]) if self.total else None

    @property
    def uniques(self) -> int:
        """Persons alone in a class (sample uniques)."""
        return int(self.persons[self.sizes == 1].sum())

    def below(self, k: int) -> int:
        """Return the number of persons in a class of fewer than `k`."""
        return int(self.persons[self.sizes < k].sum())

    def prosecutor(self, threshold: float) -> Prosecutor | None:
        """Return the prosecutor's risks; a person is at risk where 1 / size > threshold."""
        if not self.total:
            return None
        risk = 1.0 / self.sizes
        beyond = self.sizes * threshold < 1 - 1e-12
        return Prosecutor(
            float(self.persons[beyond].sum() / self.total),
            float(risk[0]),
            float((self.persons * risk).sum() / self.total),
        )

    def histogram(self) -> list[dict[str, int | None]]:
        """Return classes and persons by the bins of the report, both ends counted in."""
        rows: list[dict[str, int | None]] = []
        for low, high in BINS:
            inside = (self.sizes >= low) & (self.sizes <= (high or np.iinfo(np.int64).max))
            rows.append(
                {
                    "from": low,
                    "to": high,
                    "classes": int(self.classes[inside].sum()),
                    "persons": int(self.persons[inside].sum()),
                }
            )
        return rows
