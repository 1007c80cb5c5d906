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
        Of statistics that noisy max measures, the places chosen, of shape `(groups, n)`. Kind `values` with a level
        (a quantile): n = 3, the bin of the point and the first and last bin of its interval, which holds the bin of the
        true quantile with the confidence that `Measured.choice` states; bin i is [grid[i], grid[i + 1]).
        Kind `values` without a level (`top`): the places in `domain` of the `most` commonest, best first. Kind
        `contributions`: n = 1, and place i stands for i + 1 rows.
    groups
        The groups that passed the threshold, where they were unknown; else None.
    """

    vectors: Mapping[str, NDArray[np.int64]]
    choices: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    groups: tuple[tuple[Value, ...], ...] | None = None
