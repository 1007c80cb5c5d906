"""What one person can change in a vector of integers, in integers: no float meets noise."""

from __future__ import annotations

from dataclasses import dataclass

from privacy.query.plan import Bounds


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Largest change that adding or removing one person makes to a vector of integers.

    `l0` cells at most, `l1` in sum, `l2_squared` in sum of squares, `linf` in any one cell.
    """

    l0: int
    l1: int
    l2_squared: int
    linf: int

    def __post_init__(self) -> None:
        if min(self.l0, self.l1, self.l2_squared, self.linf) < 1:
            raise ValueError("a sensitivity is at least 1")


def of_rows(
    bounds: Bounds, magnitude: int = 1, spread: int | None = None, cells: int | None = None
) -> Sensitivity:
    """Return the sensitivity of sums by group of values within ±`magnitude` (1: counts).

    A person holds K pseudonyms of L rows that lie in G groups each, and all of them may share one cell:
    L2 is K·L·magnitude, not its square root. Where a row is shared (`bounds.shared`) one person moves
    it from one cell to another or changes its value within the cell by at most `spread` (high − low;
    for counts 1): two cells by `magnitude` each, or one by `spread`. No more than the `cells` of
    the vector change (None: not known).
    """
    rows = bounds.pseudonyms * bounds.rows
    touched = bounds.pseudonyms * bounds.groups
    if not bounds.shared:
        most = rows * magnitude
        return Sensitivity(_at_most(touched, cells), most, most**2, most)
    linf = rows * max(magnitude, magnitude if spread is None else spread)
    if cells == 1:
        return Sensitivity(1, linf, linf**2, linf)
    l1, l2_squared = 2 * rows * magnitude, 2 * (rows * magnitude) ** 2
    return Sensitivity(_at_most(2 * touched, cells), max(l1, linf), max(l2_squared, linf**2), linf)


def of_persons(bounds: Bounds, cells: int | None = None) -> Sensitivity:
    """Return the sensitivity of counts of distinct persons by group.

    A pseudonym counts once in each of its G groups at most, and a person's K pseudonyms may
    lie in the same ones: L1 = K·G, L2² = K²·G. (A shared row can leave one group for another.)
    """
    k, groups = bounds.pseudonyms, bounds.groups * (2 if bounds.shared else 1)
    each = _at_most(groups, cells)
    return Sensitivity(_at_most(k * groups, cells), k * each, k * k * each, k)


def of_contributions(bounds: Bounds) -> Sensitivity:
    """Return the sensitivity of counts of pseudonyms by their number of rows: each stands in one place.

    A person's K pseudonyms may share it; changing shared rows moves them to another place.
    """
    k, places = bounds.pseudonyms, 2 if bounds.shared and bounds.stored > 1 else 1
    return Sensitivity(_at_most(places * k, bounds.stored), places * k, places * k * k, k)


def _at_most(touched: int, cells: int | None) -> int:
    return touched if cells is None else max(1, min(touched, cells))
