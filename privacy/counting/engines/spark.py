"""Spark: statements run over the snapshot's Parquet files, with parameters bound by Spark itself."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.errors import BadInput
from privacy.counting.engines.dialects import rendered
from privacy.counting.engines.hosts import Rows, not_counted
from privacy.counting.engines.spark_session import Running, start
from privacy.counting.statement import SOURCES

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from privacy.counting.statement import Lookup, Statement
    from privacy.counting.tallying import Tally

DEFAULT_MASTER = "local-cluster[2,1,1024]"
_SCHEMES = ("local", "spark://", "k8s://", "yarn")


@dataclass(slots=True)
class SparkHost:
    """Spark by the address of its master; one session, begun when it is first needed, serves all questions.

    The workers must see the snapshot's files under the same paths.

    Raises
    ------
    BadInput
        The address is not one of a master.
    """

    master: str
    scratch: Path
    _running: Running | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        if not self.master.startswith(_SCHEMES):
            raise BadInput(
                "the engine's address is not one of Spark", where="COMMONGROUND_ENGINE_URL",
                todo=f"{DEFAULT_MASTER}, or spark://host:7077",
            )  # fmt: skip

    def ready(self) -> None:
        """Begin the session where there is none: some seconds, once a process."""
        self.session()

    def over(self, sources: Sequence[Rows]) -> SparkEngine:
        """Return the engine over these snapshots."""
        return SparkEngine(self, tuple(sources))

    def keep_only(self, commitments: Iterable[str]) -> None:
        """Return: Spark reads the store's own files and keeps no copy."""

    def session(self) -> SparkSession:
        """Return the session that all questions share."""
        with self._lock:
            if self._running is not None and not self._running.alive:
                self._running.end()
                self._running = None
            if self._running is None:
                self._running = start(self.master, self.scratch)
            return self._running.session

    def close(self) -> None:
        """End the session, if one has begun."""
        with self._lock:
            if self._running is not None:
                self._running.end()
            self._running = None


@dataclass(frozen=True, slots=True)
class SparkEngine:
    """Statements over Parquet files by Spark."""

    host: SparkHost
    sources: tuple[Rows, ...]

    def laid_out(self) -> bool:
        """Return no: Spark's rows come in parts, in no order."""
        return False

    def tallied(self, _wanted: Tally) -> pa.Table | None:
        """Return nothing: statements are its way."""
        return None

    def run(self, statements: Sequence[Statement]) -> list[pa.Table]:
        """Return a table for each statement."""
        # names of tables are the question's own: another one at the same time has others
        session = self.host.session().newSession()
        try:
            for name, rows in zip(SOURCES, self.sources, strict=False):
                _whole(session.read.parquet(*map(_address, rows.files))).createTempView(name)
            return [_answer(session, s) for s in statements]
        except Exception:
            # py4j and Spark raise errors of many kinds; whatever they quote stays here
            raise not_counted("spark") from None


def _whole(frame: DataFrame) -> DataFrame:
    """Return the rows with every integer as 64 bits: arithmetic of narrower ones would wrap."""
    from pyspark.sql import functions as f

    narrow = ("tinyint", "smallint", "int")
    return frame.select(
        *(
            f.col(_quoted(name)).cast("bigint").alias(name)
            if kind in narrow
            else f.col(_quoted(name))
            for name, kind in frame.dtypes
        )
    )


def _address(path: Path) -> str:
    """Return the path as Spark wants it: characters of patterns stand for themselves."""
    return "file://" + re.sub(r"([\\{}\[\]*?])", r"\\\1", str(path.resolve()))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _table(lookup: Lookup) -> pa.Table:
    import pyarrow as pa

    columns: list[Any] = []
    for side in (0, 1):
        values = [e[side] for e in lookup.entries]
        whole = all(isinstance(v, int) for v in values)
        columns.append(pa.array(values, pa.int64() if whole else pa.string()))
    return pa.table(columns, names=["key", "value"])


def _answer(session: SparkSession, statement: Statement) -> pa.Table:
    for lookup in statement.lookups:  # another statement's may have the same name
        session.createDataFrame(_table(lookup)).createOrReplaceTempView(lookup.name)
    text, parameters = rendered(statement, "spark")
    return session.sql(text, args=dict(parameters)).toArrow()
