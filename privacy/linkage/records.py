"""The session's records with their identifying text, sealed while the session runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from privacy.contract import Contract
from privacy.linkage.fields import PersonFields, person_fields
from privacy.linkage.vault import Vault
from privacy.recognition.reading.normalisation import normalise

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_AT_A_TIME = 500_000
TEXTS = tuple(PersonFields.__slots__)
SCHEMA = (
    "record BIGINT, dataset UTINYINT, row BIGINT, stored BOOLEAN, id VARCHAR, damaged VARCHAR, "
    "raw_name VARCHAR, birth VARCHAR, phone VARCHAR, sex VARCHAR, door VARCHAR, lag INTEGER, "
    "registered VARCHAR, actual VARCHAR, status VARCHAR"
)


@dataclass(slots=True)
class IdentifiedRecords:
    """Takes a session's batches for linkage: sealed on disk, opened in memory, gone at the end.

    Parameters
    ----------
    folder
        On whose disk the sealed parts lie, in a file without a name.
    linked
        The contract of the linked table, when there is one: it says where a person is registered
        and lives.
    """

    folder: Path
    linked: Contract | None = None
    contracts: list[Contract] = field(default_factory=list)
    _vault: Vault = field(init=False, repr=False)
    _records: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._vault = Vault(self.folder)

    def __len__(self) -> int:
        return self._records

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the sealed file back."""
        self._vault.close()

    def add(self, contract: Contract, table: pa.Table) -> None:
        """Take a batch: original text columns by their names in the contract, `person`, `row`."""
        import pyarrow as pa

        if contract not in self.contracts:
            self.contracts.append(contract)
        place = self.contracts.index(contract)
        named = person_fields(contract, self.linked).named()
        n = table.num_rows
        columns: dict[str, Any] = {
            "record": pa.array(range(self._records, self._records + n), type=pa.int64()),
            "dataset": pa.array([place] * n, type=pa.uint8()),
            "row": table["row"],
            "person": table["person"],
        }
        for key in TEXTS:
            name = named.get(key)
            known = name is not None and name in table.column_names
            columns[key] = table[name] if known else pa.nulls(n, pa.string())
        columns["resident_id"] = _ascii(columns["resident_id"])
        self._records += n
        self._vault.put(pa.table(columns))

    def load(self, connection: Any) -> None:
        """Fill the table `records` of an engine that holds the macros of `ids_in_engine`."""
        connection.execute(f"CREATE TABLE records ({SCHEMA})")
        connection.execute("CREATE TEMP TABLE reference (dataset UTINYINT, day DATE)")
        for place, contract in enumerate(self.contracts):
            updated = person_fields(contract).updated
            day = next((f.reference_date for f in contract.fields if f.name == updated), None)
            connection.execute("INSERT INTO reference VALUES (?, ?)", [place, day])
        for batch in self._batches():
            connection.register("batch", batch)
            connection.execute(_INSERT)
            connection.unregister("batch")

    def _batches(self) -> Iterator[pa.Table]:
        """Yield what was sealed in batches large enough for more threads than one."""
        import pyarrow as pa

        waiting: list[pa.Table] = []
        for table in self._vault.tables():
            waiting.append(table)
            if sum(t.num_rows for t in waiting) >= _ROWS_AT_A_TIME:
                yield pa.concat_tables(waiting).combine_chunks()
                waiting = []
        if waiting:
            yield pa.concat_tables(waiting).combine_chunks()


def _ascii(column: Any) -> Any:
    """Return an id column in plain characters: full-width digits and the like are few."""
    import pyarrow as pa
    import pyarrow.compute as pc

    odd = pc.match_substring_regex(column, r"[^\x00-\x7f]")
    if not pc.any(odd).as_py():
        return column
    texts = column.to_pylist()
    return pa.array([t if t is None else normalise(t).text for t in texts], type=pa.string())


_DIGITS = "regexp_replace({0}, '[^0-9]', '', 'g')"
_INSERT = f"""
INSERT INTO records
SELECT b.record, b.dataset, b.row, b.person IS NOT NULL,
    coalesce(good, CASE WHEN nullif(b.resident_id, '') IS NULL AND b.person IS NOT NULL
        THEN 'p' || b.person END),
    CASE WHEN good IS NULL AND length(x) BETWEEN 14 AND 19
        AND regexp_full_match(x, '[0-9X]+') AND NOT placeholder(x) THEN x END,
    nullif(b.name, ''),
    CASE WHEN regexp_full_match(b.birth, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')
            THEN replace(b.birth, '-', '')
        WHEN length({_DIGITS.format("b.birth")}) = 8 THEN {_DIGITS.format("b.birth")} END,
    CASE WHEN regexp_full_match(b.phone, '1[0-9]{{10}}') THEN b.phone
        WHEN length({_DIGITS.format("b.phone")}) BETWEEN 7 AND 15
            THEN right({_DIGITS.format("b.phone")}, 11) END,
    CASE WHEN left(lower(b.sex), 1) IN ('男', 'm') THEN 'm'
        WHEN left(lower(b.sex), 1) IN ('女', 'f') THEN 'f' END,
    nullif(array_to_string(regexp_extract_all(b.address, '[0-9]+'), '-'), ''),
    r.day - TRY_CAST(b.updated AS DATE),
    nullif(b.registered, ''), nullif(b.actual, ''), nullif(b.status, '')
FROM with_ids('batch') b LEFT JOIN reference r USING (dataset)
"""
