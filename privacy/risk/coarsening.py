"""What to coarsen: the least information lost that brings enough people into large classes.

Levels of all columns form a lattice (Samarati 2001). Loss is the non-uniform entropy of Gionis & Tassa
(IEEE TKDE 21(2), 2009): Σ over persons and columns of −log₂ P(value | its coarser value), as a share of what
leaving every quasi-identifier out would lose. Classes still too small are left out as rows, up to a
stated share; their people's whole information counts as lost.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput
from privacy.risk.classes import Classes
from privacy.risk.ladders import Ladder

MOST_NODES = 256
MOST_WORK = 20_000_000
"""All combinations are tried up to so many, and so many × rows; beyond, greedy with a walk back."""
_DENSE = 4_000_000


@dataclass(frozen=True, slots=True)
class Atoms:
    """Rows of the search: `codes[i, j]` is the value of column j; `persons[i]` how many hold it.

    Where a person has several rows, `person[i]` says whose it is and every weight is 1.
    """

    codes: NDArray[np.int64]
    persons: NDArray[np.int64]
    person: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Classes of at least `k`; at most this share of people may be left out."""

    k: int
    most_left_out: float

    def __post_init__(self) -> None:
        if self.k < 2 or not 0 <= self.most_left_out < 1:
            raise BadInput("k is at least 2, the share left out at least 0 and below 1")


@dataclass(frozen=True, slots=True)
class Node:
    """One combination of levels: what it would give and what it would cost.

    `k` is of all classes, None where nobody is; `share_below` the share of people in classes below the
    target; `column_loss` what coarsening loses, `loss` that and the rows left out, both 0 to 1;
    `discernibility` is Bayardo & Agrawal's (ICDE 2005) mean per person.
    """

    levels: tuple[int, ...]
    k: int | None
    share_below: float
    column_loss: float
    loss: float
    discernibility: float


@dataclass(frozen=True, slots=True)
class Advice:
    """What was found: each single step, and the least loss that reaches the target."""

    start: Node
    steps: tuple[Node, ...]
    best: Node | None
    tried: int
    exhaustive: bool


@dataclass(slots=True)
class _Search:
    atoms: Atoms
    ladders: Sequence[Ladder]
    target: Target
    seen: dict[tuple[int, ...], Node] = field(default_factory=dict)
    costs: list[list[float]] = field(init=False)
    whole: float = field(init=False)
    top: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.costs = [
            _costs(self.atoms.codes[:, j], self.atoms.persons, ladder.maps)
            for j, ladder in enumerate(self.ladders)
        ]
        self.whole = sum(c[-1] for c in self.costs)
        self.top = tuple(len(x.maps) - 1 for x in self.ladders)

    def node(self, levels: tuple[int, ...]) -> Node:
        if levels not in self.seen:
            self.seen[levels] = self._measure(levels)
        return self.seen[levels]

    def reached(self, node: Node) -> bool:
        return node.share_below <= self.target.most_left_out

    def _measure(self, levels: tuple[int, ...]) -> Node:
        classes = _classes(self.atoms, self.ladders, levels)
        total = classes.total
        below = classes.below(self.target.k)
        share = below / total if total else 0.0
        kept = classes.sizes >= self.target.k
        discernibility = float(
            ((classes.persons * classes.sizes)[kept].sum() + below * total) / total if total else 0
        )
        lost = sum(c[level] for c, level in zip(self.costs, levels, strict=True))
        loss = lost / self.whole if self.whole else 0.0
        return Node(levels, classes.k, share, loss, loss + share * (1 - loss), discernibility)

    def next_steps(self, levels: tuple[int, ...]) -> list[Node]:
        return [
            self.node((*levels[:j], level + 1, *levels[j + 1 :]))
            for j, level in enumerate(levels)
            if level < self.top[j]
        ]


