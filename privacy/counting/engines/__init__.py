"""Engines: each runs the statements of a plan over rows that it knows, and gives tables of integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from privacy.counting.statement import Statement
    from privacy.counting.tallying import Tally


class Engine(Protocol):
    """An engine, made with its sources: a plan's first is its table `source0`, a joined one `source1`.

    The columns of a source are the stored names of its snapshot, with `person` (the pseudonym) and,
    of events, `rank` (1, 2, … within a pseudonym).
    """

    def laid_out(self) -> bool:
        """Tell whether the first source stands as intake lays it out, and is read in that order.

        By pseudonym, each with the ranks 1, 2, …; it then has the column `ROW_NUMBER` too, and windows
        without an order see its rows as they stand. An engine that does not know says no.
        """
        ...

    def tallied(self, wanted: Tally) -> pa.Table | None:
        """Return the table of a tally, or None where this engine has no shorter way than a statement."""
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
