"""Communities on a plane: real names where there are enough, made-up ones beyond; keyed by code."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PERSONS_PER_COMMUNITY = 2062
HOUSEHOLDS_PER_COMMUNITY = 900
FEWEST = 4
ZONES = 3


@dataclass(frozen=True, slots=True)
class Places:
    """The communities of the city, in the order of their index.

    `x`, `y` lie in the unit square; `zone` (0 to 2) is the third of the communities by x, the
    eligibility district of the housing runs. Names repeat: the code is the key.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    street: tuple[str, ...]
    district: tuple[str, ...]
    synthetic: NDArray[np.bool_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    zone: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.code)

    def full_name(self, index: int) -> str:
        """Return the name as an address begins with it."""
        return f"深圳市{self.district[index]}{self.street[index]}{self.name[index]}"


def places(people: int, seed: int) -> Places:
    """Lay out the communities of a city of about `people` persons."""
    with (files("api.demo") / "data" / "divisions_5_levels.csv").open(encoding="utf-8") as body:
        rows = list(csv.DictReader(body))
    n = max(FEWEST, round(people / PERSONS_PER_COMMUNITY))
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    order = rng.permutation(len(rows))
    chosen = sorted(int(i) for i in order[: min(n, len(rows))])
    code, name, street, district, synthetic = [], [], [], [], []
    for k in range(n):
        row = rows[chosen[k % len(chosen)]]
        again = k // len(chosen)
        plain = row["community"].removesuffix("居民委员会").removesuffix("村民委员会")
        code.append(
            row["community_code"] if not again else f"{row['street_code']}{again:01d}{k % 100:02d}"
        )
        name.append(plain if not again else f"{plain}({again + 1})")
        street.append(row["street"])
        district.append(row["district"])
        synthetic.append(bool(again))
    code = _unique(code)
    x, y = rng.random(n), rng.random(n)
    zone = np.empty(n, dtype=np.int64)
    zone[np.argsort(x, kind="stable")] = np.arange(n) * ZONES // n
    return Places(
        tuple(code), tuple(name), tuple(street), tuple(district), np.array(synthetic), x, y, zone
    )


def _unique(codes: list[str]) -> list[str]:
    """Give a made-up code that already stands the next free one of its street."""
    taken: set[str] = set()
    unique = []
    for code in codes:
        tail = int(code[9:])
        while code in taken:
            tail = (tail + 1) % 1000
            code = f"{code[:9]}{tail:03d}"
        taken.add(code)
        unique.append(code)
    return unique


def write_places(where: Places, path: Path) -> None:
    """Write the public list of places; contracts read their domain of communities from it."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(
            ["community", "community_name", "street", "street_name", "district", "district_name",
             "synthetic", "x", "y", "zone"]
        )  # fmt: skip
        for i, code in enumerate(where.code):
            rows.writerow(
                [code, where.name[i], code[:9], where.street[i], code[:6], where.district[i],
                 "yes" if where.synthetic[i] else "no", f"{where.x[i]:.6f}", f"{where.y[i]:.6f}",
                 where.zone[i]]
            )  # fmt: skip
