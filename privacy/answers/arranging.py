"""Stored statistics in an asker's order of groups, with the values that name each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.answers.adding_up import over_tiers, places_of
from privacy.answers.layout import Layout, ShownKey
from privacy.answers.noisy import Noisy, Statistics
from privacy.query.expressions import Value

TIER = "tier"


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """Noisy statistics as a release holds them.

    Parameters
    ----------
    keys
        Identities of the keys in the order of the axes (last fastest), and `shape` the sizes of their domains.
    statistics
        By identity; vectors `(groups,)`, choices `(groups, n)`.
    groups
        Where groups were unknown: the combinations of codes that were found, codes in the order of `keys`.
    """

    keys: tuple[str, ...]
    shape: tuple[int, ...]
    statistics: Statistics
    groups: tuple[tuple[Value, ...], ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arranged:
    """Statistics over all groups in an asker's order, and how the groups are named.

    `keys` holds each key's value for every group; of places by tiers the column `tier` stands before them,
    in `columns` too.
    """

    statistics: Statistics
    keys: Mapping[str, list[Value]]
    columns: tuple[str, ...]
    groups: int
    tiered: bool = False


def arranged(layout: Layout, stored: Stored, confidence: float) -> Arranged:
    """Lay stored statistics out for a layout whose keys are the stored ones, in any order."""
    order = _axes([k.identity for k in layout.keys], stored.keys)
    if stored.groups is not None:
        return _found(layout, stored, order)
    place = next((i for i, k in enumerate(layout.keys) if k.tiers), None)
    if place is not None:
        return _by_tiers(layout, stored, order, place, confidence)
    turned = {
        name: _with(s, _turned(s.values, stored.shape, order))
        for name, s in stored.statistics.items()
    }
    keys = _product(layout.keys, [k.domain for k in layout.keys])
    return Arranged(turned, keys, layout.columns, prod(stored.shape))


def _by_tiers(
    layout: Layout, stored: Stored, order: Sequence[int], place: int, confidence: float
) -> Arranged:
    key = layout.keys[place]
    shape = [len(k.domain) for k in layout.keys]
    places = places_of(key.domain, key.tiers, place, shape)
    held: dict[str, Noisy] = {}
    for name, s in stored.statistics.items():
        sizes = list(stored.shape)
        sizes[order[place]] = places.tree.sizes[places.tree.tier(name.rpartition("@")[2])]
        held[name] = _with(s, _turned(s.values, sizes, order))
    label = TIER if TIER not in layout.columns else f"{TIER} of {key.label}"
    keys: dict[str, list[Value]] = {c: [] for c in (*(k.label for k in layout.keys), label)}
    for tier, codes in zip(places.tree.names, places.tree.levels, strict=True):
        domains = [codes if i == place else k.domain for i, k in enumerate(layout.keys)]
        part = _product(layout.keys, domains)
        for k in layout.keys:
            keys[k.label] += part[k.label]
        keys[label] += [tier] * prod(map(len, domains))
    at = layout.columns.index(key.label)
    columns = (*layout.columns[:at], label, *layout.columns[at:])
    statistics = over_tiers(layout, held, places, confidence)
    return Arranged(statistics, keys, columns, len(keys[label]), tiered=True)


def _with(s: Noisy, values: NDArray[Any]) -> Noisy:
    return Noisy(values, s.noise, s.confidence)


def _turned(values: NDArray[Any], shape: Sequence[int], order: Sequence[int]) -> NDArray[Any]:
    """Return a vector over groups with its axes in another order."""
    rest = values.shape[1:]
    cube = values.reshape((*shape, *rest))
    axes = (*order, *range(len(order), len(order) + len(rest)))
    return cube.transpose(axes).reshape(-1, *rest)


def _axes(wanted: Sequence[str], held: Sequence[str]) -> list[int]:
    """Return which stored axis each wanted key is; of equal ones the next that is free."""
    free = list(range(len(held)))
    order = []
    for identity in wanted:
        at = next(i for i in free if held[i] == identity)
        free.remove(at)
        order.append(at)
    return order


def _product(
    keys: Sequence[ShownKey], domains: Sequence[Sequence[Value]]
) -> dict[str, list[Value]]:
    """Return the columns of the domains' product, the last fastest."""
    sizes = [len(d) for d in domains]
    columns: dict[str, list[Value]] = {}
    for i, (key, domain) in enumerate(zip(keys, domains, strict=True)):
        inner, outer = prod(sizes[i + 1 :]), prod(sizes[:i])
        columns[key.label] = [v for v in domain for _ in range(inner)] * outer
    return columns


def _found(layout: Layout, stored: Stored, order: Sequence[int]) -> Arranged:
    """Lay out groups that were found, in the order of their values: the order of finding says nothing."""
    groups = [
        [_value(k, group[i]) for k, i in zip(layout.keys, order, strict=True)]
        for group in stored.groups or ()
    ]
    place = sorted(range(len(groups)), key=lambda g: [(isinstance(v, str), v) for v in groups[g]])
    at = np.array(place, dtype=np.int64)
    laid = {name: _with(s, s.values[at]) for name, s in stored.statistics.items()}
    keys = {k.label: [groups[g][i] for g in place] for i, k in enumerate(layout.keys)}
    return Arranged(laid, keys, layout.columns, len(groups))


def _value(key: ShownKey, code: Value) -> Value:
    """Return how a code is shown: itself, or for a bin's number its words."""
    if key.domain and code not in key.domain and isinstance(code, int):
        return key.domain[code]
    return code
