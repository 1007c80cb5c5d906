"""A charge: what a release costs, in integers, so that sums are exact and order does not matter."""

from __future__ import annotations

from dataclasses import dataclass

NANO = 1_000_000_000
"""Nano-ρ in one ρ."""
ATTO = 1_000_000_000_000_000_000
"""Atto-δ in one δ."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A privacy loss.

    zCDP composes by adding ρ (Bun & Steinke 2016, Lemma 1.7); the δ of thresholds adds up too.
    """

    nano_rho: int
    atto_delta: int = 0

    def __post_init__(self) -> None:
        if self.nano_rho < 0 or self.atto_delta < 0:
            raise ValueError("a charge must not be negative")

    def __add__(self, other: Charge) -> Charge:
        return Charge(self.nano_rho + other.nano_rho, self.atto_delta + other.atto_delta)
