"""Linkage on exact pseudonyms: one row a person key, conflicts by precedence, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.errors import BadInput
from privacy.contract import PSEUDONYM_FIELD, Contract, LinkedField

if TYPE_CHECKING:
    from privacy.intake.table import Tables


def link(
    linked: Contract,
    contracts: Sequence[Contract],
    tables: Tables,
    folder: Path,
    by_dataset: Mapping[str, Any],
) -> dict[str, Any]:
    """Join the extracts on their pseudonyms, write the linked table, return the linkage report.

    For each linked column the first extract of its precedence that has a value wins; of several
    rows of one extract, the least value (any rule does that looks at this person only: a row
    must not depend on other people).

    Notes
    -----
    duplicated = 1 − distinct persons / records; mismatch = registered ≠ actual among persons
    of whom both are known; sharing = persons whom two departments or more know / persons.
    """
    import duckdb

    present = [c for c in contracts if tables.parts(c.dataset)]
    columns = _columns(linked, present)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET temp_directory = " + _quoted(tables.folder / "duckdb"))
        for c in present:
            connection.register(f"from_{c.dataset}", tables.relation(c.dataset))
        connection.execute(f"CREATE TEMP TABLE linked AS {_join(linked, columns, present)}")
        target = folder / "rows.parquet"
        names = ", ".join(f'"{f.stored_name}"' for f in linked.fields)
        connection.execute(
            f'COPY (SELECT {names} FROM linked ORDER BY "{PSEUDONYM_FIELD}") '
            f"TO {_quoted(target)} (FORMAT parquet, COMPRESSION zstd)"
        )
        return _report(connection, linked, present, by_dataset)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _columns(
    linked: Contract, present: Sequence[Contract]
) -> dict[str, tuple[LinkedField, list[Contract]]]:
    columns = {}
    for x in linked.links:
        if linked.field(x.name) is None:
            raise BadInput("is linked but not among the fields", where=f"{linked.dataset}.{x.name}")
        by_name = {c.dataset: c for c in present}
        sources = [
            by_name[name]
            for name in x.precedence
            if name in by_name and by_name[name].field(x.source_field) is not None
        ]
        columns[x.name] = (x, sources)
    return columns


def _join(
    linked: Contract,
    columns: Mapping[str, tuple[LinkedField, list[Contract]]],
    present: Sequence[Contract],
) -> str:
    """Return the SQL of the join: rows of all extracts, then one group a person."""
    parts = []
    for c in present:
        picks = [f'"{PSEUDONYM_FIELD}"', f"'{c.dataset}' AS _department"]
        for name, (x, sources) in columns.items():
            at = next((i for i, s in enumerate(sources) if s.dataset == c.dataset), None)
            if at is None:
                picks.append(f'NULL::STRUCT(place INTEGER, v VARCHAR) AS "{name}"')
                continue
            value = f"nullif(\"{x.source_field}\"::VARCHAR, 'unknown')"
            packed = f"{{'place': {at}, 'v': {value}}}"
            picks.append(f'CASE WHEN {value} IS NOT NULL THEN {packed} END AS "{name}"')
        parts.append(f"SELECT {', '.join(picks)} FROM from_{c.dataset}")
    firsts = []
    for name, (x, _) in columns.items():
        value = f'min("{name}").v'
        taken = value if x.take is None else f"left({value}, {int(x.take)})"
        firsts.append(f'{taken} AS "{name}"')
    grouped = (
        f'SELECT "{PSEUDONYM_FIELD}", count(*) AS _records, count(DISTINCT _department) AS _departments, '
        f'{", ".join(firsts)} FROM ({" UNION ALL ".join(parts)}) GROUP BY "{PSEUDONYM_FIELD}"'
    )
    finals = [f'"{PSEUDONYM_FIELD}"', "_records", "_departments"]
    for name, (x, _) in columns.items():
        finals.append(f'{_final(linked, name, x)} AS "{name}"')
    return f"SELECT {', '.join(finals)} FROM ({grouped})"


def _final(linked: Contract, name: str, x: LinkedField) -> str:
    unknown = "'unknown'" if "unknown" in (linked.domain_of(name) or ()) else "NULL"
    if x.differs_from is None:
        return f'coalesce("{name}", {unknown})'
    other = f'"{x.differs_from}"'
    return (
        f'CASE WHEN "{name}" IS NULL OR {other} IS NULL THEN {unknown} '
        f"WHEN \"{name}\" <> {other} THEN 'yes' ELSE 'no' END"
    )


def _report(
    connection: Any, linked: Contract, present: Sequence[Contract], by_dataset: Mapping[str, Any]
) -> dict[str, Any]:
    persons, records, shared = connection.execute(
        "SELECT count(*), sum(_records)::BIGINT, count(*) FILTER (WHERE _departments > 1) FROM linked"
    ).fetchone()
    report: dict[str, Any] = {
        "persons": persons,
        "records": records,
        "duplicated": None if not records else 1 - persons / records,
        "shared": None if not persons else shared / persons,
        "rows_without_usable_id": sum(d["rows_without_usable_id"] for d in by_dataset.values()),
        "departments": dict(by_dataset),
    }
    for x in linked.links:
        if x.differs_from is not None:
            yes, both = connection.execute(
                f"SELECT count(*) FILTER (WHERE \"{x.name}\" = 'yes'), "
                f"count(*) FILTER (WHERE \"{x.name}\" IN ('yes', 'no')) FROM linked"
            ).fetchone()
            report[x.name] = None if not both else yes / both
    lags = [c.dataset for c in present if c.field("update_lag") is not None]
    report["update_lag"] = {
        name: dict(
            connection.execute(
                f"SELECT update_lag, count(*) FROM from_{name} GROUP BY ALL ORDER BY ALL"
            ).fetchall()
        )
        for name in lags
    }
    return report
