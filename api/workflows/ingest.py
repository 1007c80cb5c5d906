"""Extracts come in: contracts and files are matched, one session takes them, the report is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.database.exclusions import excluded_from_sessions, mark_key, marks
from api.keys.root import ready_for_people
from api.logbook import write_whole
from policies.errors import BadInput
from privacy.contract import Contract, read_contract
from privacy.intake import Marked, Session, Source, ingest, table_name
from privacy.linkage import IdentifiedRecords, measure
from privacy.pseudonyms import Reversible
from privacy.recognition import Redactor
from privacy.store import locks

if TYPE_CHECKING:
    from api.workspace import Workspace

Progress = Callable[[str, int, int], None]
_CONTRACT = (".yaml", ".yml")


def ingest_files(
    ws: Workspace, sources: Sequence[Source], progress: Progress, *, today: date
) -> dict[str, Any]:
    """Take extracts in by their contracts, in one session.

    Parameters
    ----------
    sources
        Contracts (`.yaml`) and extracts: files, or addresses of PostgreSQL tables. With one contract
        all are its extracts; with several, a file belongs to the contract of the dataset that it is
        named after, a table to that of its own name. A contract with `link` and no file makes the
        linked table.

    Raises
    ------
    BadInput
        A file has no contract or a contract no file, or nothing could be taken in.
    """
    contracts, files = _sorted_out(sources)
    if not contracts:
        raise BadInput(
            "no contract was given", where="ingest", todo="name a contract (.yaml) and its extracts"
        )
    linked = [c for c in contracts if c.links]
    if len(linked) > 1:
        raise BadInput("two contracts link", where="ingest", todo="one linked table a session")
    extracts = _matched([c for c in contracts if not c.links], files)
    purposes = {c.pseudonym_purpose for c in contracts}
    if len(purposes) > 1:
        raise BadInput("the contracts ask for pseudonyms of several purposes", where="ingest")
    ready_for_people(ws.custody.root, synthetic=all(c.synthetic for c in contracts))
    purpose = purposes.pop()
    with locks.session(ws.store.root):  # no key is rotated and nobody erased while it is in use
        key, list_key = ws.custody.purpose_key(purpose), ws.custody.exclusion_key()
        session = Session(
            extracts=extracts,
            linked=linked[0] if linked else None,
            purpose_key=key,
            commitment_key=ws.custody.commitment_key(),
            store=ws.store,
            redactor=Redactor,
            quarantine=ws.root / "quarantine",
            today=today,
            progress=progress,
            excluded=excluded_from_sessions(ws.engine, list_key, purpose),
            marked=Marked(marks(ws.engine, list_key), mark_key(list_key)),
            reversible=lambda name: Reversible(key.for_field(name)),
        )
        report, linkage = _linked(session)
    name = "-".join(s.replace("@", "-") for s in report["snapshots"][:1]) or "ingest"
    for suffix, found in (("json", report), ("linkage.json", linkage)):
        if found is not None:
            body = json.dumps(found, ensure_ascii=False, indent=1).encode()
            write_whole(ws.root / "ingests" / f"{name}.{suffix}", body)
    return report


def _linked(session: Session) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Run a session; where it links, measure how its records fit together before they are forgotten."""
    if session.linked is None:
        return ingest(session), None
    with IdentifiedRecords(session.store.root, session.linked) as records:
        report = ingest(replace(session, identified=records))
        if not len(records):  # the same extracts again: nothing was read
            return report, None
        session.progress("linkage report", 0, 1)
        linkage = measure(records)
        session.progress("linkage report", 1, 1)
        return report, linkage


def _sorted_out(sources: Sequence[Source]) -> tuple[list[Contract], list[tuple[int, Source]]]:
    """Tell contracts from extracts; each extract with its place among the arguments.

    A file's own name may name a person: a message speaks of its place.
    """
    contracts: list[Contract] = []
    files: list[tuple[int, Source]] = []
    for place, source in enumerate(sources, 1):
        if isinstance(source, Path) and source.suffix in _CONTRACT:
            contracts.append(read_contract(source))
            continue
        if isinstance(source, Path) and not source.is_file():
            raise BadInput("there is no such file", where=f"argument {place}")
        files.append((place, source))
    return contracts, files


def _matched(
    contracts: Sequence[Contract], files: Sequence[tuple[int, Source]]
) -> list[tuple[Contract, list[Source]]]:
    if len(contracts) == 1:
        if not files:
            raise BadInput("no extract was given", where="ingest", todo="name its file too")
        return [(contracts[0], [source for _, source in files])]
    by_name: dict[str, list[Source]] = {c.dataset: [] for c in contracts}
    for place, source in files:
        name = source.stem if isinstance(source, Path) else table_name(source)
        if name not in by_name:
            raise BadInput(
                "belongs to none of the contracts",
                where=f"argument {place}",
                todo="name the file after its dataset",
            )
        by_name[name].append(source)
    empty = [name for name, found in by_name.items() if not found]
    if empty:
        raise BadInput("has no extract", where=f"contract {empty[0]}", todo="name its file too")
    return [(c, by_name[c.dataset]) for c in contracts]
