"""Taking one extract in: read, check, redact, spill, remember; batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from policies.errors import CommonGroundError, Refused
from privacy.contract import PSEUDONYM_FIELD, Contract, Field
from privacy.intake.biometrics import refuse_cells
from privacy.intake.checking import HOLDS_IDENTIFIER, Broken, Checked, Checker
from privacy.intake.journal import Journal
from privacy.intake.readers.batches import Batch, Wanted, ahead
from privacy.intake.readers.opening import Source, open_extract
from privacy.intake.report import FileReport
from privacy.intake.residues import identifies
from privacy.intake.table import DRAW, NOTES, Tables, draws
from privacy.recognition import KnownValue, Redacted

if TYPE_CHECKING:
    import pyarrow as pa

_KNOWN_TYPES = {
    "person_name": "PERSON",
    "phone": "PHONE_NUMBER",
    "address": "ADDRESS",
    "resident_id": "CN_RESIDENT_ID",
    "identifier": "IDENTIFIER",
}
BROKEN = "broken"
"""Prefix of the spill's folders of rows set aside: row, column and reason."""


class RedactsText(Protocol):
    """What intake needs of a redactor."""

    def redact_many(
        self, texts: Sequence[str], known: Sequence[Sequence[KnownValue]] | None = None
    ) -> list[Redacted]:
        """Redact texts in order."""


class KeepsIdentified(Protocol):
    """What linkage needs of a session: each checked batch while its identified text is in memory."""

    def add(self, contract: Contract, table: pa.Table) -> None:
        """Take a batch: its original text columns by their names in the contract, `person`, `row`.

        `person` is the pseudonym or null, `row` the row's number in its file (int64). Rows of people
        who are left out are not in it. After a crash, batches may be given that an earlier process
        was given.
        """


class MakesReversible(Protocol):
    """A reversible pseudonym of each value of one field (AES-SIV under a key of its own)."""

    def of(self, values: Sequence[str]) -> list[str]:
        """Return the pseudonyms in order."""


@dataclass(slots=True)
class Taker:
    """What taking an extract in needs of its session."""

    contract: Contract
    checker: Checker
    tables: Tables
    journal: Journal
    make_redactor: Callable[[], RedactsText]
    identified: KeepsIdentified | None
    reversible: Callable[[str], MakesReversible] | None
    _redactor: RedactsText | None = field(default=None, init=False)

    @property
    def redactor(self) -> RedactsText:
        """The redactor, made when the first free text comes (its library takes seconds)."""
        if self._redactor is None:
            self._redactor = self.make_redactor()
        return self._redactor

    def columns(self) -> frozenset[str]:
        """Return the columns that are read: what is dropped unseen is not."""
        fields = self.contract.fields
        if self.identified is not None:
            return frozenset(f.name for f in fields)
        redacts = any(f.action == "redact" for f in fields)
        return frozenset(
            f.name
            for f in fields
            if f.action != "drop" or (redacts and f in _known_fields(self.contract))
        )


def take_in(taker: Taker, number: int, source: Source, report: FileReport) -> None:
    """Read an extract, spill what may be stored, and add up what happened.

    Batches that the journal knows are not stored again; the same file gives the same batches. A
    table of a database does not: it is read again from its beginning.
    """
    wanted = Wanted(taker.contract, taker.columns(), report.file)
    done = {e["batch"]: e["figures"] for e in taker.journal.entries() if e.get("extract") == number}
    whole = any(e.get("ended") == number for e in taker.journal.entries())
    if whole and taker.identified is None:
        for figures in done.values():
            report.add(figures)
        ended = next(e for e in taker.journal.entries() if e.get("ended") == number)
        report.departures = list(ended["departures"])
        return
    if isinstance(source, str) and not whole:
        done = {}
        for dataset in (taker.contract.dataset, NOTES, f"{BROKEN}-{taker.contract.dataset}"):
            taker.tables.forget(dataset, f"{number:03d}-")
    opened = open_extract(source, wanted)
    for place, batch in enumerate(ahead(opened.batches)):
        known = done.get(place)
        if known is not None and taker.identified is None:
            report.add(known)
            continue
        try:
            figures = _take_batch(taker, batch, f"{number:03d}-{place:06d}", report, known)
        except CommonGroundError as error:
            where = error.where if report.file in error.where else f"{report.file} {error.where}"
            raise type(error)(error.what, where=where.strip(), todo=error.todo) from None
        if known is None:
            taker.journal.add({"extract": number, "batch": place, "figures": figures})
        report.add(known or figures)
    report.departures = opened.departures
    if not whole:
        taker.journal.add({"ended": number, "departures": opened.departures})


