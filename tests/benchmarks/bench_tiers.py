"""How long a million communities take: tree, least squares, integers, intervals; and a sparse solver."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsqr, spsolve

from privacy.tiers import (
    Tree,
    consistent,
    half_widths,
    leaf_sums,
    least_squares,
    ranges,
    split,
    tree_of,
)

LOSS_VARIANCE = 50.0  # of one tier's noise if it took the whole loss
CONFIDENCE = 0.95


def _codes(streets: int, communities: int) -> tuple[str, ...]:
    """Return 16 districts' codes; communities a street differ, some streets have thousands."""
    rng = np.random.default_rng(1)
    sizes = rng.lognormal(0, 0.5, 16 * streets)
    sizes = np.maximum(1, sizes / sizes.sum() * communities).astype(int)
    sizes[0] += communities - sizes.sum()
    digits = 3 if sizes.max() < 1000 else 6
    return tuple(
        f"4403{district:02d}{street:03d}{community:0{digits}d}"
        for district in range(16)
        for street in range(streets)
        for community in range(sizes[district * streets + street])
    )


def _noisy(
    tree: Tree, columns: int, variances: list[float]
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Return rounded normal noise on a sparse city: the time of real noise is not this room's."""
    rng = np.random.default_rng(2)
    shape = (tree.sizes[-1], columns)
    leaves = np.where(rng.random(shape) < 0.84, 0, rng.lognormal(2.3, 1.2, shape)).astype(np.int64)
    return [
        t + np.rint(rng.normal(0, v**0.5, t.shape)).astype(np.int64)
        for t, v in zip(leaf_sums(tree, leaves), variances, strict=True)
    ], leaves


def _timed(name: str, work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    runs, found = [], None
    for _ in range(times):
        begun = time.perf_counter()
        found = work()
        runs.append(time.perf_counter() - begun)
    sys.stdout.write(f"{name:66s} {min(runs):9.4f} s\n")
    sys.stdout.flush()
    return min(runs), found


def _design(tree: Tree, variances: list[float]) -> Any:
    """Return the whitened sparse design: every node's row holds its leaves."""
    leaves = tree.sizes[-1]
    matrices = [sparse.identity(leaves, format="csr")]
    for parents, above in zip(reversed(tree.parents), reversed(tree.sizes[:-1]), strict=True):
        up = sparse.csr_matrix(
            (np.ones(parents.size), (parents, np.arange(parents.size))), (above, parents.size)
        )
        matrices.insert(0, up @ matrices[0])
    return sparse.vstack([m / v**0.5 for m, v in zip(matrices, variances, strict=True)]).tocsr()


def _city(streets: int, communities: int, columns: int) -> None:
    codes = _codes(streets, communities)
    digits = (6, 9, len(codes[0]))
    sys.stdout.write(
        f"\n16 districts, {16 * streets} streets, {communities:,} communities × {columns}\n"
    )
    _, tree = _timed("tree of the domain", lambda: tree_of(codes, digits, ("a", "b", "c")), 1)
    _, shares = _timed("division of the loss", lambda: split(tree), 1)
    variances = [LOSS_VARIANCE / float(s) for s in shares]
    noisy, leaves = _noisy(tree, columns, variances)
    summed, _ = _timed("sums up the tree, exact", lambda: leaf_sums(tree, leaves))
    fitted, estimates = _timed("least squares", lambda: least_squares(tree, noisy, variances))
    whole, table = _timed("integers that add up", lambda: consistent(tree, estimates))
    widths_took, widths = _timed("half-widths", lambda: half_widths(estimates.spread, CONFIDENCE))
    ranged, _ = _timed("ranges", lambda: ranges(estimates, table, widths))
    total = summed + fitted + whole + widths_took + ranged
    sys.stdout.write(f"{'in all, beside the tree and the noise':66s} {total:9.4f} s\n")
    tracemalloc.start()
    consistent(tree, least_squares(tree, noisy, variances))
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    sys.stdout.write(f"{'peak of memory, least squares and integers':66s} {peak:9.0f} MB\n")
    _against_sparse(tree, noisy, variances, estimates.values[-1], fitted)


def _against_sparse(
    tree: Tree,
    noisy: list[NDArray[np.int64]],
    variances: list[float],
    ours: NDArray[np.float64],
    took: float,
) -> None:
    """Solve one column as scipy's users would, iteratively and, where it fits, by factors."""
    design = _design(tree, variances)
    right = np.concatenate([y[:, 0] / v**0.5 for y, v in zip(noisy, variances, strict=True)])
    per_column = took / ours.shape[1]
    solvers: list[tuple[str, Callable[[], Any]]] = [
        ("scipy lsqr, one column", lambda: lsqr(design, right, atol=1e-12, btol=1e-12)[0])
    ]
    if tree.sizes[-1] <= 10_000:  # the normal matrix has a dense block a district
        normal, side = (design.T @ design).tocsc(), design.T @ right
        solvers.append(
            ("scipy spsolve of the normal equations, one column", lambda: spsolve(normal, side))
        )
    for name, solve in solvers:
        theirs, found = _timed(name, solve, 1)
        apart = np.abs(found - ours[:, 0]).max() / np.abs(found).max()
        sys.stdout.write(
            f"{f'  ours is so many times faster; apart by {apart:.0e}':66s} {theirs / per_column:9.1f}\n"
        )


def main() -> None:
    """Print the table."""
    _city(20, 6_400, 24)
    _city(20, 1_000_000, 1)


if __name__ == "__main__":
    main()
