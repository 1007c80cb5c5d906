"""How a quasi-identifier can be made coarser, step by step, down to leaving it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput

_BAND = re.compile(r"(\d+)(?:-(\d+)|\+)")
_CODE = re.compile(r"\d{12}|\d{9}|\d{6}")
_TIERS = ((12, "community"), (9, "street"), (6, "district"))


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels of one column: `maps[level][code]` is the code after coarsening; level 0 changes nothing.

    Each level is a coarsening of the one before; the last leaves one code: the column is left out.
    """

    column: str
    names: tuple[str, ...]
    maps: tuple[NDArray[np.int64], ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.maps) or len(self.maps) < 2:
            raise BadInput("a ladder has a name a level, and at least two levels")
        for finer, coarser in zip(self.maps, self.maps[1:], strict=False):
            pairs = len(np.unique(np.stack([finer, coarser]), axis=1).T)
            if pairs != len(np.unique(finer)):
                raise BadInput("each level coarsens the one before", where=self.column)


def ladder(column: str, values: Sequence[str | None]) -> Ladder:
    """Return the ladder of a column from its values (`values[code]`; None is no value).

    Bands (`18-29`, `60+`) and whole numbers are joined two by two, in order; codes of places
    (GB/T 10114: 12 digits a community, 9 a street, 6 a district) lose their last tier; anything else is
    kept or left out. A value outside the form (`unknown`, none) stays by itself until the last level.
    """
    whole = np.arange(len(values), dtype=np.int64)
    names, maps = ["as it is"], [whole]
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    if known and all(_CODE.fullmatch(v) or not v[:1].isdigit() for _, v in known):
        _tiers(known, names, maps)
    else:
        _bands(known, names, maps)
    if len(values) < 2:
        return Ladder(column, ("as it is", "left out"), (whole, whole * 0))
    names.append("left out")
    maps.append(np.zeros(len(values), dtype=np.int64))
    return Ladder(column, tuple(names), tuple(maps))


def _tiers(
    known: Sequence[tuple[int, str]], names: list[str], maps: list[NDArray[np.int64]]
) -> None:
    codes = [(i, v) for i, v in known if _CODE.fullmatch(v)]
    longest = max((len(v) for _, v in codes), default=0)
    for digits, tier in _TIERS:
        if digits >= longest:
            continue
        level = maps[0].copy()
        places: dict[str, int] = {}
        for i, v in codes:
            level[i] = places.setdefault(v[:digits], i)
        names.append(tier)
        maps.append(level)


def _bands(
    known: Sequence[tuple[int, str]], names: list[str], maps: list[NDArray[np.int64]]
) -> None:
    """Join neighbours two by two until two are left."""
    ordered = []
    for i, v in known:
        form = _BAND.fullmatch(v)
        if form or re.fullmatch(r"-?\d+(\.\d+)?", v):
            ordered.append((float(form.group(1) if form else v), i))
    ordered.sort()
    width = 2
    while len(ordered) > width:
        level = maps[0].copy()
        for place, (_, i) in enumerate(ordered):
            level[i] = ordered[place - place % width][1]
        names.append(f"{width} joined")
        maps.append(level)
        width *= 2
