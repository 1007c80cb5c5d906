"""How a question's loss is divided over the tiers, for the error that is wanted. From public sizes alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.tiers.least_squares import Floats, spread_by_family
from privacy.tiers.tree import Tree

TOTAL, EQUAL = "total", "equal"
GRAIN = 1000
"""Shares are whole thousandths: readable, exact, and within 10⁻⁵ of the least error."""
OTHERS = Fraction(1, 20)
"""What each other tier keeps when the error of one named tier is wanted."""
_ROUNDS = 500
_STEP = 1e-30


def split(tree: Tree, wanted: str = TOTAL) -> tuple[Fraction, ...]:
    """Return the share of the loss ρ that each tier is measured with.

    Gaussian noise of variance c/ρ at loss ρ measures tier t with variance c/(share·ρ). The shares of ε
    for Laplace noise (c/(share·ε)²) may be the same ones; they are then not the best.

    Parameters
    ----------
    wanted
        `total`
            the least sum of squared errors over all figures of all tiers, after least squares.
        `equal`
            the smallest worst tier: mean variances after least squares are equal, save where
            a tier that is hardly measured is still the more exact.
        the name of a tier
            its error: all but a twentieth for each other tier, so that those are measured too.

    Returns
    -------
    tuple of Fraction, coarsest first
        Each above 0, in sum exactly 1.

    Raises
    ------
    BadInput
        No such tier.

    Notes
    -----
    The error after least squares is a convex function of the shares (A-optimal design).
    `total` is solved by the multiplicative algorithm, share ← share·√(−∂error/∂share) (Silvey,
    Titterington & Torsney 1978; monotone for this criterion: Yu 2010), with derivatives by a complex step.
    For a named tier alone the best is to measure nothing else: that leaves the finest unknown.

    `total` is the default: where there are N figures in a tier, shares go about as √N. With 16 × 20 × 20
    it makes a community's standard error 0.64 of what equal shares give and a district's 2.9 times
    that; but a district holds 400 times the people, so its relative error remains far smaller.
    """
    if tree.depth == 1:
        return (Fraction(1),)
    if wanted not in (TOTAL, EQUAL):
        named = tree.tier(wanted)
        rest = 1 - OTHERS * (tree.depth - 1)
        return tuple(rest if t == named else OTHERS for t in range(tree.depth))
    sizes = np.array(tree.sizes, np.float64)
    shares = np.sqrt(sizes) / np.sqrt(sizes).sum() if wanted == TOTAL else np.ones(tree.depth)
    shares = shares / shares.sum()
    for _ in range(_ROUNDS):
        grown = shares * (
            np.sqrt(_gains(tree, shares)) if wanted == TOTAL else _means(tree, shares)
        )
        grown /= grown.sum()
        near = bool(np.abs(grown - shares).max() < 1 / (20 * GRAIN))
        shares = grown
        if near:
            break
    return _thousandths(shares)


def _means(tree: Tree, shares: Floats) -> Floats:
    """Return each tier's mean variance after least squares, at noise of variance 1/share."""
    means: Floats = _totals(tree, shares) / np.array(tree.sizes)
    return means


def _gains(tree: Tree, shares: Floats) -> Floats:
    """Return −∂(sum of all variances)/∂share of each tier, exact to rounding."""
    gains = np.empty(tree.depth)
    for tier in range(tree.depth):
        moved = shares.astype(np.complex128)
        moved[tier] += _STEP * 1j
        gains[tier] = -_totals(tree, moved).sum().imag / _STEP
    return gains


def _totals(tree: Tree, shares: NDArray[Any]) -> NDArray[Any]:
    """Return the sum of the variances of each tier after least squares."""
    _, final = spread_by_family(tree, list(1 / shares))
    finest = (final[-1] * tree.families[-1].sizes).sum()
    return np.array([*(f.sum() for f in final[:-1]), finest])


def _thousandths(shares: Sequence[float] | Floats) -> tuple[Fraction, ...]:
    """Round to thousandths, at least one each, in sum exactly 1: largest remainders."""
    exact = np.maximum(np.asarray(shares) * GRAIN, 1)
    exact *= GRAIN / exact.sum()
    whole = np.maximum(np.floor(exact), 1).astype(int)
    for place in np.argsort(whole - exact, kind="stable")[: GRAIN - int(whole.sum())]:
        whole[place] += 1
    whole[int(np.argmax(whole))] += GRAIN - int(whole.sum())
    return tuple(Fraction(int(n), GRAIN) for n in whole)
