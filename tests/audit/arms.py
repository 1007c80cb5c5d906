"""The arms of the synthetic city, driven without writing a file: rounds → counts → measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.demo.housing import STRATA, Arm, History, Round, simulate
from api.demo.housing_rounds import SIZES
from api.demo.places import PERSONS_PER_COMMUNITY, ZONES, Places, places
from audit.allocation import (
    Placements,
    literal_density_change,
    sorting_excess,
    steering_gap,
    stock_change,
)
from audit.inference import Estimate

RERUNS = 20
INPUTS = frozenset({"moves", "units", "stock", "reruns"})
MIGRANT = 0
Table = NDArray[np.int64]


@dataclass(frozen=True)
class Played:
    """One arm in one city: the first round's counts, and the stock after each re-run."""

    first: Placements
    before: Table
    after: tuple[Table, ...]

    def estimates(self, seed: int = 1) -> dict[str, Estimate | None]:
        """The four measures that the housing policy judges in a city without new estates."""
        before = [self.before] * len(self.after)
        return {
            "steering_gap": steering_gap([self.first]),
            "sorting_excess": sorting_excess([self.first], np.random.default_rng(seed)),
            "stock_change": stock_change(before, self.after, MIGRANT),
            "literal_density_change": literal_density_change(before, self.after, MIGRANT),
        }


def laid_out(communities: int, seed: int) -> Places:
    """The places of a city of so many communities."""
    return places(communities * PERSONS_PER_COMMUNITY, seed)


def persons(start: History, community: Table) -> Table:
    """Migrants and locals by community."""
    homes, n = start.homes, len(start.where)
    everybody = np.bincount(community, homes.size, n)
    migrants = np.bincount(community[homes.migrant], homes.size[homes.migrant], n)
    return np.column_stack([migrants, everybody - migrants]).astype(np.int64)


def counted(start: History, r: Round, stock: Table) -> Placements:
    """Households by stratum (zone × size) × community of one round."""
    n = len(start.where)
    stratum = start.where.zone[r.placed] * SIZES + start.homes.size[r.movers] - 1
    migrant = start.homes.migrant[r.movers]
    cell = stratum * n + r.placed

    def table(which: NDArray[np.bool_]) -> Table:
        return np.bincount(cell[which], minlength=STRATA * n).reshape(STRATA, n).astype(np.int64)

    share = stock[:, MIGRANT] / stock.sum(axis=1)
    size = np.tile(np.arange(1, SIZES + 1), ZONES)
    return Placements(table(migrant), table(np.ones_like(migrant)), size, share)


def first_rounds(start: History, arm: Arm, seed: int, runs: int) -> Iterator[Placements]:
    """The first round of an arm, again and again on redrawn cohorts."""
    stock = persons(start, start.community)
    for run in range(runs):
        r = next(iter(simulate(start, arm, seed, run, rounds=1)))
        yield counted(start, r, stock)


def play(start: History, arm: Arm, seed: int, reruns: int = RERUNS) -> Played:
    """Play an arm: run 0 is judged, the re-runs foretell the next cohort."""
    before = persons(start, start.community)
    first, after = None, []
    for run in range(reruns + 1):
        now = start.community.copy()
        for r in simulate(start, arm, seed, run):
            if first is None:
                first = counted(start, r, before)
            now[r.movers] = r.placed
        if run:
            after.append(persons(start, now))
    assert first is not None
    return Played(first, before, tuple(after))
