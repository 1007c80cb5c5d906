"""When an answer may leave: a tick of the clock, chosen from public sizes before anything is counted."""

from __future__ import annotations

import math

SHORT_SECONDS = 0.1
_START = 0.03
_PER_ROW = 9e-9
_PER_CELL = 9e-6


def tick(public_rows: int, cells: int) -> float:
    """Return the tick, in seconds, on which an answer leaves: 0.1, or whole seconds for large tables.

    The time of counting and of drawing depends on what is counted and drawn (arXiv 2112.05307). An answer that
    leaves at the first multiple of the tick after the question tells only how many ticks it took, which is
    one as long as the work stays within what public sizes foresee.

    Parameters
    ----------
    public_rows
        Public size of the population × rows stored of a person at most.
    cells
        Integers that are measured: groups (or, where they are unknown, the public bound of their number)
        × what is measured in each.

    Notes
    -----
    Foreseen are 30 ms, 9 ns a row and 9 µs a cell on two cores (measured: 5 to 15 ns a row counted, 6 µs a
    cell drawn in two threads), doubled where it is more than a short tick.
    """
    foreseen = _START + _PER_ROW * public_rows + _PER_CELL * cells
    return SHORT_SECONDS if foreseen <= SHORT_SECONDS else float(math.ceil(2 * foreseen))
