"""The sorting excess S: do groups end up more apart than a lottery would put them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from audit.allocation.placements import Placements
from audit.inference import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_REDRAWS = 999
BOOTSTRAPS = 200


def sorting_excess(
    rounds: Sequence[Placements], rng: np.random.Generator, redraws: int = LEAST_REDRAWS
) -> Estimate | None:
    """Return S: leave-own-household-out η² among the placed, less its mean over redraws.

    A redraw moves whole households within strata (homes of one size in one district), capacities
    fixed: household counts are multivariate hypergeometric.

    Parameters
    ----------
    rounds
        One round, or several: then the mean over rounds, weighted by their homes.

    Returns
    -------
    About 0 for a lottery, towards 1 when groups are put apart; None when a group was not placed or
    most of the minority have no neighbours: homes that are called places of their own.
    `details` holds the redraws' mean and the p value (with +1).

    Notes
    -----
    Variance = redraw variance + max(0, bootstrap variance of households − the same on a lottery):
    the redraw variance alone is too small off the null.
    """
    if not rounds or any(0 in r.persons or not _have_neighbours(r) for r in rounds):
        return None
    weights = np.array([r.homes for r in rounds], dtype=float)
    weights /= weights.sum()
    observed, null, variance = 0.0, np.zeros(redraws), 0.0
    for weight, placed in zip(weights, rounds, strict=True):
        tables = _redraw(placed, rng, redraws)
        observed += (
            weight * _left_out_eta2(placed.minority[None], placed.every[None], placed.size)[0]
        )
        null += weight * _left_out_eta2(tables, placed.every[None], placed.size)
        here = _bootstrap_variance(placed.minority, placed, rng)
        variance += weight**2 * max(0.0, here - _bootstrap_variance(tables[0], placed, rng))
    mean, chance = float(null.mean()), float(null.var(ddof=1))
    p_value = (1 + int((null >= observed).sum())) / (redraws + 1)
    return Estimate(
        "sorting_excess",
        "the_mechanism",
        float(observed - mean),
        float(np.sqrt(chance + variance)),
        None,
        float(np.sqrt(chance)),
        {"null_mean": mean, "p_value": p_value, "redraws": redraws, "rounds": len(rounds)},
    )


def _have_neighbours(placed: Placements) -> bool:
    """Tell whether at least half of the minority's persons share their place with another household."""
    persons = placed.size @ placed.every
    h = placed.size[:, None]
    met = ((persons[None, :] - h > 0) * placed.minority * h).sum()
    return bool(2 * met >= placed.persons[0])


def _left_out_eta2(
    minority: NDArray[np.int64], every: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return η² with one's own household left out, for each table (tables × strata × communities)."""
    h = size.astype(float)[None, :, None]
    m_c = (minority * h).sum(axis=1, keepdims=True)
    n_c = (every * h).sum(axis=1, keepdims=True)
    others = n_c - h
    with np.errstate(invalid="ignore", divide="ignore"):
        met = np.where(others > 0, (m_c - h) / others, 0.0)
    weight = np.where(others > 0, minority * h, 0.0)
    total = weight.sum(axis=(1, 2))
    own = (weight * met).sum(axis=(1, 2)) / np.where(total > 0, total, 1.0)
    share = m_c.sum(axis=(1, 2)) / n_c.sum(axis=(1, 2))
    eta2: NDArray[np.float64] = (own - share) / (1 - share)
    return eta2


def _redraw(placed: Placements, rng: np.random.Generator, redraws: int) -> NDArray[np.int64]:
    tables = np.zeros((redraws, *placed.every.shape), dtype=np.int64)
    for s, homes in enumerate(placed.every):
        drawn = int(placed.minority[s].sum())
        if homes.sum() and drawn:
            tables[:, s] = rng.multivariate_hypergeometric(
                homes, drawn, size=redraws, method="marginals"
            )
    return tables


def _bootstrap_variance(
    minority: NDArray[np.int64], placed: Placements, rng: np.random.Generator
) -> float:
    """Variance of η² when households are drawn anew, with replacement, within strata."""
    cells = np.stack([minority, placed.every - minority], axis=-1)
    drawn = np.zeros((BOOTSTRAPS, *cells.shape), dtype=np.int64)
    for s in range(len(cells)):
        n = int(cells[s].sum())
        if n:
            flat = rng.multinomial(n, cells[s].ravel() / n, size=BOOTSTRAPS)
            drawn[:, s] = flat.reshape(BOOTSTRAPS, *cells[s].shape)
    values = _left_out_eta2(drawn[..., 0], drawn.sum(axis=-1), placed.size)
    return float(values.var(ddof=1))
