"""What rounds of an allocation do to the whole stock: over re-runs on redrawn cohorts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from audit.inference import Estimate
from audit.segregation import correlation_ratio

TOP_SHARE = 0.2

Table = NDArray[np.int64]
Tables = Sequence[Table]


def eta2_change(before: Table, after: Table, minority: int) -> float | None:
    """Return the change of η² of one run; None where a group is absent."""
    start = correlation_ratio(before[:, minority], before.sum(axis=1))
    end = correlation_ratio(after[:, minority], after.sum(axis=1))
    return None if start is None or end is None else end - start


def density_change(before: Table, after: Table, minority: int) -> float | None:
    """Return the literal measure of one run; None where nobody of the minority lived there before."""
    top = concentrated_before(before, minority)
    start = int(before[top, minority].sum())
    return None if start == 0 else int(after[top, minority].sum()) / start - 1


def _runs(before: Tables, after: Tables) -> Iterable[tuple[Table, Table]]:
    return zip(before, after, strict=True)


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
    return _predicted(
        "stock_change", [eta2_change(b, a, minority) for b, a in _runs(before, after)]
    )


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
    changes = [density_change(b, a, minority) for b, a in _runs(before, after)]
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


def _predicted(measure: str, changes: Sequence[float | None]) -> Estimate | None:
    runs = len(changes)
    if runs < 2 or None in changes:
        return None
    values = np.array(changes, dtype=float)
    if values.std() < 1e-12:  # no cohort was drawn anew: a spread of 0 is no evidence
        return None
    se = float(values.std(ddof=1) * np.sqrt(1 + 1 / runs))
    return Estimate(
        measure, "the_next_cohort", float(values.mean()), se, runs - 1, None, {"runs": runs}
    )
