"""Checking batches: cells are made plain, the compiled contract runs in the engine, rows part ways."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from policies.errors import ServiceFault
from privacy.contract import PSEUDONYM_FIELD, Contract, Field
from privacy.intake.batches import Batch
from privacy.intake.compiled import (
    CHECKED_TYPES,
    KEY_COLUMN,
    PSEUDONYM_FUNCTION,
    REASON_COLUMN,
    ROW_COLUMN,
    WITHOUT_ID,
    compile_contract,
)
from privacy.intake.left_out import LeftOut, Marked
from privacy.intake.residues import identifying_places
from privacy.pseudonyms import register_pseudonym
from privacy.recognition import normalise

if TYPE_CHECKING:
    import pyarrow as pa

Broken = tuple[int, str, str]
"""Row, column and reason of a row that is set aside."""
WHITESPACE = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
HOLDS_IDENTIFIER = "holds an identifier of a person"


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch that was checked.

    `places` are the rows (places in the batch) that may be stored, `stored` their columns with the
    pseudonym; `people` the pseudonym of every row of the batch, null where it has no usable id.
    """

    places: Any
    stored: pa.Table
    people: pa.Array
    broken: list[Broken]
    without_id: int
    excluded: int


class Checker:
    """Checks the batches of one contract in an engine of its own; identified text stays in memory."""

    def __init__(
        self,
        contract: Contract,
        field_key: bytes,
        excluded: frozenset[str] = frozenset(),
        marked: Marked | None = None,
    ) -> None:
        import duckdb
        import pyarrow as pa

        self._contract = contract
        self._compiled = compile_contract(contract)
        kinds = {f.name: f.type for f in contract.fields}
        self._by_id = kinds.get(contract.person_key) == "resident_id"
        self._left_out = LeftOut(excluded, marked or Marked())
        self._engine = duckdb.connect(":memory:")
        self._engine.execute("SET threads = 2")
        self._engine.execute("SET enable_progress_bar = false")
        if contract.person_key != "row":
            register_pseudonym(self._engine, PSEUDONYM_FUNCTION, field_key, contract.pseudonym_hash)
        for kind, values in self._compiled.domains.items():
            self._engine.register("domain", pa.table({"v": pa.array(values, pa.string())}))
            self._engine.execute(f"CREATE TYPE {kind} AS ENUM (SELECT v FROM domain)")
            self._engine.unregister("domain")

    def close(self) -> None:
        """Close the engine and forget what it held."""
        self._engine.close()

    def check(self, batch: Batch) -> Checked:
        """Check a batch.

        Raises
        ------
        ServiceFault
            The engine failed; its message, which could quote a value, is not passed on.
        """
        import duckdb
        import pyarrow as pa

        self._engine.register("batch", self._prepared(batch))
        try:
            found = self._engine.execute(self._compiled.sql).to_arrow_table()
        except duckdb.Error:
            raise ServiceFault(
                "a batch could not be checked", where=f"dataset {self._contract.dataset}"
            ) from None
        finally:
            self._engine.unregister("batch")
        # the engine may answer in any order; the batch's own order is that of the redactor's texts
        if not _is_rising(found.column(ROW_COLUMN)):
            found = found.sort_by(ROW_COLUMN)
        reasons = found.column(REASON_COLUMN).to_numpy().copy()
        people = self._people(found)
        keyed = self._contract.person_key != "row"
        without = found.column(KEY_COLUMN).null_count if keyed else 0
        broken = self._broken(batch, reasons)
        broken += self._residual(batch, found, reasons)
        if self._by_id and self._left_out.by_mark:
            self._left_out.learn(found.column(KEY_COLUMN).to_pylist(), people)
        out = self._left_out.among(people) & (reasons == 0)
        excluded = int(np.count_nonzero(out))
        reasons[out] = WITHOUT_ID
        places = np.flatnonzero(reasons == 0)
        columns = {PSEUDONYM_FIELD: people.take(pa.array(places))}
        kept = found.select(list(self._compiled.outputs))
        kept = kept if len(places) == len(kept) else kept.take(pa.array(places))
        for name, stored in self._compiled.outputs.items():
            columns[stored] = kept.column(name)
        return Checked(places, pa.table(columns), people, sorted(broken), without, excluded)

    def without_excluded(self, people: pa.Array) -> pa.Array:
        """Return which rows are of nobody who is left out."""
        import pyarrow as pa

        return pa.array(~self._left_out.among(people))

    def _prepared(self, batch: Batch) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        size = len(batch.rows)
        columns: dict[str, Any] = {"row": pa.array(np.arange(size, dtype=np.int64))}
        for place, f in enumerate(self._contract.fields):
            if f.name not in batch.table.column_names or not _is_used(self._contract, f):
                continue
            column = batch.table.column(f.name)
            if f.type in CHECKED_TYPES or f.name == self._contract.person_key:
                column = pc.utf8_trim(column, characters=WHITESPACE)
            if f.type in ("date", "integer", "decimal") or f.name == self._contract.person_key:
                column = _plain(column)
            columns[f"c{place}"] = column
        return pa.table(columns)

    def _people(self, found: pa.Table) -> pa.Array:
        if self._contract.person_key == "row":
            return random_pseudonyms(found.num_rows)
        return found.column(PSEUDONYM_FIELD).combine_chunks()

    def _broken(self, batch: Batch, reasons: Any) -> list[Broken]:
        places = np.flatnonzero(reasons > 0)
        return [
            (row, *self._compiled.reasons[reason - 1])
            for row, reason in zip(
                batch.rows[places].tolist(), reasons[places].tolist(), strict=True
            )
        ]

    def _residual(self, batch: Batch, found: pa.Table, reasons: Any) -> list[Broken]:
        """Set aside rows whose kept text identifies somebody; `reasons` is changed."""
        broken: list[Broken] = []
        names = {stored: name for name, stored in self._compiled.outputs.items()}
        for f in self._contract.fields:
            if f.action != "keep" or f.type in CHECKED_TYPES:
                continue
            for place in identifying_places(found.column(names[f.stored_name])):
                if reasons[place] == 0:
                    reasons[place] = WITHOUT_ID
                    broken.append((int(batch.rows[place]), f.name, HOLDS_IDENTIFIER))
        return broken


def _is_used(contract: Contract, f: Field) -> bool:
    return f.action in ("keep", "coarsen") or f.name == contract.person_key


def _is_rising(column: Any) -> bool:
    rows = column.to_numpy()
    return bool(np.array_equal(rows, np.arange(len(rows))))


def _plain(column: Any) -> Any:
    """Return a column with full-width digits and the like read as plain ones."""
    import pyarrow as pa
    import pyarrow.compute as pc

    odd = pc.invert(pc.string_is_ascii(column))
    if not pc.any(odd).as_py():
        return column
    plain = [normalise(v).text.strip() for v in pc.filter(column, odd).to_pylist()]
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    mask = odd.combine_chunks() if isinstance(odd, pa.ChunkedArray) else odd
    return pc.replace_with_mask(whole, mask, pa.array(plain, pa.string()))


def random_pseudonyms(size: int) -> pa.Array:
    """Return random pseudonyms (32 hex digits) for rows that nothing identifies."""
    import pyarrow as pa

    body = secrets.token_bytes(16 * size).hex().encode()
    offsets = np.arange(0, 32 * size + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(size, pa.py_buffer(offsets.tobytes()), pa.py_buffer(body))
