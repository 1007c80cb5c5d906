"""Exact counts: confidential; they go from counting to the noise and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from privacy.query.expressions import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ExactCounts:
    """The plan's statistics, exact.

    Parameters
    ----------
    vectors
        By the statistic's name, 64-bit integers of shape `(groups,)`, or for statistics of kind `values`
        `(groups, bins or values)`. Groups are the product of the keys' domains, last key fastest, empty
        ones 0; of a plan with tiers the place key runs over the places of the statistic's tier.
    groups
        Where groups are unknown: the combinations of codes that occur, in the vectors' order. Else None.
    """

    vectors: Mapping[str, NDArray[np.int64]] = field(repr=False)
    groups: tuple[tuple[Value, ...], ...] | None = field(default=None, repr=False)
