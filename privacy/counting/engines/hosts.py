"""Hosts: what an engine runs in. A host outlives questions; an engine is made for one question's sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from policies.errors import ServiceFault

if TYPE_CHECKING:
    from pathlib import Path

    from privacy.counting.engines import Engine


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a snapshot: its Parquet files, all of one schema, and the commitment to their content.

    A host may keep a copy under the commitment. Without one nothing is kept beyond the question.
    """

    files: tuple[Path, ...]
    commitment: str = ""

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError("a snapshot that can be counted has files")


class Host(Protocol):
    """Where statements run. Copies that it keeps are as confidential as the store."""

    def ready(self) -> None:
        """Return if a question could be counted now; called before anything is reserved.

        Raises
        ------
        ServiceFault
            Something is missing or cannot be reached: what it is, and what to do.
        """
        ...

    def over(self, sources: Sequence[Rows]) -> Engine:
        """Return the engine whose tables `source0`, `source1` are these rows."""
        ...

    def keep_only(self, commitments: Iterable[str]) -> None:
        """Remove copies of snapshots of all other commitments: those were rewritten or removed."""
        ...


def not_counted(engine: str) -> ServiceFault:
    """Return the one fault of a statement that failed, the same whatever the rows hold."""
    return ServiceFault(
        "the rows could not be counted; what was reserved stays spent",
        where=f"engine {engine}",
        todo="see that the engine runs and that the snapshot's files are whole, then ask again",
    )
