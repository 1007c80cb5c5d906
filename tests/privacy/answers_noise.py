"""Noise drawn from exact probabilities, apart from the code under test, and statistics that carry it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from privacy.answers import Noise, Noisy

RUNS = 20_000


def probabilities(mechanism: str, scale: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Integers and their probabilities: exp(−x²/2σ²) or exp(−|x|/b), normalised."""
    laplace = "laplace" in mechanism
    reach = int(np.ceil((40 if laplace else 12) * scale)) + 2
    x = np.arange(-reach, reach + 1)
    weights = np.exp(-np.abs(x) / scale) if laplace else np.exp(-(x**2) / (2 * scale**2))
    return x, weights / weights.sum()


def drawn(
    truth: int, mechanism: str, scale: float, rng: np.random.Generator, runs: int = RUNS
) -> Noisy:
    """The same true figure, measured `runs` times: each run stands as a group of its own."""
    x, p = probabilities(mechanism, scale)
    return Noisy(truth + rng.choice(x, size=runs, p=p), Noise(mechanism, scale))


def standard_error(share: float, runs: int = RUNS) -> float:
    """Of a share that is counted in `runs` runs."""
    return float(np.sqrt(share * (1 - share) / runs))
