"""DuckDB inside our own process: the default host. It reads the store's files and keeps nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privacy.counting.engines import Engine
    from privacy.counting.engines.hosts import Rows


@dataclass(frozen=True, slots=True)
class EmbeddedHost:
    """DuckDB, with so many threads."""

    threads: int = 2

    def ready(self) -> None:
        """Return: it is always there."""

    def over(self, sources: Sequence[Rows]) -> Engine:
        """Return the engine over these snapshots."""
        from privacy.counting.engines.duckdb import DuckDB

        return DuckDB([rows.files for rows in sources], threads=self.threads)

    def keep_only(self, commitments: Iterable[str]) -> None:
        """Return: there are no copies."""
