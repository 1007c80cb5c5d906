"""The table of an answer: rows, errors, intervals, the unbiased and the consistent figures, and its notes."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from privacy.answers.arranging import Stored, arranged
from privacy.answers.columns import REASONS, Column, errors_of, intervals_of, shown
from privacy.answers.figures import column_of
from privacy.answers.layout import Layout
from privacy.answers.notes import Note, covers_of, notes_of
from privacy.answers.selection import chosen, ranks
from privacy.query.expressions import Value

Prefer = Literal["unbiased", "consistent"]


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
        Which figures `rows` holds; by default the unbiased, over tiers the consistent, which add up.
    """
    laid = arranged(layout, stored, confidence)
    keys = dict(laid.keys)
    columns = {f.label: column_of(f, laid.statistics, confidence) for f in layout.figures}
    rows_are: Prefer = prefer or ("consistent" if laid.tiered else "unbiased")
    if layout.selection.selects or layout.selection.order:
        at = chosen(
            layout.selection,
            {f: _compared(c, rows_are) for f, c in columns.items()},
            {label: ranks(values) for label, values in keys.items()},
            laid.groups,
        )
        keys = {label: [values[i] for i in at.tolist()] for label, values in keys.items()}
        columns = {f: c.taken(at) for f, c in columns.items()}
    return _written(layout, laid.columns, keys, columns, rows_are)


def _compared(column: Column, rows_are: Prefer) -> NDArray[Any]:
    if rows_are == "consistent":
        return column.in_numbers(column.consistent)
    return column.in_numbers(column.values)


def _written(
    layout: Layout,
    labels: tuple[str, ...],
    keys: Mapping[str, list[Value]],
    columns: Mapping[str, Column],
    rows_are: Prefer,
) -> Table:
    with _no_collecting():
        return _lists(layout, labels, keys, columns, rows_are)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Pause the collector of cycles: it walks over a million new lists that hold none, again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _lists(
    layout: Layout,
    labels: tuple[str, ...],
    keys: Mapping[str, list[Value]],
    columns: Mapping[str, Column],
    rows_are: Prefer,
) -> Table:
    n = len(next(iter(columns.values())).undefined)
    nothing: list[Any] = [None] * n
    tables: dict[str, list[list[Any]]] = {}
    for name in ("unbiased", "consistent"):
        wanted = name == "consistent"
        found = [keys[c] if c in keys else shown(columns[c], wanted) for c in labels]
        tables[name] = list(map(list, zip(*found, strict=True)))
    errors: list[list[Any]] = []
    undefined: dict[str, str] = {}
    for at, c in enumerate(labels):
        if c in keys:
            errors.append(nothing)
            continue
        widths, endless = errors_of(columns[c], rows_are == "consistent")
        errors.append(widths)
        undefined |= {f"errors.{i}.{at}": REASONS[code] for i, code in endless.items()}
        codes = columns[c].undefined
        for i in np.flatnonzero(codes).tolist():
            undefined[f"rows.{i}.{at}"] = REASONS[int(codes[i])]
    intervals = [nothing if c in keys else intervals_of(columns[c]) for c in labels]
    return Table(
        columns=labels,
        key_columns=tuple(i for i, c in enumerate(labels) if c in keys),
        rows=tables[rows_are],
        errors=list(map(list, zip(*errors, strict=True))),
        intervals=list(map(list, zip(*intervals, strict=True))),
        unbiased=tables["unbiased"],
        consistent=tables["consistent"],
        rows_are=rows_are,
        undefined=undefined,
        notes=notes_of(layout),
        covers=covers_of(layout),
    )
