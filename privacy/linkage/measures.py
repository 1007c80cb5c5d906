"""The linkage report: counts and rates of a linked session, with what each of them means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from privacy.contract import Contract
from privacy.linkage.clusters import Linked, link_records
from privacy.linkage.definitions import DEFINITIONS
from privacy.linkage.fields import person_fields
from privacy.linkage.records import IdentifiedRecords
from privacy.linkage.several_keys import several_keys

COMPLETE = {
    "resident_id": "id",
    "name": "raw_name",
    "birth": "birth",
    "phone": "phone",
    "sex": "sex",
    "address": "door",
}
"""What completeness is told of: our name of the field → the column of `records`."""


def measure(records: IdentifiedRecords) -> dict[str, Any]:
    """Link a session's records, measure them, and forget them: what remains is counts.

    Where likeness does not fit into memory the report is of the exact passes, and says so.
    """
    import duckdb

    try:
        found = link_records(records)
    except duckdb.OutOfMemoryException:
        found = link_records(records, without="likeness did not fit into memory")
    try:
        return linkage_report(found, records.contracts, records.linked)
    finally:
        found.connection.close()


def linkage_report(
    found: Linked, contracts: Sequence[Contract], linked: Contract | None = None
) -> dict[str, Any]:
    """Measure a linked session.

    Returns
    -------
    JSON with `audience`, `estimand`, `undefined` (path → reason), the measures (rates from 0 to 1,
    days for the lag), their numerators and denominators, and `definitions`. What cannot be said is
    None and stands in `undefined`; it is never 0.
    """
    undefined: dict[str, str] = {}
    db = found.connection
    db.execute("CREATE TEMP TABLE known AS SELECT * FROM records JOIN linked USING (record)")
    names = [c.dataset for c in contracts]
    records, persons = _row(db, "SELECT count(*), count(DISTINCT person) FROM known")
    if found.reason is not None:
        undefined["persons"] = f"counted by exact passes only: {found.reason}"
    report = {
        "audience": "enclave",
        "estimand": "these extracts (a census)",
        "undefined": undefined,
        "synthetic": all(c.synthetic for c in contracts),
        "method": found.method,
        "datasets": names,
        "titles": {c.dataset: dict(c.title) for c in contracts},
        "records": records,
        "persons": persons,
        "without_usable_id": _without_id(db),
        "duplicate_entry_rate": _duplicates(db, names, records, persons),
        "residence_mismatch": _residence(db, contracts, linked, undefined),
        "update_lag_days": _lag(db, contracts, undefined),
        "sharing": _sharing(db, names, undefined),
        "completeness": _completeness(db, contracts, undefined),
        "most_pseudonyms": several_keys(found, contracts, linked, undefined),
        "definitions": {name: asdict(d) for name, d in DEFINITIONS.items()},
    }
    if not records:
        undefined["duplicate_entry_rate.value"] = "there is no record"
    return report


def _row(db: Any, sql: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = db.execute(sql).fetchone()
    return row


def rate(part: int, whole: int) -> float | None:
    """Return part / whole, or None of nothing."""
    return part / whole if whole else None


def _without_id(db: Any) -> dict[str, Any]:
    records, joined = _row(
        db,
        "SELECT count(*), count(*) FILTER (WHERE person IN (SELECT person FROM persons_of)) "
        "FROM known WHERE id IS NULL",
    )
    return {"records": records, "linked_to_an_id": joined, "share_linked": rate(joined, records)}


def _duplicates(db: Any, names: Sequence[str], records: int, persons: int) -> dict[str, Any]:
    by = {
        names[d]: {"value": rate(n - p, n), "records": n, "persons": p}
        for d, n, p in db.execute(
            "SELECT dataset, count(*), count(DISTINCT person) FROM known GROUP BY 1 ORDER BY 1"
        ).fetchall()
    }
    within = {name: by.get(name, {"value": None, "records": 0, "persons": 0}) for name in names}
    return {
        "value": rate(records - persons, records),
        "records": records,
        "persons": persons,
        "within": within,
    }


def _place(contracts: Sequence[Contract], precedence: Sequence[str]) -> str:
    """Return SQL: the rank of a record's department, NULL where it has no say."""
    cases = [
        f"WHEN {i} THEN {precedence.index(c.dataset)}"
        for i, c in enumerate(contracts)
        if c.dataset in precedence
    ]
    return f"CASE dataset {' '.join(cases)} END" if cases else "NULL::INTEGER"


