"""Trees, cities and exact discrete Gaussian noise that the tests of the tiers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from privacy.tiers import Tree, leaf_sums

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def even_tree(*fan_outs: int) -> Tree:
    """Return a tree of equal fan-out a tier."""
    nodes, levels, parents = 1, [], []
    for tier, fan_out in enumerate(fan_outs):
        if tier:
            parents.append(np.repeat(np.arange(nodes), fan_out))
        nodes *= fan_out
        levels.append(tuple(f"{tier}-{place:07d}" for place in range(nodes)))
    names = ("district", "street", "community")[-len(fan_outs) :]
    return Tree(names, tuple(levels), tuple(parents))


def tree_from(parents: Sequence[Sequence[int]]) -> Tree:
    """Return a tree from the parents of each tier but the first."""
    sizes = [max(parents[0]) + 1 if parents else 1, *map(len, parents)]
    levels = tuple(tuple(f"{t}-{p:04d}" for p in range(n)) for t, n in enumerate(sizes))
    return Tree(tuple("abcdef"[: len(sizes)]), levels, tuple(np.array(p) for p in parents))


def uneven_city() -> Tree:
    """Return 3 districts, 14 streets, 200 communities: streets of 1 to 60, one alone in its district."""
    streets = [0] * 5 + [1] * 8 + [2]
    fan_outs = [1, 2, 3, 5, 60, 20, 20, 20, 4, 7, 9, 30, 8, 11]
    return tree_from([streets, np.repeat(np.arange(14), fan_outs).tolist()])


def sparse_leaves(tree: Tree, columns: int, seed: int, zeros: float = 0.84) -> Integers:
    """Return figures of which 84 in 100 are 0 and the rest have a long tail."""
    rng = np.random.default_rng(seed)
    shape = (tree.sizes[-1], columns)
    sizes = rng.lognormal(2.3, 1.2, shape).astype(np.int64)
    return np.where(rng.random(shape) < zeros, 0, sizes)


def discrete_gaussian(rng: np.random.Generator, variance: float, shape: Any) -> Integers:
    """Draw P(x) ∝ exp(−x²/2σ²) by inverting its distribution in double precision; for tests only."""
    reach = int(np.ceil(12 * variance**0.5)) + 2
    x = np.arange(-reach, reach + 1)
    weights = np.exp(-(x**2) / (2 * variance))
    places = np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(shape))
    return x[np.minimum(places, x.size - 1)].astype(np.int64)


def measured(
    tree: Tree, leaves: Integers, variances: Sequence[float], seed: int
) -> tuple[tuple[Integers, ...], tuple[Integers, ...]]:
    """Return the true figures and the noisy ones of every tier."""
    rng = np.random.default_rng(seed)
    true = leaf_sums(tree, leaves)
    noisy = (
        t + discrete_gaussian(rng, v, t.shape) if np.isfinite(v) else np.zeros_like(t)
        for t, v in zip(true, variances, strict=True)
    )
    return true, tuple(noisy)


def design(tree: Tree) -> list[Floats]:
    """Return for each tier the 0/1 matrix that makes its figures from the leaves'."""
    matrices = [np.eye(tree.sizes[-1])]
    for tier in reversed(range(tree.depth - 1)):
        up = np.zeros((tree.sizes[tier], tree.sizes[tier + 1]))
        up[tree.parents[tier], np.arange(tree.sizes[tier + 1])] = 1
        matrices.insert(0, up @ matrices[0])
    return matrices


def dense(
    tree: Tree, noisy: Sequence[Integers], variances: Sequence[float]
) -> tuple[list[Floats], list[Floats]]:
    """Return generalised least squares by QR of the whitened design, and the variances by its inverse."""
    matrices = design(tree)
    whitened = np.vstack([a / v**0.5 for a, v in zip(matrices, variances, strict=True)])
    figures = np.vstack([y / v**0.5 for y, v in zip(noisy, variances, strict=True)])
    leaves = np.linalg.lstsq(whitened, figures, rcond=None)[0]
    covariance = np.linalg.inv(whitened.T @ whitened)
    return [a @ leaves for a in matrices], [np.diag(a @ covariance @ a.T) for a in matrices]


@st.composite
def trees(draw: st.DrawFn, most: int = 5) -> Tree:
    """Draw trees of one to four tiers and uneven fan-out, their nodes in any order."""
    count = draw(st.integers(1, 4))
    parents: list[list[int]] = [[0] * count]  # above the first tier stands nothing
    for _ in range(draw(st.integers(0, 3))):
        fan_outs = [draw(st.integers(1, most)) for _ in range(count)]
        children = [p for p, n in enumerate(fan_outs) for _ in range(n)]
        parents.append(draw(st.permutations(children)))
        count = len(children)
    sizes = [len(p) for p in parents]
    levels = tuple(tuple(f"{t}-{p:04d}" for p in range(n)) for t, n in enumerate(sizes))
    return Tree(tuple("abcd"[: len(sizes)]), levels, tuple(np.array(p) for p in parents[1:]))


def figures_of(draw: st.DrawFn, tree: Tree, columns: int, low: int, high: int) -> list[Integers]:
    """Draw integers for every node."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    return [rng.integers(low, high, (n, columns), endpoint=True) for n in tree.sizes]
