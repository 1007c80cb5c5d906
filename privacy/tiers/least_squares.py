"""Least squares on the tree: of all unbiased estimates that add up, the ones of least variance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput
from privacy.tiers.tree import Families, Tree

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The variances that follow from the tree and the noise alone: public before anything is drawn.

    `noise` is the variance of each tier's noise; `below` (nodes,) a tier, the variance of a node's
    best estimate from what was measured in it and under it; `final` (nodes,) a tier, the variance of
    its least-squares estimate.
    """

    noise: tuple[float, ...]
    below: tuple[Floats, ...]
    final: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Least-squares estimates (nodes, m) a tier, coarsest first, and what is known of their error."""

    values: tuple[Floats, ...]
    spread: Spread


def checked_variances(tree: Tree, variances: Sequence[float]) -> tuple[float, ...]:
    """Return the tiers' variances, or refuse them.

    Raises
    ------
    BadInput
        Not one a tier, NaN, 0 or less, or the finest tier was not measured: what lies
        below the finest measured tier is not known, and undefined is never 0.
    """
    found = tuple(float(v) for v in variances)
    if len(found) != tree.depth:
        raise BadInput("each tier has one variance of noise", where="tiers")
    if not all(v > 0 for v in found):
        raise BadInput(
            "a variance of noise is above 0, or infinite where unmeasured", where="tiers"
        )
    if math.isinf(found[-1]):
        raise BadInput(
            "the finest tier was not measured", where="tiers", todo="group by a measured tier"
        )
    return found


def spread(tree: Tree, variances: Sequence[float]) -> Spread:
    """Return the exact variance of every estimate.

    Parameters
    ----------
    variances
        Of one tier's noise, coarsest first; `inf` where a tier was not measured.

    Notes
    -----
    Up: 1/below = 1/noise + 1/Σ below of the children. Down, with r = below/Σ below among siblings and
    V the parent's final variance: final = below·(1 − r) + r²·V. These are the variances of Gaussian
    conditioning on a tree (Hay et al. 2010, §4 for equal fan-out and noise); every term is ≥ 0, so
    nothing cancels.
    """
    noise = checked_variances(tree, variances)
    below, final = spread_by_family(tree, [np.asarray(v, np.float64) for v in noise])
    finest = np.full(tree.sizes[-1], noise[-1])
    if tree.depth == 1:
        return Spread(noise, (finest,), (finest,))
    return Spread(noise, (*below, finest), (*final[:-1], final[-1][tree.parents[-1]]))


def spread_by_family(
    tree: Tree, noise: Sequence[NDArray[Any]]
) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Return `below` of all tiers but the finest, and `final` of all, the finest's once a family.

    Nodes of the finest tier with one parent are alike. Arithmetic only, so that a complex step in the
    noise differentiates it. A tree of one tier has no family: both are empty.
    """
    below: list[NDArray[Any]] = []
    sums: list[NDArray[Any]] = []
    for families, own in zip(reversed(tree.families), reversed(noise[:-1]), strict=True):
        children = (
            families.sums(families.gathered(below[0])) if below else families.sizes * noise[-1]
        )
        sums.insert(0, children)
        # children·noise/(noise + children), which stays right where noise is infinite
        below.insert(0, children / (1 + children / own))
    final = below[:1]
    for tier, known in enumerate(below[1:]):
        parents = tree.parents[tier]
        part = known / sums[tier][parents]
        final.append(known * (1 - part) + part**2 * final[tier][parents])
    if sums:
        part = noise[-1] / sums[-1]
        final.append(noise[-1] * (1 - part) + part**2 * final[-1])
    return below, final


def least_squares(
    tree: Tree, measured: Sequence[NDArray[np.int64]], variances: Sequence[float]
) -> Estimates:
    """Estimate every node from what was measured at every tier.

    Parameters
    ----------
    measured
        (nodes, m) a tier, coarsest first: true figures plus independent noise of mean 0. What
        stands in a tier of infinite variance is not looked at.
    variances
        Of one tier's noise; `inf` where a tier was not measured.

    Returns
    -------
    Estimates
        Unbiased; children add up to their parent to within rounding of doubles; of least variance
        among all linear unbiased estimates (Gauss–Markov): the dense generalised least squares, in
        two passes and memory linear in the tree. A column depends on that column alone.

    Raises
    ------
    BadInput
        Shapes that do not fit the tree, or a variance out of range.
    """
    public = spread(tree, variances)
    columns = _columns(tree, measured)
    up = [np.ascontiguousarray(columns[-1].T, np.float64)]
    sums: list[Floats] = []
    for tier in reversed(range(tree.depth - 1)):
        families, noise = tree.families[tier], public.noise[tier]
        children = families.sums(families.gathered(up[0]))
        sums.insert(0, children)
        if math.isinf(noise):
            up.insert(0, children)
            continue
        weight = public.below[tier] / noise
        up.insert(0, children + weight * (columns[tier].T - children))
    values = [up[0]]
    for tier, families in enumerate(tree.families):
        shift = (values[tier] - sums[tier]) / _total(families, public.below[tier + 1])
        values.append(up[tier + 1] + public.below[tier + 1] * shift[:, tree.parents[tier]])
    return Estimates(tuple(np.ascontiguousarray(v.T) for v in values), public)


def _total(families: Families, below: Floats) -> Floats:
    total: Floats = families.sums(families.gathered(below))
    return total


def _columns(tree: Tree, measured: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    arrays = [np.asarray(a) for a in measured]
    if len(arrays) != tree.depth:
        raise BadInput("each tier has one array of figures", where="tiers")
    for name, array, nodes in zip(tree.names, arrays, tree.sizes, strict=True):
        if array.ndim != 2 or array.shape != (nodes, arrays[-1].shape[-1]):
            raise BadInput("figures are of shape (nodes, m)", where=f"tier {name}")
        if array.dtype.kind not in "iu":
            raise BadInput("measured figures are integers", where=f"tier {name}")
    return arrays