def _residence(
    db: Any, contracts: Sequence[Contract], linked: Contract | None, undefined: dict[str, str]
) -> dict[str, Any]:
    pair = None
    if linked is not None:
        links = {x.name: x for x in linked.links}
        pair = next(
            (
                (x, links[x.differs_from])
                for x in linked.links
                if x.differs_from is not None and x.differs_from in links
            ),
            None,
        )
    if linked is None or pair is None:
        undefined["residence_mismatch.value"] = (
            "no contract says which fields hold the two residences"
        )
        return {"value": None, "persons_who_differ": 0, "persons_with_both": 0, "by_status": {}}
    status = next((x.precedence for x in linked.links if x.name == "status"), ())
    picks = [
        f"min({{'at': {_place(contracts, order)}, 'v': {column}}}) "
        f"FILTER (WHERE {column} IS NOT NULL AND {_place(contracts, order)} IS NOT NULL).v AS {column}"
        for column, order in (
            ("registered", pair[0].precedence),
            ("actual", pair[1].precedence),
            ("status", status),
        )
    ]
    rows = db.execute(
        f"SELECT status, count(*) FILTER (WHERE registered <> actual), count(*) FROM "
        f"(SELECT person, {', '.join(_struct_picks(picks))} FROM known GROUP BY person) "
        "WHERE registered IS NOT NULL AND actual IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    differ, both = sum(r[1] for r in rows), sum(r[2] for r in rows)
    if not both:
        undefined["residence_mismatch.value"] = "of no person both residences are known"
    return {
        "value": rate(differ, both),
        "persons_who_differ": differ,
        "persons_with_both": both,
        "by_status": {
            s or "unknown": {"value": rate(d, n), "persons_who_differ": d, "persons_with_both": n}
            for s, d, n in rows
        },
    }


def _struct_picks(picks: Sequence[str]) -> list[str]:
    """A field of a filtered aggregate needs its own brackets."""
    return [f"({p.rsplit('.v AS ', 1)[0]}).v AS {p.rsplit('.v AS ', 1)[1]}" for p in picks]


def _lag(db: Any, contracts: Sequence[Contract], undefined: dict[str, str]) -> dict[str, Any]:
    sql = (
        "count(*) FILTER (WHERE lag >= 0), avg(lag) FILTER (WHERE lag >= 0), "
        "median(lag) FILTER (WHERE lag >= 0), count(*) FILTER (WHERE lag < 0) FROM known"
    )
    whole = _row(db, f"SELECT {sql}")
    by = {row[0]: row[1:] for row in db.execute(f"SELECT dataset, {sql} GROUP BY 1").fetchall()}
    keys = ("records", "mean", "median", "records_after_reference_date")
    none = (0, None, None, 0)
    found = dict(zip(keys, whole, strict=True))
    found["by_dataset"] = {
        c.dataset: dict(zip(keys, by.get(i, none), strict=True)) for i, c in enumerate(contracts)
    }
    if not whole[0]:
        undefined["update_lag_days.mean"] = "no record has a date of update"
    for name, lag in found["by_dataset"].items():
        if not lag["records"]:
            undefined[f"update_lag_days.by_dataset.{name}"] = "no record has a date of update"
    return found


def _sharing(db: Any, names: Sequence[str], undefined: dict[str, str]) -> dict[str, Any]:
    masks = db.execute(
        "SELECT mask, count(*) FROM (SELECT person, bit_or(1::BIGINT << dataset) AS mask "
        "FROM known GROUP BY person) GROUP BY mask"
    ).fetchall()
    held = [sum(n for mask, n in masks if mask >> i & 1) for i in range(len(names))]
    both = [
        [sum(n for mask, n in masks if mask >> i & 1 and mask >> j & 1) for j in range(len(names))]
        for i in range(len(names))
    ]
    for name, n in zip(names, held, strict=True):
        if not n:
            undefined[f"sharing.rates.{name}"] = "the department holds no person"
    persons = sum(n for _, n in masks)
    if not persons:
        undefined["sharing.by_two_or_more.value"] = "there is no person"
    several = sum(n for mask, n in masks if mask.bit_count() > 1)
    return {
        "held": dict(zip(names, held, strict=True)),
        "both": both,
        "rates": [[rate(b, held[i]) for b in row] for i, row in enumerate(both)],
        "by_two_or_more": {"value": rate(several, persons), "shared": several, "persons": persons},
    }


def _completeness(
    db: Any, contracts: Sequence[Contract], undefined: dict[str, str]
) -> dict[str, Any]:
    counts = ", ".join(f"count({column})" for column in COMPLETE.values())
    by = {
        row[0]: row[1:]
        for row in db.execute(
            f"SELECT dataset, count(*), {counts} FROM known GROUP BY 1"
        ).fetchall()
    }
    found: dict[str, Any] = {}
    for i, c in enumerate(contracts):
        records, *have = by.get(i, (0, *[0] * len(COMPLETE)))
        named = person_fields(c).named()
        found[c.dataset] = {"records": records}
        for key, n in zip(COMPLETE, have, strict=True):
            if key not in named:
                undefined[f"completeness.{c.dataset}.{key}"] = "the contract names no such field"
            elif not records:
                undefined[f"completeness.{c.dataset}.{key}"] = "there is no record"
            found[c.dataset][key] = rate(n, records) if key in named else None
    return found
