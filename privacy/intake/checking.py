"""Checking batches: cells are made plain, each column is judged as a whole, rows part ways."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from policies.errors import ServiceFault
from privacy.contract import PSEUDONYM_FIELD, Contract, Field
from privacy.intake.cells import CHECKED_TYPES, judge_column
from privacy.intake.kernels import (
    EMPTY,
    GOOD,
    ID_LENGTH,
    NOT_ASCII,
    OTHER,
    PLACEHOLDER,
    WRONG,
    read_ids,
)
from privacy.intake.left_out import LeftOut, Marked
from privacy.intake.readers.batches import Batch
from privacy.intake.residues import identifying_places
from privacy.intake.values import (
    NOT_AN_ID,
    PLACEHOLDER_ID,
    WRONG_ID,
    person_key,
)
from privacy.pseudonyms import pseudonyms_of_column
from privacy.recognition import normalise

if TYPE_CHECKING:
    import pyarrow as pa

Broken = tuple[int, str, str]
"""Row, column and reason of a row that is set aside."""
WHITESPACE = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
HOLDS_IDENTIFIER = "holds an identifier of a person"
_WITHOUT_ID = -1
_ID_FAULTS = {PLACEHOLDER: PLACEHOLDER_ID, WRONG: WRONG_ID, OTHER: NOT_AN_ID}


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
    """Checks the batches of one contract; identified text stays in memory."""

    def __init__(
        self,
        contract: Contract,
        field_key: bytes,
        excluded: frozenset[str] = frozenset(),
        marked: Marked | None = None,
    ) -> None:

        self._contract = contract
        self._field_key = field_key
        self._left_out = LeftOut(excluded, marked or Marked())

    def check(self, batch: Batch) -> Checked:
        """Check a batch.

        Raises
        ------
        ServiceFault
            Checking failed; the library's message, which could quote a value, is not passed on.
        """
        import pyarrow as pa

        try:
            return self._checked(batch)
        except (pa.ArrowException, KeyError):
            raise ServiceFault(
                "a batch could not be checked", where=f"dataset {self._contract.dataset}"
            ) from None

    def _checked(self, batch: Batch) -> Checked:
        import pyarrow as pa

        size = len(batch.rows)
        reasons = _Reasons(size)
        people, without = self._people(batch, reasons)  # learns who is left out by her mark
        values: dict[str, Any] = {}
        for f in self._contract.fields:
            if f.action in ("keep", "coarsen"):
                column = self._prepared(batch, f)
                values[f.stored_name], faults = judge_column(self._contract, f, column)
                for reason, against in faults:
                    reasons.add(f.name, reason, against)
        if without is not None:
            reasons.leave_out(without)
        broken = reasons.broken(batch)
        broken += self._residual(batch, values, reasons.first)
        out = self._left_out.among(people)
        excluded = int(np.count_nonzero(out & (reasons.first == 0)))
        reasons.leave_out(out)
        places = np.flatnonzero(reasons.first == 0)
        stored = pa.table({PSEUDONYM_FIELD: people} | values)
        if len(places) < size:
            stored = stored.take(pa.array(places))
        missing = 0 if without is None else int(np.count_nonzero(without))
        return Checked(places, stored, people, sorted(broken), missing, excluded)

    def without_excluded(self, people: pa.Array) -> pa.Array:
        """Return which rows are of nobody who is left out."""
        import pyarrow as pa

        return pa.array(~self._left_out.among(people))

    def _prepared(self, batch: Batch, f: Field) -> Any:
        """Return a field's column, trimmed and in plain characters where its type asks for it."""
        import pyarrow.compute as pc

        column = batch.table.column(f.name)
        keyed = f.name == self._contract.person_key
        if f.type in CHECKED_TYPES or keyed:
            column = pc.utf8_trim(column, characters=WHITESPACE)
        if f.type in ("date", "integer", "decimal") or keyed:
            column = _plain(column)
        return column

    def _people(self, batch: Batch, reasons: _Reasons) -> tuple[pa.Array, Any]:
        """Return each row's pseudonym, and which rows have no usable id (None: rows are the persons)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        contract = self._contract
        if contract.person_key == "row":
            return random_pseudonyms(len(batch.rows)), None
        f = next(f for f in contract.fields if f.name == contract.person_key)
        column = self._prepared(batch, f)
        if f.type == "resident_id":
            keys, found = _person_keys(column)
            for code, reason in _ID_FAULTS.items():
                reasons.add(f.name, reason, found == code)
            without = found != GOOD
        else:
            whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
            without = pc.equal(pc.binary_length(whole), 0).to_numpy(zero_copy_only=False)
            keys = pc.if_else(pa.array(~without), whole, None) if without.any() else whole
        people = pseudonyms_of_column(keys, self._field_key, hash_name=contract.pseudonym_hash)
        if f.type == "resident_id" and self._left_out.by_mark:
            self._left_out.learn(keys.to_pylist(), people)
        return people, without

    def _residual(self, batch: Batch, values: dict[str, Any], reasons: Any) -> list[Broken]:
        """Set aside rows whose kept text identifies somebody; `reasons` is changed."""
        broken: list[Broken] = []
        for f in self._contract.fields:
            if f.action != "keep" or f.type in CHECKED_TYPES:
                continue
            for place in identifying_places(values[f.stored_name]):
                if reasons[place] == 0:
                    reasons[place] = _WITHOUT_ID
                    broken.append((int(batch.rows[place]), f.name, HOLDS_IDENTIFIER))
        return broken


class _Reasons:
    """The first reason against each row: 0 none, else its place in the list plus one."""

    def __init__(self, size: int) -> None:
        self.first = np.zeros(size, np.int32)
        self._said: list[tuple[str, str]] = []

    def add(self, column: str, reason: str, against: Any) -> None:
        """Note a reason against rows that have none yet."""
        if against.any():
            self._said.append((column, reason))
            self.first[against & (self.first == 0)] = len(self._said)

    def leave_out(self, rows: Any) -> None:
        """Leave rows out for which there is nothing to be said."""
        self.first[rows & (self.first == 0)] = _WITHOUT_ID

    def broken(self, batch: Batch) -> list[Broken]:
        """Return row, column and reason of the rows that are set aside."""
        places = np.flatnonzero(self.first > 0)
        numbers, first = batch.rows[places].tolist(), self.first[places].tolist()
        return [(row, *self._said[k - 1]) for row, k in zip(numbers, first, strict=True)]


def _person_keys(column: Any) -> tuple[pa.Array, Any]:
    """Return the person keys of an id column (null where none is usable) and the codes."""
    import pyarrow as pa

    ids, codes = read_ids(column)
    for place in np.flatnonzero(codes == NOT_ASCII).tolist():
        key, why = person_key(column[place].as_py())
        said = next((code for code, reason in _ID_FAULTS.items() if reason == why), EMPTY)
        codes[place] = GOOD if key else said
        if key:
            ids[place] = np.frombuffer(key.encode(), np.uint8)
    size = len(codes)
    ends = pa.py_buffer(np.arange(0, ID_LENGTH * size + 1, ID_LENGTH, dtype=np.int32))
    good = codes == GOOD
    valid = None if good.all() else pa.py_buffer(np.packbits(good, bitorder="little"))
    keys = pa.Array.from_buffers(pa.string(), size, [valid, ends, pa.py_buffer(ids)])
    return keys, codes


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