def advise(atoms: Atoms, ladders: Sequence[Ladder], target: Target) -> Advice:
    """Return each single step with its effect, and the combination of least loss found.

    `best` is None where no combination reaches the target (fewer people than k). Where `exhaustive`,
    no combination loses less; otherwise it is the end of a greedy search from which no single
    column can be made finer again.
    """
    search = _Search(atoms, ladders, target)
    start = search.node(tuple(0 for _ in ladders))
    steps = tuple(search.next_steps(start.levels))
    nodes = math.prod(t + 1 for t in search.top)
    exhaustive = nodes <= MOST_NODES and nodes * len(atoms.persons) <= MOST_WORK
    if exhaustive:
        every = [search.node(x) for x in itertools.product(*(range(t + 1) for t in search.top))]
        good = [n for n in every if search.reached(n)]
        best = min(good, key=lambda n: (n.loss, n.levels)) if good else None
    else:
        best = _greedy(search, start)
    return Advice(start, steps, best, len(search.seen), exhaustive)


def _greedy(search: _Search, start: Node) -> Node | None:
    """Climb by the most people brought into safety per information lost; then walk back."""
    at = start
    while not search.reached(at):
        choices = search.next_steps(at.levels)
        if not choices:
            return None
        here = at
        at = max(
            choices,
            key=lambda n: (
                (here.share_below - n.share_below + 1e-12)
                / (n.column_loss - here.column_loss + 1e-12)
            ),
        )
    finer = True
    while finer:
        back = [
            search.node((*at.levels[:j], level - 1, *at.levels[j + 1 :]))
            for j, level in enumerate(at.levels)
            if level
        ]
        good = [n for n in back if search.reached(n) and n.loss < at.loss]
        finer = bool(good)
        at = min(good, key=lambda n: n.loss) if good else at
    return at


def _costs(
    codes: NDArray[np.int64], persons: NDArray[np.int64], maps: Sequence[NDArray[np.int64]]
) -> list[float]:
    counts = np.bincount(codes, weights=persons, minlength=len(maps[0]))
    losses = []
    for level in maps:
        coarse = np.bincount(level, weights=counts, minlength=len(maps[0]))
        held = counts > 0
        losses.append(float((counts[held] * np.log2(coarse[level][held] / counts[held])).sum()))
    return losses


def _classes(atoms: Atoms, ladders: Sequence[Ladder], levels: Sequence[int]) -> Classes:
    key = np.zeros(len(atoms.persons), dtype=np.int64)
    span = 1
    for j, (ladder, level) in enumerate(zip(ladders, levels, strict=True)):
        codes = ladder.maps[level][atoms.codes[:, j]]
        width = len(ladder.maps[level])
        if span * width >= 2**62:
            _, key = np.unique(key, return_inverse=True)
            span = int(key.max()) + 1 if len(key) else 1
        key = key * width + codes
        span *= width
    return classes_of(key, atoms.persons, atoms.person)


def classes_of(
    key: NDArray[np.int64], persons: NDArray[np.int64], person: NDArray[np.int64] | None
) -> Classes:
    """Return the classes of rows with these keys.

    Where `person` is given, a class counts persons, not rows, and each person stands in the
    smallest of her classes.
    """
    if person is None and len(key) and key.max() < _DENSE:
        counts = np.bincount(key, weights=persons)
        return Classes.of(counts[counts > 0].astype(np.int64))
    _, group = np.unique(key, return_inverse=True)
    if person is None:
        return Classes.of(np.bincount(group, weights=persons).astype(np.int64))
    _, whose = np.unique(person, return_inverse=True)
    people = int(whose.max()) + 1 if len(whose) else 0
    pairs = np.unique(group * max(people, 1) + whose)
    group, whose = pairs // max(people, 1), pairs % max(people, 1)
    sizes = np.bincount(group)
    smallest = np.full(people, np.iinfo(np.int64).max)
    np.minimum.at(smallest, whose, sizes[group])
    size, classes = np.unique(sizes, return_counts=True)
    held, exposed = np.unique(smallest, return_counts=True)
    by_size = dict(zip(held.tolist(), exposed.tolist(), strict=True))
    return Classes(
        size.astype(np.int64),
        classes.astype(np.int64),
        np.array([by_size.get(int(s), 0) for s in size], dtype=np.int64),
    )
