"""Persons, a block of communities at a time: the truth from which the extracts are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from privacy.fabrication import DoorAddresses, full_names, phones, resident_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.demo.households import Households
    from api.demo.places import Places

BLOCK = 24
"""Communities a block: about 50,000 persons in memory at a time, whatever the city's size."""
ADULT_BANDS = ((18, 46), (46, 60), (60, 90))
AGES_MIGRANT = (0.683 / 0.86, 0.088 / 0.86, 0.089 / 0.86)
AGES_LOCAL = (0.54, 0.26, 0.20)
ELSEWHERE_MIGRANT, ELSEWHERE_LOCAL = 0.683, 0.12
REFERENCE_YEAR = 2026


@dataclass(frozen=True, slots=True)
class People:
    """A block of persons, one entry each; the first of a household is an adult."""

    index: NDArray[np.int64]
    household: NDArray[np.int64]
    community: NDArray[np.int64]
    registered: NDArray[np.int64]
    migrant: NDArray[np.bool_]
    male: NDArray[np.bool_]
    birth: NDArray[np.int64]
    resident_id: list[str]
    name: list[str]
    phone: list[str]
    actual_address: list[str]
    registered_address: list[str]

    def __len__(self) -> int:
        return len(self.index)

    @property
    def age(self) -> NDArray[np.int64]:
        """Completed years at the start of the reference year (to a year)."""
        return REFERENCE_YEAR - 1 - self.birth // 10_000


def block_rng(seed: int, part: int, block: int) -> np.random.Generator:
    """Return the generator of one part of one block: parts and blocks do not disturb each other."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(part, block)))


def people_blocks(where: Places, homes: Households, seed: int) -> Iterator[People]:
    """Yield the persons of the city, block by block, reproducibly."""
    addresses = DoorAddresses([where.full_name(i) for i in range(len(where))])
    first_of = np.searchsorted(homes.community, np.arange(len(where) + 1))
    persons_before = np.concatenate([[0], np.cumsum(homes.size)])
    for block, low in enumerate(range(0, len(where), BLOCK)):
        high = min(low + BLOCK, len(where))
        rng = block_rng(seed, 4, block)
        chosen = np.arange(first_of[low], first_of[high])
        household = np.repeat(chosen, homes.size[chosen])
        index = np.arange(persons_before[chosen[0]], persons_before[chosen[-1] + 1])
        head = np.concatenate([[True], household[1:] != household[:-1]])
        yield _people(rng, index, household, head, homes, addresses, len(where))


def _people(
    rng: np.random.Generator,
    index: NDArray[np.int64],
    household: NDArray[np.int64],
    head: NDArray[np.bool_],
    homes: Households,
    addresses: DoorAddresses,
    communities: int,
) -> People:
    n = len(index)
    migrant, community = homes.migrant[household], homes.community[household]
    male = rng.random(n) < 0.51
    birth = _births(rng, migrant, head)
    elsewhere = rng.random(n) < np.where(migrant, ELSEWHERE_MIGRANT, ELSEWHERE_LOCAL)
    shift = rng.integers(1, communities, n)  # never 0: another community than one's own
    registered = np.where(elsewhere, (community + shift) % communities, community)
    return People(
        index=index,
        household=household,
        community=community,
        registered=registered,
        migrant=migrant,
        male=male,
        birth=birth,
        resident_id=resident_ids(index, birth, male),
        name=full_names(rng, male),
        phone=phones(index),
        actual_address=addresses.draw(rng, community),
        registered_address=addresses.draw(rng, registered),
    )


def _births(
    rng: np.random.Generator, migrant: NDArray[np.bool_], head: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Draw dates of birth: heads are adults; of the others some are children (plan §1.1, §2.2)."""
    n = len(migrant)
    u, child = rng.random(n), (rng.random(n) < 0.27) & ~head
    edges = np.where(migrant[:, None], np.cumsum(AGES_MIGRANT)[:2], np.cumsum(AGES_LOCAL)[:2])
    band = (u[:, None] > edges).sum(axis=1)
    low = np.array([b[0] for b in ADULT_BANDS])[band]
    high = np.array([b[1] for b in ADULT_BANDS])[band]
    age = np.where(child, rng.integers(0, 18, n), low + (rng.random(n) * (high - low)).astype(int))
    month, day = rng.integers(1, 13, n), rng.integers(1, 29, n)
    births: NDArray[np.int64] = (REFERENCE_YEAR - 1 - age) * 10_000 + month * 100 + day
    return births
