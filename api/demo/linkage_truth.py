"""The linkage report held against the truth: what linkage cannot know of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def linkage_against_truth(city: Path, linkage: dict[str, Any]) -> dict[str, Any]:
    """Return duplicates, residence mismatch and completeness: as linked, and as they truly are."""
    import duckdb

    truth = city / "truth"
    people, links = str(truth / "people.parquet"), str(truth / "links.parquet")
    with duckdb.connect(":memory:") as db:
        db.register("people", db.read_parquet(people))
        db.register("links", db.read_parquet(links))
        records, persons, repeated = db.execute(
            "SELECT sum(n)::BIGINT, count(*), sum(n) FILTER (WHERE n > 1) FROM "
            "(SELECT person, count(*) AS n FROM links GROUP BY person)"
        ).fetchone() or (0, 0, 0)
        mismatch = db.execute(
            "SELECT avg((community <> registered_community)::INT) FROM people "
            "WHERE status = 'migrant'"
        ).fetchone()
        everybody = db.execute(
            "SELECT avg((community <> registered_community)::INT) FROM people"
        ).fetchone()
    return {
        "linked": linkage,
        "truth": {
            "records": int(records),
            "persons_with_a_record": int(persons),
            "duplicate_share": 1 - int(persons) / int(records),
            "records_of_persons_with_several": int(repeated or 0) / int(records),
            "registered_elsewhere": None if everybody is None else float(everybody[0]),
            "migrants_registered_elsewhere": None if mismatch is None else float(mismatch[0]),
        },
    }
