"""The draws themselves: integers in, noisy integers or places out, every drop of noise by OpenDP.

Noise is independent from cell to cell, from key to key and from group to group, so that drawing in blocks
is the same mechanism as drawing at once; the loss was priced for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from privacy.noise.measurements import Measurement
from privacy.noise.scores import quantile_scores

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

LARGEST_CELL = 2**62
"""Cells beyond it stay there, which moves no two tables further apart; noise then cannot pass 64 bits."""
BLOCK = 8192
"""Integers drawn at a time."""
THREADS = 2
_T = TypeVar("_T")


def noisy(measurement: Measurement, blocks: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the cells with noise, in one row."""
    drawing = measurement.made()

    def draw(block: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.array(drawing(bounded(block).reshape(-1)), dtype=np.int64)

    return _joined(in_threads(draw, blocks))


def shown(
    measurement: Measurement, blocks: Iterable[NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the groups whose noisy count passes the threshold, in order, and these counts."""
    drawing = measurement.made()

    def draw(numbered: tuple[int, NDArray[np.int64]]) -> NDArray[np.int64]:
        start, block = numbered
        counts = bounded(block).reshape(-1).tolist()
        found = drawing(dict(enumerate(counts, start)))
        return np.array(sorted(found.items()), dtype=np.int64).reshape(-1, 2)

    pairs = _joined(in_threads(draw, _numbered(blocks))).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def chosen(
    measurements: tuple[Measurement, ...],
    level: Fraction | None,
    shift: int,
    blocks: Iterable[NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Return the places that noisy max chooses in each group, of shape `(groups, n)`.

    For a quantile the point and, with `shift`, the ends of its interval, widened to hold the point; for the
    commonest values the places, best first.
    """
    drawings = [m.made() for m in measurements]

    def draw(block: NDArray[np.int64]) -> NDArray[np.int64]:
        block = bounded(block)
        if level is None:
            (drawing,) = drawings
            places = [_as_list(drawing(counts)) for counts in block]
            return np.array(places, dtype=np.int64).reshape(len(block), -1)
        columns = []
        for drawing, moved in zip(drawings, (0, -shift, shift), strict=False):
            scores = quantile_scores(block, level, moved)
            columns.append(np.array([drawing(row) for row in scores], dtype=np.int64))
        if len(columns) > 1:
            point, low, high = columns
            columns = [point, np.minimum(low, point), np.maximum(high, point)]
        return np.stack(columns, axis=1)

    wide = measurements[0].most if level is None else len(measurements)
    return _joined(in_threads(draw, blocks)).reshape(-1, wide)


def bounded(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the cells clipped to ±`LARGEST_CELL`."""
    return np.clip(cells, -LARGEST_CELL, LARGEST_CELL)


def _as_list(places: int | list[int]) -> list[int]:
    return places if isinstance(places, list) else [places]


def _numbered(blocks: Iterable[NDArray[np.int64]]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    start = 0
    for block in blocks:
        yield start, block
        start += block.size


def in_threads(
    draw: Callable[[_T], NDArray[np.int64]], blocks: Iterable[_T]
) -> Iterator[NDArray[np.int64]]:
    """Draw block after block, a few at a time (OpenDP releases the interpreter's lock), in order."""
    waiting: list[Future[NDArray[np.int64]]] = []
    with ThreadPoolExecutor(THREADS) as threads:
        source = iter(blocks)
        waiting = [threads.submit(draw, block) for block in islice(source, 2 * THREADS)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [threads.submit(draw, block) for block in islice(source, 1)]


def _joined(parts: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, dtype=np.int64), *(p.reshape(-1) for p in parts)])
