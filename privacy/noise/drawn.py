"""What the noise leaves: integers that may be released, and nothing exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from privacy.query.expressions import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Drawn:
    """The statistics of a plan with their noise, shaped as in `ExactCounts`.

    Parameters
    ----------
    vectors
        Noisy 64-bit integers by the statistic's name, of shape `(groups,)`.
    choices
        Of statistics of kind `values`, which noisy max measures: the places chosen in the grid or domain, of
        shape `(groups, n)`. For a quantile n = 3: the point, the interval's lower and upper end; for `top`
        the places of the largest, best first.
    groups
        The groups that passed the threshold, where they were unknown; else None.
    """

    vectors: Mapping[str, NDArray[np.int64]]
    choices: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    groups: tuple[tuple[Value, ...], ...] | None = None
