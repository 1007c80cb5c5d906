"""The tree of places, and sums up it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.tiers import Tree, leaf_sums, tree_of
from tests.privacy.tier_cities import design, even_tree, tree_from, trees

LONGHUA = ("440309001001", "440309001002", "440309002001")
NANSHAN = ("440305001001", "440305007013")


def test_a_domain_of_communities_gives_three_tiers_in_its_own_order() -> None:
    tree = tree_of((NANSHAN[0], LONGHUA[0], "unknown", NANSHAN[1], *LONGHUA[1:]))
    assert tree.names == ("district", "street", "community")
    assert tree.levels[0] == ("440305", "440309", "unknown")
    assert tree.levels[1] == ("440305001", "440309001", "unknown", "440305007", "440309002")
    assert tree.levels[2][2] == "unknown"
    assert tree.parents[0].tolist() == [0, 1, 2, 0, 1]
    assert tree.parents[1].tolist() == [0, 1, 2, 3, 1, 4]


def test_unknown_is_its_own_street_and_district() -> None:
    tree = tree_of(("unknown", *NANSHAN))
    figures = leaf_sums(tree, np.array([[7], [1], [2]]))
    assert [tier[0, 0] for tier in figures] == [7, 7, 7]
    assert figures[0][1, 0] == 3


def test_coarser_domains_give_fewer_tiers() -> None:
    tree = tree_of(("440305001", "440309002"), digits=(6, 9))
    assert tree.names == ("district", "street")
    assert tree_of(("440305",), digits=(6,)).sizes == (1,)
    assert tree_of(("12345",), digits=(1, 5), names=("region", "shop")).names[1] == "shop"


@pytest.mark.parametrize(
    ("codes", "digits"),
    [
        ((), (6, 9, 12)),
        ((NANSHAN[0], NANSHAN[0]), (6, 9, 12)),
        ((NANSHAN[0], "440305001"), (6, 9, 12)),
        (("44030500100x",), (6, 9, 12)),
        (("４４０３０５００１００１",), (6, 9, 12)),
        (NANSHAN, (9, 6, 12)),
        (NANSHAN, ()),
        (NANSHAN, (0, 12)),
        (NANSHAN, (5, 12)),
    ],
)
def test_a_domain_that_is_no_tree_is_refused_and_not_repeated(
    codes: tuple[str, ...], digits: tuple[int, ...]
) -> None:
    with pytest.raises(BadInput) as refused:
        tree_of(codes, digits)
    assert not any(code in str(refused.value) for code in codes)


@pytest.mark.parametrize(
    ("names", "levels", "parents"),
    [
        ((), (), ()),
        (("a",), (("x", "x"),), ()),
        (("a", "a"), (("x",), ("y",)), ([0],)),
        (("a", "b"), (("x",), ()), ([],)),
        (("a", "b"), (("x",), ("y",)), ()),
        (("a", "b"), (("x",), ("y",)), ([1],)),
        (("a", "b"), (("x",), ("y",)), ([-1],)),
        (("a", "b"), (("x",), ("y", "z")), ([0],)),
        (("a", "b"), (("x",), ("y",)), ([0.0],)),
        (("a", "b"), (("x", "w"), ("y", "z")), ([0, 0],)),  # w has no child
    ],
)
def test_levels_that_are_no_tree_are_refused(
    names: tuple[str, ...], levels: tuple[tuple[str, ...], ...], parents: tuple[list[int], ...]
) -> None:
    with pytest.raises(BadInput):
        Tree(names, levels, tuple(np.array(p) for p in parents))


@settings(deadline=None)
@given(trees(), st.integers(0, 2**32 - 1))
def test_sums_are_those_of_the_dense_matrix(tree: Tree, seed: int) -> None:
    leaves = np.random.default_rng(seed).integers(-(10**6), 10**6, (tree.sizes[-1], 3))
    for matrix, tier in zip(design(tree), leaf_sums(tree, leaves), strict=True):
        assert tier.dtype == np.int64
        assert (matrix.astype(np.int64) @ leaves == tier).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_beyond_64_bits_is_the_nearest_integer_that_fits(sign: int) -> None:
    tree = tree_from([[0, 0, 1, 1]])
    largest = np.iinfo(np.int64)
    top = largest.max if sign > 0 else largest.min
    leaves = np.array([[top], [sign * 5], [top], [-sign * 5]], np.int64)
    assert leaf_sums(tree, leaves)[0].tolist() == [[top], [top - sign * 5]]


def test_one_person_moves_a_clamped_sum_no_further_than_his_rows() -> None:
    tree = even_tree(1, 4)
    rng = np.random.default_rng(5)
    for _ in range(300):
        leaves = rng.integers(2**61 - 9, 2**61 + 9, (4, 1))
        neighbour = leaves.copy()
        neighbour[rng.integers(4), 0] += 3
        before, after = (int(leaf_sums(tree, x)[0][0, 0]) for x in (leaves, neighbour))
        assert 0 <= after - before <= 3
        assert before == min(sum(map(int, leaves[:, 0])), 2**63 - 1)


def test_leaves_of_another_shape_or_kind_are_refused() -> None:
    tree = even_tree(1, 2)
    for wrong in (np.zeros(2, np.int64), np.zeros((3, 1), np.int64), np.zeros((2, 1))):
        with pytest.raises(BadInput):
            leaf_sums(tree, wrong)  # type: ignore[arg-type]


def test_a_tree_cannot_be_changed_from_outside() -> None:
    given_parents = np.array([0, 0, 1])
    tree = Tree(("a", "b"), (("x", "y"), ("1", "2", "3")), (given_parents,))
    given_parents[0] = 1
    assert tree.parents[0].tolist() == [0, 0, 1]
    with pytest.raises(ValueError, match="read-only"):
        tree.parents[0][0] = 1
