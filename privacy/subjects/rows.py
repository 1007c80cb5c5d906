"""A person's own rows in the snapshots: counted, read out, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from policies.errors import BadInput
from privacy.contract import PSEUDONYM_FIELD, Contract
from privacy.store.erasure import as_stored

if TYPE_CHECKING:
    import pyarrow as pa

    from privacy.store import Snapshot, Store

DatasetKey = Literal["resident_id", "other", "row"]


@dataclass(frozen=True, slots=True)
class Holding:
    """How many rows of a person a snapshot holds, and whether they are redacted notes."""

    snapshot: str
    rows: int
    notes: bool
    departments: Mapping[str, int]


def holdings(store: Store, people: Mapping[str, frozenset[str]]) -> list[Holding]:
    """Count a person's rows in every snapshot that holds any (`people`: purpose → pseudonyms)."""
    found = []
    for snapshot in _snapshots(store):
        table = _own(snapshot, people)
        if table.num_rows:
            notes = is_notes(snapshot.contract)
            found.append(
                Holding(snapshot.id, table.num_rows, notes, _departments(table) if notes else {})
            )
    return found


def own_rows(store: Store, people: Mapping[str, frozenset[str]]) -> list[dict[str, Any]]:
    """Return a person's rows of every snapshot, without pseudonyms.

    Redacted notes stay in the enclave (they are still treated as identifying others): they are
    named with their count by department, where the person can ask for the originals.
    """
    found: list[dict[str, Any]] = []
    for snapshot in _snapshots(store):
        table = _own(snapshot, people)
        if not table.num_rows:
            continue
        entry: dict[str, Any] = {"dataset": snapshot.dataset, "version": snapshot.version}
        if is_notes(snapshot.contract):
            entry["notes_withheld"] = table.num_rows
            entry["ask_department"] = _departments(table)
        else:
            hidden = {f.stored_name for f in snapshot.contract.fields if f.role == "free_text"}
            kept = [n for n in table.column_names if n not in hidden | {PSEUDONYM_FIELD}]
            entry["title"] = dict(snapshot.contract.title)
            entry["purposes"] = list(snapshot.contract.purposes)
            entry["legal_basis"] = snapshot.contract.legal_basis
            entry["expires"] = snapshot.contract.expires.isoformat()
            entry["rows"] = table.select(kept).to_pylist()
        found.append(entry)
    return found


def corrected(
    snapshot: Snapshot, pseudonyms: frozenset[str], column: str, value: str, target: Path
) -> int:
    """Write a snapshot's files anew with one column of a person's rows set to `value`.

    Returns how many rows were hers.

    Raises
    ------
    BadInput
        The column cannot be corrected, or the value is outside the contract's domain or bounds.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    checked = _checked(snapshot.contract, column, value)
    hers = 0
    for path in snapshot.files:
        with pq.ParquetFile(path) as body:
            schema = body.schema_arrow
            place = schema.get_field_index(column)
            new = pa.scalar(checked, type=pa.string()).cast(schema.field(place).type)
            with pq.ParquetWriter(target / path.name, schema, compression="zstd") as out:
                for batch in body.iter_batches():
                    person = batch.column(PSEUDONYM_FIELD)
                    hit = pc.is_in(person, value_set=as_stored(pseudonyms, person.type))
                    hers += pc.sum(hit).as_py() or 0
                    columns = batch.columns
                    columns[place] = pc.if_else(hit, new, columns[place])
                    out.write_batch(pa.record_batch(columns, schema=schema))
    return hers


def keys_of_datasets(store: Store) -> dict[str, DatasetKey]:
    """Return by what each stored dataset knows a person; of several versions the worst counts.

    A linked table and redacted notes hold the pseudonyms of the extracts that they were made from.
    """
    found: dict[str, DatasetKey] = {}
    for contract in (s.contract for s in _snapshots(store)):
        kinds = {f.name: f.type for f in contract.fields}
        key: DatasetKey = "other"
        made_of_extracts = contract.links or (
            is_notes(contract) and contract.person_key == PSEUDONYM_FIELD
        )
        if contract.person_key == "row":
            key = "row"
        elif made_of_extracts or kinds[contract.person_key] == "resident_id":
            key = "resident_id"
        if found.get(contract.dataset, "resident_id") == "resident_id":
            found[contract.dataset] = key
    return found


def is_notes(contract: Contract) -> bool:
    """Tell whether a dataset is nothing but redacted notes."""
    return not contract.queryable() and any(f.role == "free_text" for f in contract.fields)


def _checked(contract: Contract, column: str, value: str) -> str:
    field = contract.field(column)
    where = f"{contract.dataset}.{column}"
    if field is None or column not in contract.queryable():
        able = ", ".join(contract.queryable()) or "none"
        raise BadInput("cannot be corrected", where=where, todo=f"one of: {able}")
    domain = contract.domain_of(column)
    if domain is not None:
        if value not in domain:
            raise BadInput("the value is none of the contract's domain", where=where)
    elif field.bounds is not None:
        low, high = field.bounds
        if not value.lstrip("-").isdecimal() or not low <= int(value) <= high:
            raise BadInput(f"the value is a whole number from {low} to {high}", where=where)
    else:
        raise BadInput("has neither a domain nor bounds to check a value by", where=where)
    return value


def _snapshots(store: Store) -> list[Snapshot]:
    found = [store.snapshot(d, v) for d in store.datasets() for v in store.versions(d)]
    return [s for s in found if s.files]  # retention may have removed rows


def _own(snapshot: Snapshot, people: Mapping[str, frozenset[str]]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    mine = people.get(snapshot.contract.pseudonym_purpose, frozenset())
    tables = []
    for path in snapshot.files:
        kind = pq.read_schema(path).field(PSEUDONYM_FIELD).type
        chosen = as_stored(mine, kind)
        tables.append(pq.read_table(path, filters=[(PSEUDONYM_FIELD, "in", chosen.to_pylist())]))
    return pa.concat_tables(tables)


def _departments(table: pa.Table) -> dict[str, int]:
    if "department" not in table.column_names:
        return {}
    counts = table.column("department").value_counts().to_pylist()
    return {c["values"]: c["counts"] for c in sorted(counts, key=lambda c: str(c["values"]))}
