"""HAVING, ORDER BY and LIMIT over the noisy table: which rows are shown, in which order."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.query.plan import Selection

_COMPARED = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def chosen(
    selection: Selection,
    figures: Mapping[str, NDArray[Any]],
    keys: Mapping[str, NDArray[Any]],
    n: int,
) -> NDArray[np.int64]:
    """Return the places of the rows that are shown, in order.

    Parameters
    ----------
    figures
        Shown numbers by label; NaN where undefined: such a row fails every condition and stands last.
    keys
        By label, a number for each row that rises in the key's order.
    """
    kept = np.ones(n, np.bool_)
    for condition in selection.having:
        values = figures[condition.label]
        limit = condition.value
        number = int(limit) if limit == limit.to_integral_value() else float(limit)
        held = _COMPARED[condition.operator](values, number)
        kept &= held & ~_undefined(values)
    at = np.flatnonzero(kept)
    for label, descending in reversed(selection.order):  # stable: the first named decides first
        values = (figures[label] if label in figures else keys[label])[at]
        last = _undefined(values)
        rank = np.where(last, 0, values) if last.any() else values
        at = at[np.lexsort((-rank if descending else rank, last))]
    return at if selection.limit is None else at[: selection.limit]


def _undefined(values: NDArray[Any]) -> NDArray[np.bool_]:
    found = np.isnan(values) if values.dtype == np.float64 else np.zeros(values.shape, np.bool_)
    return np.asarray(found, np.bool_)


def ranks(values: Sequence[Any]) -> NDArray[np.int64]:
    """Return each value's place in the order of the values: numbers by size, texts by code point."""
    ordered = sorted(set(values), key=lambda v: (isinstance(v, str), v))
    place = {v: i for i, v in enumerate(ordered)}
    return np.array([place[v] for v in values], dtype=np.int64)
