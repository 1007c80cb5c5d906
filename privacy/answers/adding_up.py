"""Figures by tiers: the statistics of all tiers become estimates and integers that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.answers.known_noise import Estimated, Noise
from privacy.answers.layout import Layout
from privacy.answers.noisy import Noisy, Statistics, Tiered
from privacy.contract.fields import TIERS
from privacy.query.expressions import Value
from privacy.tiers import (
    Estimates,
    Tree,
    consistent,
    half_widths,
    least_squares,
    ranges,
    tree_of,
)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The axis that runs over places, its tree, and the stored sizes of the other axes."""

    axis: int
    tree: Tree
    shape: tuple[int, ...]

    def sizes(self, tier: int) -> tuple[int, ...]:
        """Sizes of the axes at a tier."""
        return (*self.shape[: self.axis], self.tree.sizes[tier], *self.shape[self.axis + 1 :])


def places_of(
    domain: Sequence[Value], tiers: Sequence[str], axis: int, shape: Sequence[int]
) -> Places:
    """Return the axis of places of a key with tiers, coarsest first, over the finest tier's domain."""
    codes = [str(v) for v in domain]
    return Places(axis, tree_of(codes, [TIERS[t] for t in tiers], list(tiers)), tuple(shape))


def over_tiers(layout: Layout, held: Statistics, places: Places, confidence: float) -> Statistics:
    """Return each statistic over all tiers in one, coarsest first.

    Counts and sums add up: least squares over the tree are the unbiased figures, beside them integers whose
    sums agree. Persons who may stand in several places do not add up: each tier is left as measured.

    Parameters
    ----------
    held
        By identity and tier, `of@tier`, their axes in the order of the layout's keys.
    """
    signed = _signed(layout)
    found: dict[str, Noisy] = {}
    for of in dict.fromkeys(name.rpartition("@")[0] for name in held):
        by_tier = [held[f"{of}@{t}"] for t in places.tree.names]
        if of in _apart(layout):
            found[of] = _as_measured(by_tier, confidence)
        else:
            found[of] = _adding_up(by_tier, places, confidence, signed.get(of, True))
    return found


def _signed(layout: Layout) -> Mapping[str, bool]:
    """Tell of each statistic whether it may be negative: counts are not, sums by their bounds."""
    signs: dict[str, bool] = {}
    for f in (p for g in layout.figures for p in (g, *g.parts)):
        if f.kind in ("count", "persons"):
            signs[f.needs[0]] = False
        elif f.kind == "sum":
            signs[f.needs[0]] = f.low < 0
        elif f.kind in ("average", "variance", "stddev"):
            signs[f.needs[-1]] = False
            signs[f.needs[0]] = f.kind == "average"
    return signs


def _apart(layout: Layout) -> frozenset[str]:
    figures = [p for g in layout.figures for p in (g, *g.parts)]
    if layout.groups == 1:
        return frozenset()
    return frozenset(f.needs[0] for f in figures if f.kind == "persons")


def _as_measured(by_tier: Sequence[Noisy], confidence: float) -> Noisy:
    values = np.concatenate([s.values for s in by_tier])
    sizes = [len(s.values) for s in by_tier]
    noises = [_of(s.noise) for s in by_tier]
    widths = np.repeat([n.half_width(confidence) for n in noises], sizes)
    deviation = np.repeat([n.variance**0.5 for n in noises], sizes)
    possible = np.maximum(values, 0)
    low, high = np.maximum(values - widths, 0), np.maximum(values + widths, 0)
    return Noisy(
        values=values,
        noise=Estimated(deviation, noises[0].laplace),
        tiered=Tiered(possible, widths, low, high),
    )


def _adding_up(by_tier: Sequence[Noisy], places: Places, confidence: float, signed: bool) -> Noisy:
    tree = places.tree
    tables = [_by_place(s.values, places, t) for t, s in enumerate(by_tier)]
    noises = [_of(s.noise) for s in by_tier]
    estimates = least_squares(tree, tables, [n.variance for n in noises])
    whole = consistent(tree, estimates, signed=signed)
    widths = _widths(estimates, noises[0].laplace, confidence)
    spans = ranges(estimates, whole, widths, signed=signed)
    m = prod(places.shape) // places.shape[places.axis]
    deviations = [np.repeat(np.sqrt(v)[:, None], m, axis=1) for v in estimates.spread.final]
    return Noisy(
        values=_joined(estimates.values, places),
        noise=Estimated(_joined(deviations, places), noises[0].laplace),
        tiered=Tiered(
            consistent=_joined(whole, places),
            half_widths=_joined([np.repeat(w[:, None], m, axis=1) for w in widths], places),
            low=_joined([low for low, _ in spans], places),
            high=_joined([high for _, high in spans], places),
        ),
    )


def _widths(
    estimates: Estimates, laplace: bool, confidence: float
) -> tuple[NDArray[np.int64], ...]:
    if not laplace:
        return half_widths(estimates.spread, confidence)
    # a weighted sum of Laplace noise has a heavier tail than the normal; half a step for the lattice
    found = (Estimated(np.sqrt(v), True) for v in estimates.spread.final)
    return tuple(np.ceil(e.score(confidence) * e.deviation + 0.5).astype(np.int64) for e in found)


def _of(noise: Noise | Estimated) -> Noise:
    if not isinstance(noise, Noise):
        raise TypeError("a stored statistic has the noise that was drawn")
    return noise


def _by_place(values: NDArray[np.int64], places: Places, tier: int) -> NDArray[np.int64]:
    """Return a vector as (places, other groups)."""
    cube = values.reshape(places.sizes(tier))
    return np.moveaxis(cube, places.axis, 0).reshape(places.tree.sizes[tier], -1)


def _joined(tables: Sequence[NDArray[Any]], places: Places) -> NDArray[Any]:
    """Return tables (places, other groups), one a tier, as one vector in the axes' order."""
    others = (*places.shape[: places.axis], *places.shape[places.axis + 1 :])
    return np.concatenate(
        [np.moveaxis(t.reshape(-1, *others), 0, places.axis).reshape(-1) for t in tables]
    )
