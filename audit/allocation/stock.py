"""What rounds of an allocation do to the whole stock: over re-runs on redrawn cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from audit.inference import Estimate
from audit.segregation import correlation_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_RUNS = 20
TOP_SHARE = 0.2

Tables = Sequence["NDArray[np.int64]"]


def stock_change(before: Tables, after: Tables, minority: int) -> Estimate | None:
    """Return the change of the stock's η² over the rounds, predicted for the next cohort.

    Parameters
    ----------
    before, after
        One table (units × groups) a re-run, persons.
    minority
        Column of the minority.

    Returns
    -------
    None with fewer than two re-runs or an absent group. The standard error is that of
    prediction, sd·√(1 + 1/R): more re-runs do not make the next cohort surer.
    """
    changes = []
    for b, a in zip(before, after, strict=True):
        start = correlation_ratio(b[:, minority], b.sum(axis=1))
        end = correlation_ratio(a[:, minority], a.sum(axis=1))
        if start is None or end is None:
            return None
        changes.append(end - start)
    return _predicted("stock_change", changes)


def concentrated_before(table: NDArray[np.int64], minority: int) -> NDArray[np.bool_]:
    """Return the fixed top fifth of the units by the minority's share before (plan §5.4).

    The set is fixed beforehand; empty units are never in it; of equals the earlier unit.
    """
    totals = table.sum(axis=1)
    share = np.where(totals > 0, table[:, minority] / np.maximum(totals, 1), -1.0)
    chosen = np.zeros(len(table), dtype=bool)
    count = max(1, round(TOP_SHARE * int((totals > 0).sum())))
    chosen[np.argsort(-share, kind="stable")[:count]] = True
    return chosen


def literal_density_change(before: Tables, after: Tables, minority: int) -> Estimate | None:
    """Return the plan's literal measure (§5.4): relative change of migrants where they concentrated.

    The number of the minority in the fixed top fifth of units, after over before, less one; over
    re-runs, predicted for the next cohort. None where that number is 0 before.
    """
    changes = []
    for b, a in zip(before, after, strict=True):
        top = concentrated_before(b, minority)
        start = int(b[top, minority].sum())
        if start == 0:
            return None
        changes.append(int(a[top, minority].sum()) / start - 1)
    return _predicted("literal_density_change", changes)


def redrawn_share(before: Tables, after: Tables) -> float:
    """Return how much the re-runs differ from each other, over how much they change the stock.

    Half the sum of |after − mean after|, mean over runs, over half the sum of |mean after − before|.
    Copies of one run with a person moved here and there have nearly 0; cohorts drawn anew do not.
    0 without re-runs.
    """
    if len(after) < 2:
        return 0.0
    ends = np.stack(after).astype(float)
    mean = ends.mean(axis=0)
    moved = float(np.abs(mean - before[0]).sum())
    apart = float(np.abs(ends - mean).sum(axis=(1, 2)).mean())
    return apart / moved if moved > 0 else 0.0


def _predicted(measure: str, changes: Sequence[float]) -> Estimate | None:
    runs = len(changes)
    if runs < 2:
        return None
    values = np.array(changes)
    if values.std() < 1e-12:  # no cohort was drawn anew: a spread of 0 is no evidence
        return None
    se = float(values.std(ddof=1) * np.sqrt(1 + 1 / runs))
    return Estimate(
        measure, "the_next_cohort", float(values.mean()), se, runs - 1, None, {"runs": runs}
    )