def _take_batch(
    taker: Taker, batch: Batch, name: str, report: FileReport, known: dict[str, Any] | None
) -> dict[str, Any]:
    contract = taker.contract
    refuse_cells(batch.table, report.file)
    done = FileReport(report.dataset, report.file)
    done.rows_read = len(batch.rows) + len(batch.unreadable)
    broken: list[Broken] = [(row, "", reason) for row, reason in batch.unreadable]
    without_note: list[Broken] = []
    if len(batch.rows):
        checked = taker.checker.check(batch)
        broken += checked.broken
        done.rows_without_id, done.rows_excluded = checked.without_id, checked.excluded
        if known is None and len(checked.places):
            done.rows_stored = len(checked.places)
            without_note = _spill(taker, batch, checked, name, done)
        if taker.identified is not None:
            taker.identified.add(contract, _identified(taker, batch, checked))
    done.rows_quarantined = len(broken)
    broken += without_note
    done.reasons.update((column, reason) for _, column, reason in broken)
    if broken and known is None:
        _spill_broken(taker, sorted(broken), name)
    return done.figures()


def _spill(
    taker: Taker, batch: Batch, checked: Checked, name: str, done: FileReport
) -> list[Broken]:
    import pyarrow as pa

    contract, stored = taker.contract, checked.stored
    for f in contract.fields:
        if f.action == "reversible":
            texts = batch.table.column(f.name).take(pa.array(checked.places)).to_pylist()
            stored = stored.append_column(f.stored_name, _reversible(taker, f, texts))
    if contract.rows_per_person > 1:
        stored = stored.append_column(DRAW, draws(stored.num_rows))
    # notes first: a row whose part stands has its note
    broken: list[Broken] = []
    for at, f in enumerate(contract.fields):
        if f.action == "redact":
            broken += _redact(taker, f, batch, checked, f"{name}-{at:04d}", done)
    taker.tables.add(contract.dataset, name, stored)
    return broken


def _reversible(taker: Taker, f: Field, texts: list[str]) -> pa.Array:
    import pyarrow as pa

    if taker.reversible is None:
        raise Refused(
            "there is no key for reversible pseudonyms", where=f"field {f.name}",
            todo="make one with `commonground keys new`, or drop the field",
        )  # fmt: skip
    made = iter(taker.reversible(f.name).of([t for t in texts if t]))
    return pa.array([next(made) if t else None for t in texts], pa.string())


def _known_fields(contract: Contract) -> list[Field]:
    return [g for g in contract.fields if g.role == "direct_identifier" and g.type in _KNOWN_TYPES]


def _redact(
    taker: Taker, f: Field, batch: Batch, checked: Checked, name: str, done: FileReport
) -> list[Broken]:
    """Redact a field's texts with each row's own values; what still identifies is not kept."""
    import pyarrow as pa

    column = batch.table.column(f.name).take(pa.array(checked.places)).to_pylist()
    with_text = [i for i, text in enumerate(column) if text]
    if not with_text:
        return []
    rows = pa.array(checked.places[with_text])
    own = [
        (_KNOWN_TYPES[g.type], batch.table.column(g.name).take(rows).to_pylist())
        for g in _known_fields(taker.contract)
        if g.name in batch.table.column_names
    ]
    known = [[KnownValue(kind, values[i]) for kind, values in own] for i in range(len(with_text))]
    texts = [r.text for r in taker.redactor.redact_many([column[i] for i in with_text], known)]
    done.redacted_texts += len(texts)
    clean = [i for i, text in enumerate(texts) if not identifies(text)]
    people = checked.stored.column(PSEUDONYM_FIELD).take(pa.array(with_text))
    table = pa.table(
        {
            PSEUDONYM_FIELD: people.take(pa.array(clean, pa.int64())),
            "department": pa.repeat(pa.scalar(taker.contract.dataset), len(clean)),
            "note": pa.array([texts[i] for i in clean], pa.string()),
        }
    )
    if clean:
        taker.tables.add(NOTES, name, table)
    numbers = batch.rows[checked.places[with_text]]
    left = np.delete(numbers, clean).tolist()
    return [
        (row, f.name, f"{HOLDS_IDENTIFIER}: the text was left out, the row is kept") for row in left
    ]


def _spill_broken(taker: Taker, broken: list[Broken], name: str) -> None:
    import pyarrow as pa

    rows, columns, reasons = zip(*broken, strict=True)
    table = pa.table({"row": pa.array(rows, pa.int64()), "column": columns, "reason": reasons})
    taker.tables.add(f"{BROKEN}-{taker.contract.dataset}", name, table)


def _identified(taker: Taker, batch: Batch, checked: Checked) -> pa.Table:
    import pyarrow as pa

    table = batch.table.append_column(PSEUDONYM_FIELD, checked.people)
    table = table.append_column("row", pa.array(batch.rows))
    return table.filter(taker.checker.without_excluded(checked.people))
