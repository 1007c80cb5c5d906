"""Exact passes: on the person key, then on what two records can hardly share by chance.

Tables: `people` (id, who), `nodes` (one a person key and spelling of it, or a record without a key)
and `assigned` (node, who): what was decided.
"""

from __future__ import annotations

from typing import Any

from privacy.linkage.names import forms, sounds

MOST_PHONE_HOLDERS = 40
"""A phone number of more persons than this is a placeholder or a switchboard and says nothing."""

_PEOPLE = (
    "CREATE TABLE ids AS SELECT DISTINCT id FROM records WHERE id IS NOT NULL",
    "CREATE TABLE people AS SELECT id, rowid::INTEGER AS who FROM ids",
    "DROP TABLE ids",
)
_NODES = """
CREATE TABLE nodes AS
SELECT nextval('numbers') AS node, *,
    left(birth, 4) || least(substr(birth, 5, 2), right(birth, 2))
        || greatest(substr(birth, 5, 2), right(birth, 2)) AS birth_key
FROM (
    SELECT p.who, NULL::BIGINT AS record, r.id AS number, n.name, n.pinyin, r.birth, r.phone, r.sex,
        min(r.door) AS door
    FROM records r JOIN people p USING (id) LEFT JOIN names n ON n.raw = r.raw_name
    GROUP BY ALL
    UNION ALL
    SELECT NULL, r.record, r.damaged, n.name, n.pinyin, r.birth, r.phone, r.sex, r.door
    FROM records r LEFT JOIN names n ON n.raw = r.raw_name
    WHERE r.id IS NULL
)
"""
_SHARED_PHONES = f"""
UPDATE nodes SET phone = NULL WHERE phone IN (
    SELECT phone FROM nodes GROUP BY phone
    HAVING count(DISTINCT coalesce(who, -1 - record)) > {MOST_PHONE_HOLDERS}
)
"""
_OPEN = "n.who IS NULL AND n.node NOT IN (SELECT node FROM assigned)"
_PASSES = (
    # the same name under the same phone number
    f"""
    WITH known AS (
        SELECT name, phone, min(who) AS who FROM nodes
        WHERE who IS NOT NULL AND name IS NOT NULL AND phone IS NOT NULL
        GROUP BY ALL HAVING min(who) = max(who)
    )
    INSERT INTO assigned SELECT n.node, k.who
    FROM nodes n JOIN known k USING (name, phone) WHERE {_OPEN}
    """,
    # the same name, and an id that two slips of the pen at most turn into that person's
    *(
        f"""
        INSERT INTO assigned SELECT n.node, min(k.who)
        FROM nodes n JOIN nodes k ON n.name = k.name AND {same}
        WHERE {_OPEN} AND k.who IS NOT NULL AND n.number IS NOT NULL
            AND k.number NOT LIKE 'p%'
            AND damerau_levenshtein(n.number, k.number) <= 2
        GROUP BY n.node HAVING min(k.who) = max(k.who)
        """
        for same in (
            "substr(n.number, 7, 8) = substr(k.number, 7, 8)",
            "left(n.number, 6) || right(n.number, 4) = left(k.number, 6) || right(k.number, 4)",
        )
    ),
)


def exact_passes(connection: Any) -> None:
    """Make `names`, `people`, `nodes` and `assigned` from `records`."""
    raw = connection.execute(
        "SELECT DISTINCT raw_name FROM records WHERE raw_name IS NOT NULL ORDER BY 1"
    ).fetchall()
    connection.execute("CREATE TABLE names (raw VARCHAR, name VARCHAR, pinyin VARCHAR)")
    if raw:
        import pyarrow as pa

        columns = forms((r for (r,) in raw), sounds())
        connection.register("made", pa.table(columns))
        connection.execute("INSERT INTO names SELECT raw, name, pinyin FROM made")
        connection.unregister("made")
    for statement in _PEOPLE:
        connection.execute(statement)
    connection.execute("CREATE SEQUENCE numbers START 1")
    connection.execute(_NODES)
    connection.execute(_SHARED_PHONES)
    connection.execute("CREATE TABLE assigned (node BIGINT, who INTEGER)")
    for statement in _PASSES:
        connection.execute(statement)
