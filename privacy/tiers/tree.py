"""The public tree of places: tiers from the coarsest to the finest, and who lies in whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput

UNKNOWN = "unknown"
TIER_NAMES: Mapping[int, str] = MappingProxyType(
    {2: "province", 4: "prefecture", 6: "district", 9: "street", 12: "community"}
)
"""What so many digits of a place's code name (GB/T 2260 the first six, GB/T 10114 the rest)."""
_LOW = np.int64(0xFFFF_FFFF)
_HIGH_END = np.int64(2**31 - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Families:
    """The nodes of one tier gathered by parent: siblings side by side, in the order of their codes.

    `order` (children,) lists the children's places; `starts` (parents,) where each family begins in
    it, `sizes` (parents,) how many it has, `parents` (children,) whose child each listed one is.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    parents: NDArray[np.int64]

    def gathered(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the last axis (children) in the families' order."""
        return values[..., self.order]

    def sums(self, gathered: NDArray[Any]) -> NDArray[Any]:
        """Add up each family: last axis children in the families' order → parents."""
        return np.add.reduceat(gathered, self.starts, axis=-1)

    def scattered(self, gathered: NDArray[Any]) -> NDArray[Any]:
        """Return the last axis in the tier's own order again."""
        out = np.empty_like(gathered)
        out[..., self.order] = gathered
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Tiers that nest; all of it public.

    Parameters
    ----------
    names
        One name a tier, coarsest first: `("district", "street", "community")`.
    levels
        The codes of each tier, in the order in which figures are given and returned; a code stands once.
    parents
        For each tier but the first, the place of each node's parent in the tier above: integers,
        (nodes,). Every node above the finest tier has at least one child; fan-out may be uneven.
        The first tier may have many nodes: they share no total.

    Raises
    ------
    BadInput
        No tier, an empty tier, a code or name twice, a parent that is not there, a node without
        children. No code is repeated in the message.
    """

    names: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    parents: tuple[NDArray[np.int64], ...]
    families: tuple[Families, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.levels or len(self.names) != len(self.levels):
            raise BadInput("a tree has at least one tier, and one name a tier", where="tiers")
        if len(set(self.names)) != len(self.names):
            raise BadInput("two tiers have one name", where="tiers")
        if len(self.parents) != len(self.levels) - 1:
            raise BadInput("each tier but the first says who its parents are", where="tiers")
        for name, codes in zip(self.names, self.levels, strict=True):
            if not codes:
                raise BadInput("has no node", where=f"tier {name}")
            if len(set(codes)) != len(codes):
                raise BadInput("a code stands twice", where=f"tier {name}")
        parents = tuple(
            _parents(name, given, len(codes), len(above))
            for name, given, (above, codes) in zip(
                self.names[1:], self.parents, pairwise(self.levels), strict=True
            )
        )
        families = tuple(
            _families(self.names[i], given, self.levels[i + 1], len(self.levels[i]))
            for i, given in enumerate(parents)
        )
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "families", families)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many nodes each tier has."""
        return tuple(len(codes) for codes in self.levels)

    @property
    def depth(self) -> int:
        """How many tiers there are."""
        return len(self.levels)

    def tier(self, name: str) -> int:
        """Return the place of a tier by its name."""
        if name not in self.names:
            raise BadInput("no tier has this name", where="tiers", todo=f"one of {self.names}")
        return self.names.index(name)


def _parents(name: str, given: NDArray[Any], nodes: int, above: int) -> NDArray[np.int64]:
    array = np.asarray(given)
    if array.shape != (nodes,) or array.dtype.kind not in "iu":
        raise BadInput("parents are integers, one a node", where=f"tier {name}")
    if array.min() < 0 or array.max() >= above:
        raise BadInput("a parent is not in the tier above", where=f"tier {name}")
    copy = array.astype(np.int64)
    copy.flags.writeable = False
    return copy


def _families(above: str, parents: NDArray[np.int64], codes: Sequence[str], count: int) -> Families:
    sizes = np.bincount(parents, minlength=count)
    if not sizes.all():
        raise BadInput("a node has no child in the tier below", where=f"tier {above}")
    by_code = np.array(sorted(range(len(codes)), key=codes.__getitem__), np.int64)
    order = by_code[np.argsort(parents[by_code], kind="stable")]
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    return Families(order, starts, sizes.astype(np.int64), parents[order])


def tree_of(
    codes: Sequence[str], digits: Sequence[int] = (6, 9, 12), names: Sequence[str] | None = None
) -> Tree:
    """Make the tree of a place field from its public domain.

    Parameters
    ----------
    codes
        The domain, in the order of the figures: each of `digits[-1]` digits, or the literal
        `unknown`, which is its own node at every tier.
    digits
        How many digits name a node of each tier, growing. GB/T 10114: 6 district, 9 street, 12 community.
    names
        The tiers' names; by default those of `TIER_NAMES`.

    Returns
    -------
    Tree
        Its finest tier is `codes` as given; coarser tiers stand in the order of first appearance.

    Raises
    ------
    BadInput
        The domain is empty, a code has another length or is no number, stands twice, or the
        digits do not grow.
    """
    digits = tuple(digits)
    if not digits or digits[0] < 1 or any(a >= b for a, b in pairwise(digits)):
        raise BadInput("the digits of the tiers grow", where="tiers", todo="for example 6, 9, 12")
    if names is None:
        if any(d not in TIER_NAMES for d in digits):
            raise BadInput("tiers of these digits have no name of their own", where="tiers")
        names = tuple(TIER_NAMES[d] for d in digits)
    for place, code in enumerate(codes, 1):
        if code != UNKNOWN and not (len(code) == digits[-1] and code.isascii() and code.isdigit()):
            raise BadInput(
                f"is not a place of {digits[-1]} digits and not `{UNKNOWN}`",
                where=f"place {place} of the domain",
            )
    levels = [tuple(codes)]
    parents: list[NDArray[np.int64]] = []
    for d in reversed(digits[:-1]):
        above: dict[str, int] = {}
        cut = (code if code == UNKNOWN else code[:d] for code in levels[0])
        place_of = [above.setdefault(code, len(above)) for code in cut]
        parents.insert(0, np.array(place_of, np.int64))
        levels.insert(0, tuple(above))
    return Tree(tuple(names), tuple(levels), tuple(parents))


def leaf_sums(tree: Tree, leaves: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Add integers of the finest tier up to every tier.

    Parameters
    ----------
    leaves
        (leaves, m) int64: m other keys × aggregates.

    Returns
    -------
    tuple of (nodes, m) int64, coarsest tier first.

    Notes
    -----
    Total: a sum beyond 64 bits is the nearest integer that fits, never an error or a wrapped
    one, so that nothing about the data shows and one person moves no sum further than his own rows
    do (clamping is 1-Lipschitz). Halves of 32 bits are added apart; up to 2³¹ leaves.
    """
    if leaves.ndim != 2 or leaves.dtype != np.int64 or leaves.shape[0] != tree.sizes[-1]:
        raise BadInput("leaves are int64 of shape (leaves, m)", where="tiers")
    high, low = np.ascontiguousarray((leaves >> 32).T), np.ascontiguousarray((leaves & _LOW).T)
    tiers = [leaves]
    for families in reversed(tree.families):
        high, low = families.sums(families.gathered(high)), families.sums(families.gathered(low))
        high, low = high + (low >> 32), low & _LOW
        whole = (np.clip(high, -_HIGH_END - 1, _HIGH_END) << 32) + low
        whole = np.where(high > _HIGH_END, np.iinfo(np.int64).max, whole)
        whole = np.where(high < -_HIGH_END - 1, np.iinfo(np.int64).min, whole)
        tiers.insert(0, np.ascontiguousarray(whole.T))
    return tuple(tiers)
