"""From links to persons: who is one person in the session's records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from privacy.linkage.exact import exact_passes
from privacy.linkage.fuzzy import candidate_pairs, score_pairs, splink_installed
from privacy.linkage.ids_in_engine import MACROS

if TYPE_CHECKING:
    from privacy.linkage.records import IdentifiedRecords

LEAST_PROBABILITY = 0.95
"""A record without a usable id is given to the likeliest person, if it is at least this likely."""
LEAST_LEAD = 3.0
"""… and ahead of the next person by this many bits: of two likely persons neither is taken."""
SAME_PERSON = 0.99
"""Two person keys are counted as one person's from this probability on."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The linked session in an engine: tables `records`, `linked` (record, person) and `doubled`.

    `doubled` (a, b, probability) are pairs of person keys that may be one person's. `method` says how
    it was linked: `likeness` or `exact`, and `reason` why no likeness was looked at.
    """

    connection: Any
    method: str
    reason: str | None
    pairs: int


def open_engine(threads: int = 2) -> Any:
    """Return an engine in memory that never writes to disk: what does not fit fails."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET temp_directory = ''")
    connection.execute(f"SET threads = {int(threads)}")
    connection.execute("SET preserve_insertion_order = false")
    for statement in MACROS:
        connection.execute(statement)
    return connection


def link_records(records: IdentifiedRecords, *, likeness: bool = True) -> Linked:
    """Link the records of a session: exact passes, then likeness for what is left.

    Parameters
    ----------
    likeness
        Whether to look at likeness at all; without the extra `link` it is not looked at.

    Notes
    -----
    Nothing of it reaches what is stored: the caller reads counts off the tables and closes them.
    """
    connection = open_engine()
    records.load(connection)
    exact_passes(connection)
    connection.execute("CREATE TABLE scored (a BIGINT, b BIGINT, probability DOUBLE, weight DOUBLE)")
    method, reason, pairs = "exact", None, 0
    if not likeness:
        reason = "likeness was not asked for"
    elif not splink_installed():
        reason = "the extra `link` is not installed"
    else:
        method = "likeness"
        pairs = candidate_pairs(connection)
        if pairs:
            connection.execute("DROP TABLE scored")
            score_pairs(connection)
    _assign(connection)
    _gather(connection)
    return Linked(connection, method, reason, pairs)


def _assign(connection: Any) -> None:
    """Give each open record to the one person who is likely enough and clearly ahead."""
    connection.execute(
        f"""
        INSERT INTO assigned
        WITH chances AS (
            SELECT s.a AS node, p.who, max(s.weight) AS weight, max(s.probability) AS probability
            FROM (SELECT a, b, weight, probability FROM scored
                  UNION ALL SELECT b, a, weight, probability FROM scored) s
            JOIN nodes o ON o.node = s.a AND o.who IS NULL
            JOIN nodes p ON p.node = s.b AND p.who IS NOT NULL
            GROUP BY ALL
        ), ranked AS (
            SELECT *, lead(weight) OVER w AS next, row_number() OVER w AS place
            FROM chances WINDOW w AS (PARTITION BY node ORDER BY weight DESC, who)
        )
        SELECT node, who FROM ranked WHERE place = 1 AND probability >= {LEAST_PROBABILITY}
            AND (next IS NULL OR weight - next >= {LEAST_LEAD})
        """
    )
    connection.execute(
        """
        CREATE TABLE doubled AS
        SELECT a.who AS a, b.who AS b, max(s.probability) AS probability
        FROM scored s JOIN nodes a ON a.node = s.a JOIN nodes b ON b.node = s.b
        WHERE a.who IS NOT NULL AND b.who IS NOT NULL AND a.who <> b.who GROUP BY ALL
        """
    )


def _gather(connection: Any) -> None:
    """Make `linked`: the components of all links, numbered."""
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    connection.execute(
        "CREATE TABLE alone AS SELECT node, record, (row_number() OVER (ORDER BY record) - 1 + "
        "(SELECT count(*) FROM people))::BIGINT AS place FROM nodes "
        "WHERE who IS NULL AND node NOT IN (SELECT node FROM assigned)"
    )
    links = connection.execute(
        f"""
        SELECT a::BIGINT AS a, b::BIGINT AS b FROM doubled WHERE probability >= {SAME_PERSON}
        UNION ALL
        SELECT x.place, y.place FROM scored s
        JOIN alone x ON x.node = s.a JOIN alone y ON y.node = s.b
        WHERE s.probability >= {LEAST_PROBABILITY}
        UNION ALL
        SELECT min(x.place) OVER (PARTITION BY n.name, n.phone), x.place
        FROM alone x JOIN nodes n USING (node) WHERE n.name IS NOT NULL AND n.phone IS NOT NULL
        """
    ).fetchnumpy()
    size = connection.execute(
        "SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM alone)"
    ).fetchone()[0]
    a, b = (np.asarray(links[k], dtype=np.int64) for k in ("a", "b"))
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    connection.register(
        "labels", pa.table({"place": np.arange(size, dtype=np.int64), "person": label})
    )
    connection.execute(
        """
        CREATE TABLE linked AS
        SELECT r.record, l.person FROM records r JOIN people p USING (id)
        JOIN labels l ON l.place = p.who
        UNION ALL
        SELECT n.record, l.person FROM assigned s JOIN nodes n USING (node)
        JOIN labels l ON l.place = s.who
        UNION ALL
        SELECT x.record, l.person FROM alone x JOIN labels l USING (place)
        """
    )
    connection.execute("CREATE TABLE persons_of AS SELECT p.who, l.person FROM people p JOIN labels l ON l.place = p.who")
    connection.unregister("labels")
