"""One ingest session: atomic, resumed after a crash, the same extracts never taken twice.

Identified values live only in its memory, batch by batch; its spill holds pseudonyms and stored columns.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.errors import BadInput, Refused
from privacy.contract import Contract
from privacy.intake.checking import Checker
from privacy.intake.journal import FileJournal, Journal
from privacy.intake.left_out import Marked
from privacy.intake.linkage import link
from privacy.intake.notes import notes_contract, write_notes
from privacy.intake.readers.opening import Source
from privacy.intake.report import FileReport, IngestReport
from privacy.intake.residues import identifies
from privacy.intake.table import Tables
from privacy.intake.taking import (
    BROKEN,
    KeepsIdentified,
    MakesReversible,
    RedactsText,
    Taker,
    take_in,
)
from privacy.pseudonyms import Pseudonymiser, PurposeKey
from privacy.store import Store

if TYPE_CHECKING:
    from privacy.store import Snapshot

Progress = Callable[[str, int, int], None]
_SUMMED = ("rows_read", "rows_stored", "rows_without_usable_id")


@dataclass(frozen=True, slots=True)
class Session:
    """What one session takes in, and with what.

    Parameters
    ----------
    extracts
        Each contract with its files or table addresses. Several contracts are linked when `linked`
        is given.
    linked
        The contract of the linked table, or None: then each extract becomes a snapshot.
    purpose_key
        Key of the pseudonyms; sessions under the same key give one person the same pseudonym.
    commitment_key
        Key of the snapshots' commitments and of the extracts' digests.
    quarantine
        Folder for the rows set aside, a folder a session: file, row, column, reason; never a value.
    excluded, marked
        Whose rows are left out and counted: persons who objected or were erased, by their
        pseudonyms and by marks that hold for every purpose.
    identified
        Takes every checked batch with its original text, for linkage within this session.
    reversible
        Makes the reversible pseudonyms of a field, or None: contracts that ask for them are refused.
    journal
        Opens the journal in the session's folder.
    """

    extracts: Sequence[tuple[Contract, Sequence[Source]]]
    linked: Contract | None
    purpose_key: PurposeKey = field(repr=False)
    commitment_key: bytes = field(repr=False)
    store: Store
    redactor: Callable[[], RedactsText]
    quarantine: Path
    today: date
    progress: Progress = lambda _stage, _done, _total: None
    excluded: frozenset[str] = field(default=frozenset(), repr=False)
    marked: Marked = field(default_factory=Marked)
    identified: KeepsIdentified | None = field(default=None, repr=False)
    reversible: Callable[[str], MakesReversible] | None = field(default=None, repr=False)
    journal: Callable[[Path], Journal] = FileJournal


def ingest(session: Session) -> dict[str, Any]:
    """Take the extracts in, link them when the session says so, and store snapshots.

    A session is known by keyed digests of its contracts and extracts: after a crash the same call
    goes on where the journal ends; once done, the same call returns the stored report, with
    `already_taken`, and takes nothing. Tables of a database have no digest: they are taken afresh.

    Raises
    ------
    BadInput
        An extract could not be read, or contracts of several populations stand in one session.
    Refused
        A contract has expired, an extract holds biometrics, or a dataset belongs to another population.
    """
    _check(session)
    states = _states(session)
    identity = _identity(session)
    report = _taken(session, identity)
    if report is not None:
        return report
    folder = session.store.session_folder(identity)
    journal = session.journal(folder)
    try:
        found = _run(session, identity, folder, journal, states)
        session.store.end_session(identity)  # while it is held: nobody begins in a folder that goes
        return found
    finally:
        journal.close()


def _run(
    session: Session, identity: str, folder: Path, journal: Journal, states: Sequence[Any]
) -> dict[str, Any]:
    report = _taken(session, identity)  # another process may have ended it just now
    if report is not None:
        return report
    tables = Tables(folder)
    files = _take_in_all(session, tables, journal)
    if _states(session) != states:
        raise BadInput("an extract changed while it was read", where="ingest", todo="ingest again")
    found = IngestReport(files)
    _store_all(session, identity, tables, found)
    found.quarantine = _set_aside(session, identity, tables, files)
    whole = found.as_json()
    session.store.keep_session(identity, whole)
    return whole


def _taken(session: Session, identity: str) -> dict[str, Any] | None:
    kept = session.store.kept_session(identity)
    return None if kept is None else {**kept, "already_taken": True}


def _check(session: Session) -> None:
    contracts = [c for c, _ in session.extracts] + ([session.linked] if session.linked else [])
    if len({c.population.id for c in contracts}) > 1:
        raise BadInput("one session is of one protected population", where="contracts")
    names = [c.dataset for c in contracts]
    if len(set(names)) != len(names):
        raise BadInput("two contracts are of the same dataset", where="contracts")
    if len({c.pseudonym_hash for c in contracts}) > 1:
        raise BadInput("one session makes pseudonyms by one hash", where="contracts")
    if session.linked is not None:
        _check_linked(session.linked, [c for c, _ in session.extracts])
    for c in contracts:
        if c.last_day(session.today) < session.today:
            raise BadInput("has expired (PIPL Art. 19)", where=f"contract {c.dataset}")
        for name, values in c.domains.items():
            if any(identifies(v) for v in values):
                raise Refused(
                    "a value of the domain identifies a person",
                    where=f"contract {c.dataset}: domains.{name}",
                )


def _check_linked(linked: Contract, extracts: Sequence[Contract]) -> None:
    """Hold the linked table to its extracts: its rows are of their pseudonyms, and as much one person's.

    Raises
    ------
    BadInput
        One person could change it by more than its contract says.
    """
    where = f"contract {linked.dataset}"
    most = max(c.most_pseudonyms for c in extracts)
    if linked.most_pseudonyms < most:
        raise BadInput(
            "says that a person has fewer pseudonyms than an extract that it links says",
            where=where,
            todo=f"most_pseudonyms: {most}",
        )
    if any(c.shared_rows for c in extracts) and not linked.shared_rows:
        raise BadInput(
            "links rows that several people share", where=where, todo="shared_rows: true"
        )


def _states(session: Session) -> list[Any]:
    """Return what changes when a file does: a file must be the same from digest to last byte."""
    found: list[Any] = []
    for _, sources in session.extracts:
        for source in sources:
            if isinstance(source, Path):
                try:
                    state = source.stat()
                except OSError as error:
                    raise BadInput("there is no such file", where="ingest") from error
                found.append((state.st_ino, state.st_size, state.st_mtime_ns))
    return found


def _identity(session: Session) -> str:
    """Return the session's keyed digest, and refuse a file that stands in it twice.

    Raises
    ------
    BadInput
        Two files of one dataset are the same: each of their rows would be taken twice.
    """
    listed: list[Any] = []
    for contract, sources in session.extracts:
        digests: list[str] = []
        for number, source in enumerate(sources, 1):
            tag = _digest(session.commitment_key, source)
            if tag in digests:
                raise BadInput(
                    "is the same file as another", where=label(contract, number),
                    todo="name each extract once",
                )  # fmt: skip
            digests.append(tag)
        listed.append([contract.as_json(), digests])
    whole = {
        "extracts": listed,
        "linked": session.linked.as_json() if session.linked else None,
        "excluded": [sorted(session.excluded), sorted(session.marked.marks)],
        "purpose": [session.purpose_key.purpose, session.purpose_key.version],
        # parts of a session hold pseudonyms: under another key they are another session's
        "key": Pseudonymiser(session.purpose_key.for_field("session")).of(["identity"]),
    }
    body = json.dumps(whole, sort_keys=True).encode()
    return hmac.new(
        session.commitment_key, b"common-ground/session/v1\0" + body, "sha256"
    ).hexdigest()


def _digest(key: bytes, source: Source) -> str:
    if isinstance(source, str):
        return secrets.token_hex(32)  # a table has no bytes to know it by
    with source.open("rb") as body:
        plain = hashlib.file_digest(body, "sha256").digest()
    return hmac.new(key, b"common-ground/extract/v1\0" + plain, "sha256").hexdigest()


def label(contract: Contract, number: int) -> str:
    """Return the name of an extract in reports and messages: `housing extract 2`."""
    return f"{contract.dataset} extract {number}"


def _take_in_all(session: Session, tables: Tables, journal: Journal) -> list[FileReport]:
    reports: list[FileReport] = []
    total = sum(len(sources) for _, sources in session.extracts)
    for contract, sources in session.extracts:
        name = _key_field(contract)
        checker = Checker(
            contract, session.purpose_key.for_field(name), session.excluded, session.marked
        )
        taker = Taker(
            contract, checker, tables, journal, session.redactor, session.identified,
            session.reversible,
        )  # fmt: skip
        for number, source in enumerate(sources, 1):
            session.progress("extracts", len(reports), total)
            reports.append(FileReport(contract.dataset, label(contract, number)))
            # an extract that cannot be read ends the session: figures without a department
            # would hang on the one byte that spoilt its file
            take_in(taker, len(reports), source, reports[-1])
    session.progress("extracts", total, total)
    return reports


def _key_field(contract: Contract) -> str:
    """Return the field that the pseudonym key is bound to: one for resident ids, whatever the column."""
    kinds = {f.name: f.type for f in contract.fields}
    is_id = kinds.get(contract.person_key, "resident_id") == "resident_id"
    return "resident_id" if is_id else contract.person_key


def _set_aside(session: Session, identity: str, tables: Tables, files: Sequence[FileReport]) -> str:
    """Write a dataset's rows that were set aside: extract, row, column, reason; return the folder's name.

    Each session has a folder of its own: a later one does not take an earlier one's list away.
    """
    import pyarrow.feather as pf

    folder = session.quarantine / f"{session.today.isoformat()}-{identity[:8]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for contract, _ in session.extracts:
        target = folder / f"{contract.dataset}.csv"
        draft = target.with_name(f".{target.name}-{secrets.token_hex(8)}")
        with draft.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["file", "row", "column", "reason"])
            for part in tables.parts(f"{BROKEN}-{contract.dataset}"):
                file = files[int(part.name.split("-")[0]) - 1].file
                table = pf.read_table(part).to_pydict()
                rows.writerows([file, *entry] for entry in zip(*table.values(), strict=True))
        draft.replace(target)
    return folder.name


def _store_all(session: Session, identity: str, tables: Tables, report: IngestReport) -> None:
    session.progress("linking", 0, 1)
    snapshots: list[Snapshot] = []

    def write(contract: Contract, fill: Callable[[Path], None]) -> None:
        snapshots.append(
            session.store.write(
                contract, session.commitment_key, fill, session=identity, written=session.today
            )
        )

    if session.linked is not None:
        linked, contracts = session.linked, [c for c, _ in session.extracts]

        def fill(folder: Path) -> None:
            report.linkage = link(linked, contracts, tables, folder, _by_dataset(report))

        write(linked, fill)
    else:
        for contract, _ in session.extracts:
            if tables.parts(contract.dataset):
                write(contract, partial(_fill_bounded, tables, contract, report))
    if tables.has_notes():
        notes = notes_contract(session.linked or session.extracts[0][0])
        write(notes, lambda f: write_notes(tables, f))
    report.snapshots = [s.id for s in snapshots]
    report.commitments = {s.id: s.commitment for s in snapshots}
    session.progress("linking", 1, 1)


def _fill_bounded(tables: Tables, contract: Contract, report: IngestReport, folder: Path) -> None:
    bound = None if contract.person_key == "row" else contract.rows_per_person
    beyond = tables.move_sorted(contract.dataset, folder, bound)
    report.rows_beyond_bound[contract.dataset] = beyond


def _by_dataset(report: IngestReport) -> Mapping[str, Any]:
    found: dict[str, dict[str, int]] = {}
    for r in report.files:
        whole = found.setdefault(r.dataset, dict.fromkeys(_SUMMED, 0))
        whole["rows_read"] += r.rows_read
        whole["rows_stored"] += r.rows_stored
        whole["rows_without_usable_id"] += r.rows_without_id
    return found
