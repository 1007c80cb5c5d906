"""From links to persons: who is one person in the session's records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from privacy.linkage.exact import exact_passes
from privacy.linkage.fuzzy import candidate_pairs, score_pairs, splink_installed
from privacy.linkage.ids_in_engine import MACROS

if TYPE_CHECKING:
    from privacy.linkage.records import IdentifiedRecords

LEAST_PROBABILITY = 0.8
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


def link_records(records: IdentifiedRecords, *, without: str | None = None) -> Linked:
    """Link the records of a session: exact passes, then likeness for what is left.

    Parameters
    ----------
    without
        Why not to look at likeness, or None to look. Without the extra `link` it is not looked at.

    Notes
    -----
    Nothing of it reaches what is stored: the caller reads counts off the tables and closes them.
    """
    connection = open_engine()
    records.load(connection)
    exact_passes(connection)
    connection.execute(
        "CREATE TABLE scored (a BIGINT, b BIGINT, probability DOUBLE, weight DOUBLE)"
    )
    method, reason, pairs = "exact", without, 0
    if reason is None and not splink_installed():
        reason = "the extra `link` is not installed"
    if reason is None:
        method = "likeness"
        pairs = candidate_pairs(connection)
        if pairs:
            connection.execute("DROP TABLE scored")
            score_pairs(connection)
    _double(connection)
    _assign(connection)
    _gather(connection)
    return Linked(connection, method, reason, pairs)


def components(connection: Any, links: str, size: int, table: str) -> None:
    """Make `table` (place, label): the components of a graph of `size` places."""
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    found = connection.execute(links).fetchnumpy()
    a, b = (np.asarray(found[k], dtype=np.int64) for k in ("a", "b"))
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    columns = {"place": np.arange(size, dtype=np.int64), "label": label}
    connection.register("made", pa.table(columns))
    connection.execute(f"CREATE TABLE {table} AS SELECT place, label FROM made")
    connection.unregister("made")


def count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _double(connection: Any) -> None:
    """Make `doubled`, and `heads`: which person keys are counted as one person's."""
    connection.execute(
        """
        CREATE TABLE doubled AS
        SELECT least(a.who, b.who) AS a, greatest(a.who, b.who) AS b,
            max(s.probability) AS probability
        FROM scored s JOIN nodes a ON a.node = s.a JOIN nodes b ON b.node = s.b
        WHERE a.who IS NOT NULL AND b.who IS NOT NULL AND a.who <> b.who GROUP BY ALL
        """
    )
    links = f"SELECT a, b FROM doubled WHERE probability >= {SAME_PERSON}"
    components(connection, links, count(connection, "people"), "heads")


def _assign(connection: Any) -> None:
    """Give each open record to the one person who is likely enough and clearly ahead."""
    connection.execute(
        f"""
        INSERT INTO assigned
        WITH chances AS (
            SELECT s.a AS node, h.label, min(p.who) AS who, max(s.weight) AS weight,
                max(s.probability) AS probability
            FROM (SELECT a, b, weight, probability FROM scored
                  UNION ALL SELECT b, a, weight, probability FROM scored) s
            JOIN nodes o ON o.node = s.a AND o.who IS NULL
            JOIN nodes p ON p.node = s.b AND p.who IS NOT NULL
            JOIN heads h ON h.place = p.who
            GROUP BY s.a, h.label
        )
        SELECT node, arg_max(who, weight) FROM chances GROUP BY node
        HAVING max(probability) >= {LEAST_PROBABILITY}
            AND (count(*) = 1 OR max(weight, 2)[1] - max(weight, 2)[2] >= {LEAST_LEAD})
        """
    )


def _gather(connection: Any) -> None:
    """Make `linked` and `persons_of`: the persons, numbered, by record and by person key.

    No window function here or above: with millions of rows on a busy machine the engine was seen to
    wait in one for ever.
    """
    people = count(connection, "people")
    connection.execute(
        "CREATE TABLE left_over AS SELECT node, record, name, phone FROM nodes "
        "WHERE who IS NULL AND node NOT IN (SELECT node FROM assigned)"
    )
    connection.execute(f"CREATE TABLE alone AS SELECT *, rowid + {people} AS place FROM left_over")
    links = f"""
        SELECT h.place AS a, f.first AS b FROM heads h
        JOIN (SELECT label, min(place) AS first FROM heads GROUP BY label) f USING (label)
        UNION ALL
        SELECT x.place, y.place FROM scored s
        JOIN alone x ON x.node = s.a JOIN alone y ON y.node = s.b
        WHERE s.probability >= {LEAST_PROBABILITY}
        UNION ALL
        SELECT x.place, f.first FROM alone x JOIN (
            SELECT name, phone, min(place) AS first FROM alone
            WHERE name IS NOT NULL AND phone IS NOT NULL GROUP BY ALL
        ) f USING (name, phone)
    """
    components(connection, links, people + count(connection, "alone"), "labels")
    connection.execute(
        """
        CREATE TABLE linked AS
        SELECT r.record, l.label AS person FROM records r JOIN people p USING (id)
        JOIN labels l ON l.place = p.who
        UNION ALL
        SELECT n.record, l.label FROM assigned s JOIN nodes n USING (node)
        JOIN labels l ON l.place = s.who
        UNION ALL
        SELECT x.record, l.label FROM alone x JOIN labels l USING (place)
        """
    )
    connection.execute(
        "CREATE TABLE persons_of AS "
        "SELECT p.who, l.label AS person FROM people p JOIN labels l ON l.place = p.who"
    )
