"""One ingest session: identified values live only in its memory, batch by batch."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.intake.linkage import link
from privacy.intake.notes import notes_contract, write_notes
from privacy.intake.report import FileReport, IngestReport
from privacy.intake.table import Tables, take_in
from privacy.pseudonyms import PurposeKey
from privacy.recognition import KnownValue, Redacted
from privacy.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[str, int, int], None]
_SUMMED = ("rows_read", "rows_stored", "rows_without_usable_id")


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

        `person` is the pseudonym or null, `row` the row's number in its file (int64).
        """


@dataclass(frozen=True, slots=True)
class Session:
    """What one session takes in, and with what.

    Parameters
    ----------
    extracts
        Each contract with its files. Several contracts are linked when `linked` is given.
    linked
        The contract of the linked table, or None: then each extract becomes a snapshot.
    purpose_key
        Key of the pseudonyms; sessions under the same key give one person the same pseudonym.
    commitment_key
        Key of the snapshots' commitments.
    quarantine
        Folder for the rows set aside: file, row, column, reason; never a value.
    excluded
        Pseudonyms whose rows are left out and counted: persons who objected or were erased.
    identified
        Takes every checked batch with its original text, for linkage within this session.
    """

    extracts: Sequence[tuple[Contract, Sequence[Path]]]
    linked: Contract | None
    purpose_key: PurposeKey = field(repr=False)
    commitment_key: bytes = field(repr=False)
    store: Store
    redactor: Callable[[], RedactsText]
    quarantine: Path
    today: date
    progress: Progress = lambda _stage, _done, _total: None
    excluded: frozenset[str] = field(default=frozenset(), repr=False)
    identified: KeepsIdentified | None = field(default=None, repr=False)


def ingest(session: Session) -> IngestReport:
    """Take the extracts in, link them when the session says so, and store snapshots.

    Raises
    ------
    BadInput
        An extract could not be read, or contracts of several populations stand in one session.
    Refused
        A contract has expired, or a dataset belongs to another population.
    """
    _check(session)
    spill = session.store.spill_folder()
    try:
        tables = Tables(
            spill, session.purpose_key, session.redactor, session.excluded, session.identified
        )
        reports = _take_in_all(session, tables)
        report = IngestReport(reports)
        _store_all(session, tables, report)
        return report
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _check(session: Session) -> None:
    contracts = [c for c, _ in session.extracts] + ([session.linked] if session.linked else [])
    if len({c.population.id for c in contracts}) > 1:
        raise BadInput("one session is of one protected population", where="contracts")
    names = [c.dataset for c in contracts]
    if len(set(names)) != len(names):
        raise BadInput("two contracts are of the same dataset", where="contracts")
    for c in contracts:
        if c.expires < session.today:
            raise BadInput("has expired (PIPL Art. 19)", where=f"contract {c.dataset}")


def _take_in_all(session: Session, tables: Tables) -> list[FileReport]:
    reports: list[FileReport] = []
    total = sum(len(files) for _, files in session.extracts)
    for contract, files in session.extracts:
        for path in files:
            session.progress("extracts", len(reports), total)
            report = FileReport(contract.dataset, path.name)
            reports.append(report)
            # an extract that cannot be read ends the session: figures without a department would
            # hang on the one byte that spoilt its file
            broken = take_in(contract, path, tables, report)
            _set_aside(session.quarantine, contract.dataset, path.name, broken, path == files[0])
    session.progress("extracts", total, total)
    return reports


def _set_aside(
    folder: Path, dataset: str, file: str, broken: Sequence[tuple[int, str, str]], first: bool
) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{dataset}.csv").open(
        "w" if first else "a", encoding="utf-8", newline=""
    ) as out:
        rows = csv.writer(out)
        if first:
            rows.writerow(["file", "row", "column", "reason"])
        rows.writerows([file, *entry] for entry in broken)


def _store_all(session: Session, tables: Tables, report: IngestReport) -> None:
    session.progress("linking", 0, 1)
    snapshots = []
    if session.linked is not None:
        linked, contracts = session.linked, [c for c, _ in session.extracts]

        def fill(folder: Path) -> None:
            report.linkage = link(linked, contracts, tables, folder, _by_dataset(report))

        snapshots.append(session.store.write(linked, session.commitment_key, fill))
    else:
        for contract, _ in session.extracts:
            if tables.parts(contract.dataset):
                snapshots.append(
                    session.store.write(
                        contract,
                        session.commitment_key,
                        partial(_fill_bounded, tables, contract, report),
                    )
                )
    if tables.has_notes():
        notes = notes_contract(session.linked or session.extracts[0][0])
        snapshots.append(
            session.store.write(notes, session.commitment_key, lambda f: write_notes(tables, f))
        )
    report.snapshots = [s.id for s in snapshots]
    report.commitments = {s.id: s.commitment for s in snapshots}
    session.progress("linking", 1, 1)


def _fill_bounded(tables: Tables, contract: Contract, report: IngestReport, folder: Path) -> None:
    beyond = tables.move_sorted(contract.dataset, folder, contract.rows_per_person)
    report.rows_beyond_bound[contract.dataset] = beyond


def _by_dataset(report: IngestReport) -> Mapping[str, Any]:
    found: dict[str, dict[str, int]] = {}
    for r in report.files:
        whole = found.setdefault(r.dataset, dict.fromkeys(_SUMMED, 0))
        whole["rows_read"] += r.rows_read
        whole["rows_stored"] += r.rows_stored
        whole["rows_without_usable_id"] += r.rows_without_id
    return found
