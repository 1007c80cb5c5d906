"""From a budget to the least noise that keeps it: each scale starts from OpenDP's map and ends checked by it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from policies.errors import BadInput
from privacy.noise.measurements import Measurement, epsilon_of

LARGEST_SCALE = float(2**55)
"""Noise of this scale passes 2⁶² with probability below e⁻¹²⁷: a 64-bit integer within ±2⁶² never saturates."""
SMALLEST_SCALE = 0.05
LARGEST_RHO = 200.0
LARGEST_PURE_EPSILON = 20.0
"""Losses beyond these protect nobody: noise on a count of persons would have a scale of a twentieth."""


def least_scale(
    made: Callable[[float], Measurement],
    lost: Callable[[Measurement], float],
    wanted: float,
    keeps: Callable[[Measurement], bool],
) -> float:
    """Return the least scale, to about 2⁻⁴⁸ of itself, whose measurement keeps a budget.

    Parameters
    ----------
    made
        The measurement at a scale.
    lost
        What it loses, with the dimension of 1/scale.
    wanted, keeps
        What may be lost so, and the exact judgement.

    Raises
    ------
    BadInput
        The scale would be too small to protect anybody, or so large that nothing but noise is left.
    """
    scale = lost(made(1.0)) / wanted if wanted > 0 else math.inf
    if not scale <= LARGEST_SCALE:
        raise BadInput(
            "so small a loss leaves nothing but noise", where="query", todo="ask for a larger one"
        )
    if scale < SMALLEST_SCALE:
        raise protects_nobody()
    step = 2.0**-50
    while not keeps(made(scale)):
        scale *= 1 + step
        step *= 2
    return scale


def least_threshold(made: Callable[[int], Measurement], linf: int, delta: float) -> int:
    """Return the least threshold whose measurement has at most this δ.

    The δ falls with the threshold; the search doubles and halves its steps.
    """
    high = step = linf + 1
    if made(high).loss()[1] <= delta:
        return high
    while made(high).loss()[1] > delta:
        low, high, step = high, high + step, step * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if made(middle).loss()[1] <= delta else (middle, high)
    return high


@lru_cache(maxsize=256)
def largest_rho(epsilon: float, delta: float) -> float:
    """Return the largest ρ, to about 2⁻⁴⁰ of itself, whose (ε, δ) by OpenDP's conversion is within ε.

    Starts from Canonne, Kamath & Steinke 2020, Corollary 13, solved for ρ: for each α > 1,
    ρ = (ε − (ln(1/δ) + α ln(1 − 1/α) − ln(α − 1)) / (α − 1)) / α is enough.

    Raises
    ------
    BadInput
        It is above `LARGEST_RHO`.
    """

    def enough(x: float) -> float:
        above = math.exp(x)  # α − 1
        paid = (-math.log(delta) + (1 + above) * (math.log(above) - math.log1p(above)) - x) / above
        return (epsilon - paid) / (1 + above)

    low, high = math.log(1e-4), math.log(1e12)
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(120):  # golden section: one maximum
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (left, high) if enough(left) < enough(right) else (low, right)
    rho, step = enough(low), 2.0**-50
    if rho > LARGEST_RHO:
        raise protects_nobody()
    while rho > 0 and epsilon_of(rho, delta) > epsilon:
        rho *= 1 - step
        step *= 2
    return max(rho, 0.0)


def protects_nobody() -> BadInput:
    """Return the refusal of a loss that is no protection any more."""
    return BadInput("so large a loss protects nobody", where="query", todo="ask for a smaller one")
