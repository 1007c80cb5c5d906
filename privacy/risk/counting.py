"""Counting classes over coded columns: all quasi-identifiers make one integer a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privacy.risk.classes import Classes
from privacy.risk.coarsening import Atoms, classes_of
from privacy.risk.diversity import Cells

Ints = NDArray[np.int64]

_SPAN = 2**62
_DENSE = 2**24
"""Up to so many possible keys each has its own counter; beyond, keys are sorted."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of the snapshot: each row's place in `values`; `values[0]` is None, no value.

    `ordered` tells whether the order of `values` means something.
    """

    name: str
    values: tuple[str | None, ...]
    rows: NDArray[np.integer]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A quasi-identifier and its values; `values[0]` is None: no value, which is a class of its own."""

    name: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A sensitive attribute by class; those without a value are in no cell, and are counted."""

    name: str
    cells: Cells
    without: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What a snapshot holds: classes, rows for the search, and the sensitive attributes."""

    rows: int
    classes: Classes
    columns: tuple[Column, ...]
    atoms: Atoms
    sensitive: tuple[Sensitive, ...]


def count(quasi: Sequence[Codes], sensitive: Sequence[Codes], person: Ints | None) -> Counted:
    """Count persons by class, and by class and sensitive value.

    Parameters
    ----------
    quasi
        At least one column; all columns are of the same rows.
    person
        Each row's person, from 0; None where a row is a person.
    """
    group, sizes, first = _classes(quasi)
    codes = np.stack([c.rows[first].astype(np.int64) for c in quasi], axis=1)
    columns = tuple(Column(c.name, c.values) for c in quasi)
    if person is None:
        atoms, classes = Atoms(codes, sizes), Classes.of(sizes)
    else:
        of, who = _pairs(group, person)
        atoms = Atoms(codes[of], np.ones(len(of), np.int64), who)
        classes = classes_of(of, atoms.persons, who)
    found = tuple(_sensitive(c, group, len(sizes), person) for c in sensitive)
    return Counted(len(group), classes, columns, atoms, found)


def _classes(quasi: Sequence[Codes]) -> tuple[Ints, Ints, Ints]:
    """Return each row's class, from 0 in the order of the codes, the rows in each, and one of its rows."""
    key, span = quasi[0].rows.astype(np.int64), len(quasi[0].values)
    for c in quasi[1:]:
        if span * len(c.values) > _SPAN:
            held, key = np.unique(key, return_inverse=True)
            span = len(held)
        key *= len(c.values)
        key += c.rows
        span *= len(c.values)
    held, sizes = _counted(key, span)
    group = _numbered(key, span, held)
    first = np.empty(len(held), dtype=np.int64)
    first[group] = np.arange(len(group))
    return group, sizes, first


def _counted(key: Ints, span: int) -> tuple[Ints, Ints]:
    """Return the keys that occur, rising, and how often; `span` is above every key."""
    if span <= _DENSE:
        counts = np.bincount(key, minlength=1)
        held = np.flatnonzero(counts)
        return held, counts[held]
    return np.unique(key, return_counts=True)


def _numbered(key: Ints, span: int, held: Ints) -> Ints:
    """Return the place of each key among those that occur."""
    if span <= _DENSE:
        place = np.zeros(span, dtype=np.int64)
        place[held] = np.arange(len(held))
        return place[key]
    return np.searchsorted(held, key)


def _pairs(group: Ints, person: Ints) -> tuple[Ints, Ints]:
    """Return the distinct pairs of class and person, rising."""
    people = int(person.max(initial=0)) + 1
    of, who = np.divmod(np.unique(group * people + person), people)
    return of, who


def _sensitive(c: Codes, group: Ints, classes: int, person: Ints | None) -> Sensitive:
    """Count persons by class and value; a person with several values is in several cells."""
    width = len(c.values)
    cell, span = group * width + c.rows, classes * width
    if person is not None:
        cell, _ = _pairs(cell, person)
    held, persons = _counted(cell, span)
    of, value = np.divmod(held, width)
    known = value > 0
    none = c.rows == 0
    without = none.sum() if person is None else len(np.unique(person[none]))
    _, of = np.unique(of[known], return_inverse=True)
    cells = Cells(of, value[known] - 1, persons[known], width - 1)
    return Sensitive(c.name, cells, int(without), c.ordered)
