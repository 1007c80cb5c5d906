"""Made-up numbers with valid checks: ids of regions that do not exist, phones, codes, plates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

UNASSIGNED_PREFIXES = (
    16, 17, 18, 19, 24, 25, 26, 27, 28, 29, 38, 39, 47, 48, 49, 55, 56, 57, 58, 59, 66, 67, 68, 69,
)  # fmt: skip
"""First two digits that GB/T 2260 assigns to no province: no valid number is a real person's."""
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECKS = np.array(list("10X98765432"))
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SERIALS = 500


def resident_ids(serial: Ints, birth: Ints, male: NDArray[np.bool_]) -> list[str]:
    """Return 18-character resident ids, unique by `serial`.

    Parameters
    ----------
    serial
        Number of the person in the whole city, from 0 to 1.2×10⁸.
    birth
        Date of birth as yyyymmdd.
    male
        The sequence number is odd for men (GB 11643-1999 §3.4).
    """
    region = serial // _SERIALS
    prefix = np.array(UNASSIGNED_PREFIXES)[region % len(UNASSIGNED_PREFIXES)]
    place = prefix * 10_000 + 100 + region // len(UNASSIGNED_PREFIXES)
    sequence = (serial % _SERIALS) * 2 + male
    first = place * 10**11 + birth * 1000 + sequence
    digits = (first[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64)) % 10
    checks = _CHECKS[(digits @ _WEIGHTS) % 11]
    return [f"{f}{c}" for f, c in zip(first.tolist(), checks.tolist(), strict=True)]


def old_ids(ids: list[str]) -> list[str]:
    """Return the 15-digit form of ids of people born in the 1900s."""
    return [i[:6] + i[8:17] for i in ids]


def phones(serial: Ints) -> list[str]:
    """Return mobile numbers in a plausible shape, unique by `serial` up to 7×10⁷."""
    scattered = (serial * 48_271 + 12_345) % 99_999_989
    second = 3 + (serial // 10_000_000) % 7
    third = serial % 10
    return [
        f"1{a}{b}{c:08d}"
        for a, b, c in zip(second.tolist(), third.tolist(), scattered.tolist(), strict=True)
    ]


def credit_codes(serial: Ints) -> list[str]:
    """Return organisation credit codes with a valid check (GB 32100-2015, mod 31)."""
    made = []
    for n in serial.tolist():
        first = f"91{UNASSIGNED_PREFIXES[n % 24]}0000{n:09d}"[:17]
        total = sum(pow(3, i, 31) * _CREDIT.index(c) for i, c in enumerate(first))
        made.append(first + _CREDIT[(31 - total % 31) % 31])
    return made


def plates(rng: np.random.Generator, n: int) -> list[str]:
    """Return number plates of the city's shape."""
    letters = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))
    first = letters[rng.integers(0, len(letters), n)]
    rest = rng.integers(0, 100_000, n)
    return [f"粤{a}{b:05d}" for a, b in zip(first.tolist(), rest.tolist(), strict=True)]
