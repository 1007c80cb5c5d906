"""Households: where they live, how many they are, who they are, and the trade that tells on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.demo.places import HOUSEHOLDS_PER_COMMUNITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.demo.places import Places

SIZES_MIGRANT = (0.35, 0.30, 0.22, 0.13)
SIZES_LOCAL = (0.20, 0.30, 0.30, 0.20)
KERNEL_WIDTH = 0.12
INTERCEPT, SLOPE = 0.5, 0.8


@dataclass(frozen=True, slots=True)
class Households:
    """One entry a household: community index, size (1 to 4), migrant or not, trade (0 or 1)."""

    community: NDArray[np.int64]
    size: NDArray[np.int64]
    migrant: NDArray[np.bool_]
    trade: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.community)


def migrant_chances(where: Places, seed: int) -> NDArray[np.float64]:
    """Return each community's chance that a household is migrant: logistic(0.5 + 0.8 z).

    z is a Gaussian kernel smooth (width .12) of independent normals at the communities' points,
    standardised.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,)))
    noise = rng.standard_normal(len(where))
    field = np.empty(len(where))
    for i in range(len(where)):  # row by row: the whole matrix would not fit for 10 million people
        d2 = (where.x - where.x[i]) ** 2 + (where.y - where.y[i]) ** 2
        weights = np.exp(-d2 / (2 * KERNEL_WIDTH**2))
        field[i] = weights @ noise / weights.sum()
    z = (field - field.mean()) / field.std()
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-(INTERCEPT + SLOPE * z)))
    return chances


def households(where: Places, seed: int, proxy: float = 0.75) -> Households:
    """Draw the households of the city.

    Parameters
    ----------
    proxy
        Share of households whose trade agrees with their status.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    chances = migrant_chances(where, seed)
    community = np.repeat(np.arange(len(where)), HOUSEHOLDS_PER_COMMUNITY)
    counts = rng.binomial(HOUSEHOLDS_PER_COMMUNITY, chances)
    migrant = np.tile(np.arange(HOUSEHOLDS_PER_COMMUNITY), len(where)) < np.repeat(
        counts, HOUSEHOLDS_PER_COMMUNITY
    )
    u = rng.random(len(community))
    size = np.where(
        migrant,
        1 + np.searchsorted(np.cumsum(SIZES_MIGRANT)[:3], u, side="right"),
        1 + np.searchsorted(np.cumsum(SIZES_LOCAL)[:3], u, side="right"),
    )
    agrees = rng.random(len(community)) < proxy
    trade = np.where(agrees, migrant, ~migrant).astype(np.int64)
    return Households(community, size.astype(np.int64), migrant, trade)
