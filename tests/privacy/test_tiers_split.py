"""How the loss is divided over the tiers, against a search of the whole simplex."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from policies.errors import BadInput
from privacy.tiers import Tree, split, spread
from tests.privacy.tier_cities import even_tree, tree_from, trees, uneven_city

CITIES = (even_tree(16, 20, 20), even_tree(2, 2, 2), even_tree(4, 1, 3), uneven_city())


def _means(tree: Tree, shares: tuple[float, ...]) -> np.ndarray:
    return np.array([f.mean() for f in spread(tree, [1 / s for s in shares]).final])


def _everywhere(step: float) -> list[tuple[float, float, float]]:
    places = np.arange(step, 1, step)
    return [(a, b, 1 - a - b) for a in places for b in places if a + b < 1 - step / 2]


@pytest.mark.parametrize("tree", CITIES)
def test_no_other_division_has_a_smaller_total_error(tree: Tree) -> None:
    sizes = np.array(tree.sizes)
    ours = _means(tree, tuple(map(float, split(tree)))) @ sizes
    others = min(_means(tree, shares) @ sizes for shares in _everywhere(0.02))
    assert ours <= others * (1 + 1e-4)


@pytest.mark.parametrize("tree", CITIES)
def test_no_other_division_has_a_smaller_worst_tier(tree: Tree) -> None:
    ours = _means(tree, tuple(map(float, split(tree, "equal"))))
    others = min(_means(tree, shares).max() for shares in _everywhere(0.02))
    assert ours.max() <= others * (1 + 3e-3)
    assert ours.max() / ours.min() < 1.01


@pytest.mark.parametrize("tree", CITIES)
@pytest.mark.parametrize("tier", [0, 1, 2])
def test_a_named_tier_is_the_least_that_a_twentieth_for_the_others_allows(
    tree: Tree, tier: int
) -> None:
    shares = tuple(map(float, split(tree, tree.names[tier])))
    allowed = [s for s in _everywhere(0.05) if min(s) > 0.0499]
    best = min(_means(tree, s)[tier] for s in allowed)
    assert _means(tree, shares)[tier] <= best * (1 + 1e-9)


@settings(deadline=None, max_examples=60)
@given(trees())
def test_shares_are_exact_and_leave_no_tier_unmeasured(tree: Tree) -> None:
    for wanted in ("total", "equal", *tree.names):
        shares = split(tree, wanted)
        assert len(shares) == tree.depth
        assert sum(shares) == 1
        assert all(isinstance(s, Fraction) and s > 0 for s in shares)


def test_the_total_gives_a_tier_about_the_root_of_its_size() -> None:
    tree = even_tree(16, 20, 20)
    shares = np.array(list(map(float, split(tree))))
    roots = np.sqrt(tree.sizes) / np.sqrt(tree.sizes).sum()
    assert np.abs(shares - roots).max() < 0.04


def test_the_total_betters_the_community_by_more_than_equal_shares() -> None:
    """The default, in figures: a community's error falls to 0.64, a district's rises 2.9 times."""
    tree = even_tree(16, 20, 20)
    total, thirds = _means(tree, tuple(map(float, split(tree)))), _means(tree, (1 / 3,) * 3)
    assert (total[2] / thirds[2]) ** 0.5 == pytest.approx(0.64, abs=0.005)
    assert (total[0] / thirds[0]) ** 0.5 == pytest.approx(2.88, abs=0.005)


def test_one_tier_takes_all_and_an_unknown_one_is_refused() -> None:
    assert split(even_tree(5)) == (Fraction(1),)
    with pytest.raises(BadInput):
        split(tree_from([[0, 0]]), "village")
