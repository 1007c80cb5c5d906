"""From the batches of an extract to pseudonymised, coarsened rows in the session's spill."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from privacy.contract import PSEUDONYM_FIELD, Contract, Field
from privacy.intake.batches import Batch, open_extract
from privacy.intake.report import FileReport
from privacy.intake.values import checker, person_key
from privacy.pseudonyms import Pseudonymiser, PurposeKey
from privacy.recognition import KnownValue

if TYPE_CHECKING:
    from privacy.intake.session import KeepsIdentified, RedactsText

Broken = tuple[int, str, str]
_KNOWN_TYPES = {
    "person_name": "PERSON",
    "phone": "PHONE_NUMBER",
    "address": "ADDRESS",
    "resident_id": "CN_RESIDENT_ID",
    "identifier": "IDENTIFIER",
}
NOTES = "notes"


class Tables:
    """The session's spill: Parquet parts that hold pseudonyms and stored columns, nothing else."""

    def __init__(
        self,
        folder: Path,
        key: PurposeKey,
        redactor: Callable[[], RedactsText],
        excluded: frozenset[str] = frozenset(),
        identified: KeepsIdentified | None = None,
    ) -> None:
        self.folder = folder
        self.excluded = excluded
        self.identified = identified
        self.pseudonymiser = Pseudonymiser(key.for_field("resident_id"))
        self._make_redactor = redactor
        self._redactor: RedactsText | None = None
        self._parts = 0

    @property
    def redactor(self) -> RedactsText:
        """The redactor, made when the first free text comes (its library takes seconds)."""
        if self._redactor is None:
            self._redactor = self._make_redactor()
        return self._redactor

    def add(self, dataset: str, columns: dict[str, list[Any]]) -> None:
        """Spill one batch of rows of a dataset."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._parts += 1
        target = self.folder / dataset
        target.mkdir(exist_ok=True)
        table = pa.table({k: pa.array(v, type=_arrow_type(pa, v)) for k, v in columns.items()})
        pq.write_table(table, target / f"{self._parts:06d}.parquet", compression="zstd")

    def parts(self, dataset: str) -> list[Path]:
        """Return the parts of a dataset."""
        return sorted((self.folder / dataset).glob("*.parquet"))

    def has_notes(self) -> bool:
        """Tell whether any redacted text was spilled."""
        return bool(self.parts(NOTES))

    def move_sorted(self, dataset: str, target: Path, rows_per_person: int | None) -> int:
        """Write a dataset's rows to `target`, sorted by pseudonym: the order of intake is forgotten.

        Of each pseudonym the least `rows_per_person` rows are kept (None: all): a rule that looks
        at this person only. Return how many were left out.
        """
        import duckdb

        with duckdb.connect(":memory:") as connection:
            connection.execute("SET threads = 2")
            parts = connection.read_parquet([str(p) for p in self.parts(dataset)])
            order = ", ".join(f'"{name}"' for name in parts.columns)
            bounded = parts
            if rows_per_person is not None:
                bounded = parts.query(
                    "parts",
                    f'SELECT * FROM parts QUALIFY row_number() OVER (PARTITION BY "{PSEUDONYM_FIELD}" '
                    f"ORDER BY {order}) <= {int(rows_per_person)}",
                )
            path = target / "rows.parquet"
            bounded.order(order).write_parquet(str(path), compression="zstd")
            kept = connection.read_parquet(str(path)).shape[0]
            return int(parts.shape[0]) - int(kept)


def _arrow_type(pa: Any, values: list[Any]) -> Any:
    return pa.int64() if any(isinstance(v, int) for v in values) else pa.string()


def take_in(contract: Contract, path: Path, tables: Tables, report: FileReport) -> list[Broken]:
    """Read one extract, check each row, spill what may be stored; return what is set aside."""
    opened = open_extract(path, contract)
    report.departures = opened.departures
    checkers = {
        f.name: checker(contract, f)
        for f in contract.fields
        if f.type in ("category", "date", "integer") and f.name not in opened.missing
    }
    broken: list[Broken] = []
    for batch in opened.batches:
        broken += [(row, "", reason) for row, reason in batch.unreadable]
        report.rows_read += len(batch.rows) + len(batch.unreadable)
        report.rows_quarantined += len(batch.unreadable)
        for _, reason in batch.unreadable:
            report.reasons["", reason] += 1
        if batch.rows:
            broken += _take_in_batch(contract, batch, checkers, tables, report)
    return broken


def _take_in_batch(
    contract: Contract,
    batch: Batch,
    checkers: dict[str, Any],
    tables: Tables,
    report: FileReport,
) -> list[Broken]:
    size = len(batch.rows)
    usable = [True] * size
    reasons: list[tuple[str, str] | None] = [None] * size
    keys: list[str | None] = [None] * size
    if contract.person_key != "row":
        for i, text in enumerate(batch.columns[contract.person_key]):
            keys[i], reason = person_key(text)
            if keys[i] is None:
                usable[i] = False
                report.rows_without_id += 1
                if reason:
                    reasons[i] = (contract.person_key, reason)
    values: dict[str, list[str | None]] = {}
    for name, check in checkers.items():
        outcomes = [check(v) for v in batch.columns[name]]
        values[name] = [value for value, _ in outcomes]
        for i, (_, reason) in enumerate(outcomes):
            if reason is not None:
                usable[i] = False
                reasons[i] = reasons[i] or (name, reason)
    kept = [i for i in range(size) if usable[i]]
    if contract.person_key == "row":
        people = [secrets.token_hex(16) for _ in kept]
    else:
        people = tables.pseudonymiser.of([keys[i] or "" for i in kept])
    if tables.excluded:
        before = len(kept)
        rest = [(i, p) for i, p in zip(kept, people, strict=True) if p not in tables.excluded]
        kept, people = [i for i, _ in rest], [p for _, p in rest]
        report.rows_excluded += before - len(kept)
    _spill(contract, batch, kept, people, values, tables, report)
    if tables.identified is not None:
        tables.identified.add(contract, _identified(batch, kept, people))
    broken = [(batch.rows[i], *why) for i, why in enumerate(reasons) if why is not None]
    report.rows_stored += len(kept)
    report.rows_quarantined += len(broken)
    report.reasons.update((column, reason) for _, column, reason in broken)
    return broken


def _spill(
    contract: Contract,
    batch: Batch,
    kept: list[int],
    people: list[str],
    values: dict[str, list[str | None]],
    tables: Tables,
    report: FileReport,
) -> None:
    if not kept:
        return
    columns: dict[str, list[Any]] = {PSEUDONYM_FIELD: people}
    for f in contract.fields:
        if f.action in ("keep", "coarsen"):
            column = values.get(f.name) or [v or None for v in batch.columns[f.name]]
            columns[f.stored_name] = [_typed(f, column[i]) for i in kept]
    tables.add(contract.dataset, columns)
    for f in contract.fields:
        if f.action == "redact":
            _redact(contract, f, batch, kept, people, tables, report)


def _identified(batch: Batch, kept: list[int], people: list[str]) -> Any:
    import pyarrow as pa

    person: list[str | None] = [None] * len(batch.rows)
    for i, p in zip(kept, people, strict=True):
        person[i] = p
    columns: dict[str, Any] = {n: pa.array(v, type=pa.string()) for n, v in batch.columns.items()}
    columns["person"] = pa.array(person, type=pa.string())
    columns["row"] = pa.array(batch.rows, type=pa.int64())
    return pa.table(columns)


def _typed(f: Field, value: str | None) -> str | int | None:
    whole = f.type == "integer" and f.action == "keep" and value is not None
    return int(value) if whole and value is not None else value


def _redact(
    contract: Contract,
    f: Field,
    batch: Batch,
    kept: list[int],
    people: list[str],
    tables: Tables,
    report: FileReport,
) -> None:
    with_text = [
        (i, person) for i, person in zip(kept, people, strict=True) if batch.columns[f.name][i]
    ]
    if not with_text:
        return
    own = [g for g in contract.fields if g.role == "direct_identifier" and g.type in _KNOWN_TYPES]
    known = [
        [KnownValue(_KNOWN_TYPES[g.type], batch.columns[g.name][i]) for g in own]
        for i, _ in with_text
    ]
    done = tables.redactor.redact_many([batch.columns[f.name][i] for i, _ in with_text], known)
    report.redacted_texts += len(done)
    tables.add(
        NOTES,
        {
            PSEUDONYM_FIELD: [person for _, person in with_text],
            "department": [contract.dataset] * len(done),
            "note": [d.text for d in done],
        },
    )
