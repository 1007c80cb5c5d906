"""What a question's figures will be worth before anything is counted: half-widths from public information alone.

The statistics of one group of a supposed size take the place of noisy ones, and the rules that make
the answer's intervals make the expected ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from privacy.answers.figures import column_of
from privacy.answers.known_noise import Noise
from privacy.answers.layout import Figure, Layout
from privacy.answers.noisy import Noisy, Statistics

HALFWAY = Fraction(1, 2)
"""Where a mean is supposed to lie between the middle of its bounds and a bound, unless the worst is asked."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure's expected half-width and value, in the answer's units; None where nothing public tells."""

    label: str
    half_width: float | None
    value: float | None

    @property
    def useful(self) -> bool:
        """Whether the error is at most half of the value (True where one of them is not known)."""
        if self.half_width is None or self.value is None:
            return True
        return self.half_width <= self.value / 2


def expected(
    layout: Layout,
    noises: Mapping[str, Noise],
    confidence: float,
    group_size: float,
    place: Fraction = HALFWAY,
) -> tuple[Expected, ...]:
    """Return what each figure of a group of `group_size` rows is expected to be.

    Parameters
    ----------
    noises
        By the statistic's identity; statistics that choose places have none.
    place
        Where means lie: 0 in the middle of their bounds, 1 at a bound, which is the worst.
    """
    rows = max(group_size, 0.0)
    return tuple(_expected(f, noises, confidence, rows, place) for f in layout.figures)


def _expected(
    f: Figure, noises: Mapping[str, Noise], confidence: float, rows: float, place: Fraction
) -> Expected:
    needs = f.needs
    if not all(n in noises for n in needs):
        return Expected(f.label, None, None)
    value = _value(f, rows, place)
    if f.kind in ("count", "persons", "sum"):
        width = noises[needs[0]].half_width(confidence) * float(f.unit)
        return Expected(f.label, width, abs(value))
    statistics = {n: Noisy(np.array([v]), noises[n]) for n, v in _supposed(f, rows, place).items()}
    return Expected(f.label, _half_width(f, statistics, confidence), abs(value))


def _half_width(f: Figure, statistics: Statistics, confidence: float) -> float | None:
    column = column_of(f, statistics, confidence)
    low, high = float(column.low[0]), float(column.high[0])
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    value = float(column.consistent[0])
    side = (high - low) / 2 if math.isnan(value) else max(high - value, value - low)
    return side * float(column.unit)


def _supposed(f: Figure, rows: float, place: Fraction) -> dict[str, int]:
    """Return the statistics of a group of so many rows, as integers, by identity."""
    if f.parts:
        found: dict[str, int] = {}
        below = _supposed(f.parts[1], rows, place)
        for part, size in ((f.parts[0], rows * _part_of(f)), (f.parts[1], rows)):
            found |= _supposed(part, size, place)
        return found | below
    width = f.high - f.low
    mean = width * float(place)  # of 2x − low − high
    moment = mean**2 + _spread(f, place)
    n = round(rows)
    match f.kind:
        case "count" | "persons":
            return {f.needs[0]: n}
        case "sum":
            return {f.needs[0]: round(n * _mean(f, place))}
        case "average":
            return {f.needs[0]: round(n * mean), f.needs[1]: n}
        case _:
            return {f.needs[0]: round(n * moment), f.needs[1]: round(n * mean), f.needs[2]: n}


def _part_of(f: Figure) -> float:
    """Return the supposed share of the numerator's rows among the denominator's: half, where it is a part."""
    return 0.5 if f.within == (0, 1) else 1.0


def _mean(f: Figure, place: Fraction) -> float:
    return (f.low + f.high) / 2 + float(place) * (f.high - f.low) / 2


def _spread(f: Figure, place: Fraction) -> float:
    """Return a variance of 2x − low − high: in the middle that of evenly spread values, at a bound none."""
    return (f.high - f.low) ** 2 * (1 - float(place) ** 2) / 3


def _value(f: Figure, rows: float, place: Fraction) -> float:
    unit = float(f.unit)
    match f.kind:
        case "count" | "persons":
            return rows
        case "sum":
            return rows * _mean(f, place) * unit
        case "average":
            return _mean(f, place) * unit
        case "variance":
            return _spread(f, place) / 4 * unit**2
        case "stddev":
            return math.sqrt(_spread(f, place)) / 2 * unit
        case _:
            above, below = f.parts
            under = _value(below, rows, place)
            return _value(above, rows * _part_of(f), place) / under if under else math.inf


def group_size_of(public_size: int, rows: int, cells: int, stated: int | None = None) -> float:
    """Return how many rows a group is expected to have: as stated, or all persons' rows over all groups."""
    return float(stated) if stated else public_size * rows / max(cells, 1)


def all_useful(figures: Sequence[Expected]) -> bool:
    """Tell whether no figure's error passes half of its expected value."""
    return all(f.useful for f in figures)
