"""The table of an answer: rows, errors, intervals, the unbiased and the consistent figures, and its notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from privacy.answers.columns import REASONS, Column, errors_of, intervals_of, shown
from privacy.answers.figures import Noisy, Statistics, column_of
from privacy.answers.layout import Layout, ShownKey
from privacy.answers.notes import Note, covers_of, notes_of
from privacy.answers.selection import chosen, ranks
from privacy.query.expressions import Value

Prefer = Literal["unbiased", "consistent"]


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
class Table:
    """An answer's table.

    `rows` is the one that `rows_are` says; `errors` and `intervals` have its shape, None at keys and where
    undefined; `undefined` gives the reason by `"table.row.column"`.
    """

    columns: tuple[str, ...]
    key_columns: tuple[int, ...]
    rows: list[list[Any]]
    errors: list[list[Any]]
    intervals: list[list[Any]]
    unbiased: list[list[Any]]
    consistent: list[list[Any]]
    rows_are: Prefer
    undefined: dict[str, str]
    notes: list[Note]
    covers: str


def table_of(
    layout: Layout, stored: Stored, confidence: float, prefer: Prefer | None = None
) -> Table:
    """Lay out stored statistics as an asker wants them seen: post-processing that costs nothing.

    Parameters
    ----------
    layout
        The asker's: its keys and figures are among the stored ones, in any order.
    prefer
        Which figures `rows` holds; by default the unbiased.
    """
    laid, keys = _arranged(layout, stored)
    n = len(keys[0]) if keys else 1
    columns = {f.label: column_of(f, laid, confidence) for f in layout.figures}
    rows_are: Prefer = prefer or "unbiased"
    labels = [k.label for k in layout.keys]
    if layout.selection.selects or layout.selection.order:
        at = chosen(
            layout.selection,
            {f: _compared(c, rows_are) for f, c in columns.items()},
            {label: ranks(values) for label, values in zip(labels, keys, strict=True)},
            n,
        )
        keys = [[values[i] for i in at.tolist()] for values in keys]
        columns = {f: c.taken(at) for f, c in columns.items()}
    return _written(layout, dict(zip(labels, keys, strict=True)), columns, rows_are)


def _compared(column: Column, rows_are: Prefer) -> NDArray[Any]:
    if rows_are == "consistent":
        return column.in_numbers(column.consistent)
    return column.in_numbers(column.values)


def _arranged(layout: Layout, stored: Stored) -> tuple[Statistics, list[list[Value]]]:
    """Return the statistics with axes in the asker's order, and the keys' values row by row."""
    order = _axes([k.identity for k in layout.keys], stored.keys)
    if stored.groups is not None:
        return _found(layout.keys, stored, order)
    turned: dict[str, Noisy] = {}
    for name, s in stored.statistics.items():
        rest = s.values.shape[1:]
        cube = s.values.reshape(*stored.shape, *rest)
        axes = (*order, *range(len(order), len(order) + len(rest)))
        turned[name] = Noisy(cube.transpose(axes).reshape(-1, *rest), s.noise)
    return turned, _product([k.domain for k in layout.keys])


def _axes(wanted: Sequence[str], held: Sequence[str]) -> list[int]:
    """Return which stored axis each wanted key is; of equal ones the next that is free."""
    free = list(range(len(held)))
    order = []
    for identity in wanted:
        at = next(i for i in free if held[i] == identity)
        free.remove(at)
        order.append(at)
    return order


def _product(domains: Sequence[tuple[Value, ...]]) -> list[list[Value]]:
    """Return the columns of the domains' product, the last fastest."""
    sizes = [len(d) for d in domains]
    columns = []
    for i, domain in enumerate(domains):
        inner, outer = prod(sizes[i + 1 :]), prod(sizes[:i])
        block = [v for v in domain for _ in range(inner)]
        columns.append(block * outer)
    return columns


def _found(
    keys: Sequence[ShownKey], stored: Stored, order: Sequence[int]
) -> tuple[Statistics, list[list[Value]]]:
    groups = [
        [_value(k, group[i]) for k, i in zip(keys, order, strict=True)]
        for group in stored.groups or ()
    ]
    place = sorted(range(len(groups)), key=lambda g: [(isinstance(v, str), v) for v in groups[g]])
    at = np.array(place, dtype=np.int64)
    laid = {name: Noisy(s.values[at], s.noise) for name, s in stored.statistics.items()}
    return laid, [[groups[g][i] for g in place] for i in range(len(keys))]


def _value(key: ShownKey, code: Value) -> Value:
    """Return how a code is shown: itself, or for a bin's number its words."""
    if key.domain and code not in key.domain and isinstance(code, int):
        return key.domain[code]
    return code


def _written(
    layout: Layout,
    keys: Mapping[str, list[Value]],
    columns: Mapping[str, Column],
    rows_are: Prefer,
) -> Table:
    n = len(next(iter(columns.values())).undefined)
    nothing: list[Any] = [None] * n
    tables: dict[str, list[list[Any]]] = {}
    for name in ("unbiased", "consistent"):
        wanted = name == "consistent"
        found = [keys[c] if c in keys else shown(columns[c], wanted) for c in layout.columns]
        tables[name] = [list(row) for row in zip(*found, strict=True)]
    errors: list[list[Any]] = []
    undefined: dict[str, str] = {}
    for at, c in enumerate(layout.columns):
        if c in keys:
            errors.append(nothing)
            continue
        widths, endless = errors_of(columns[c], rows_are == "consistent")
        errors.append(widths)
        undefined |= {f"errors.{i}.{at}": REASONS[code] for i, code in endless.items()}
        codes = columns[c].undefined
        for i in np.flatnonzero(codes).tolist():
            undefined[f"rows.{i}.{at}"] = REASONS[int(codes[i])]
    intervals = [nothing if c in keys else intervals_of(columns[c]) for c in layout.columns]
    return Table(
        columns=layout.columns,
        key_columns=tuple(i for i, c in enumerate(layout.columns) if c in keys),
        rows=tables[rows_are],
        errors=[list(row) for row in zip(*errors, strict=True)],
        intervals=[list(row) for row in zip(*intervals, strict=True)],
        unbiased=tables["unbiased"],
        consistent=tables["consistent"],
        rows_are=rows_are,
        undefined=undefined,
        notes=notes_of(layout),
        covers=covers_of(layout),
    )
