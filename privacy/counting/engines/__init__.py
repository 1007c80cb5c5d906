"""Engines: each runs the statements of a plan over rows that it knows, and gives tables of integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from privacy.counting.statement import Statement


class Engine(Protocol):
    """An engine, made with its sources: a plan's first is its table `source0`, a joined one `source1`.

    The columns of a source are the stored names of its snapshot, with `person` (the pseudonym) and,
    of events, `rank` (1, 2, … within a pseudonym).
    """

    @property
    def keeps_order(self) -> bool:
        """Whether it reads a source's rows, one after another, in the order in which they are stored."""
        ...

    def run(self, statements: Sequence[Statement]) -> list[pa.Table]:
        """Return a table for each statement, over the same rows.

        A table has the statement's columns by name, in any order of rows: keys are text or 64-bit
        integers (NULL where a row is in no group), all else 64-bit integers.

        Raises
        ------
        ServiceFault
            The engine failed; the message does not carry the engine's, which could quote a value.
        """
        ...
