"""The linkage report: of the newest linked session, or of extracts that are measured and not stored."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.logbook import write_whole
from policies.errors import BadInput, NotFound
from privacy.contract import Contract, read_contract
from privacy.intake.readers.batches import Batch, Wanted
from privacy.intake.readers.opening import open_extract
from privacy.intake.values import person_key
from privacy.linkage import IdentifiedRecords, measure

if TYPE_CHECKING:
    import pyarrow as pa

    from api.workspace import Workspace

Progress = Callable[[str, int, int], None]
_CONTRACT = (".yaml", ".yml")
_STORED = "*.linkage.json"


def newest_linkage(ws: Workspace) -> dict[str, Any]:
    """Return the linkage report of the newest linked session.

    Raises
    ------
    NotFound
        No session of this workspace linked anything.
    """
    reports = sorted(
        (ws.root / "ingests").glob(_STORED), key=lambda p: (p.stat().st_mtime_ns, p.name)
    )
    if not reports:
        raise NotFound(
            "no session of this workspace has linked anything",
            where="link",
            todo="ingest extracts with a contract that links, or name contracts and extracts here",
        )
    report: dict[str, Any] = json.loads(reports[-1].read_text("utf-8"))
    return report


def measure_linkage(paths: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """Link extracts by their contracts and measure it; nothing of them is stored.

    Parameters
    ----------
    paths
        Contracts (`.yaml`), at most one of which links, and extracts named after their datasets
        (with one contract: all files).

    Raises
    ------
    BadInput
        A file has no contract or a contract no file, or a file cannot be read.
    """
    contracts = [read_contract(p) for p in paths if p.suffix in _CONTRACT]
    linking = [c for c in contracts if c.links]
    sources = {c.dataset: c for c in contracts if not c.links}
    # a file's own name may name a person: a message speaks of its place among the arguments
    files = [(place, p) for place, p in enumerate(paths, 1) if p.suffix not in _CONTRACT]
    if not sources:
        raise BadInput("no contract of an extract was given", where="link", todo="name one (.yaml)")
    if len(linking) > 1:
        raise BadInput("two contracts link", where="link", todo="one linked table at a time")
    pairs = [(_contract_of(path, place, sources), path) for place, path in files]
    for name in set(sources) - {c.dataset for c, _ in pairs}:
        raise BadInput("has no extract", where=f"contract {name}", todo="name its file too")
    with (
        tempfile.TemporaryDirectory(prefix="commonground-") as folder,
        IdentifiedRecords(Path(folder), linking[0] if linking else None) as records,
    ):
        for done, (contract, path) in enumerate(pairs):
            progress("extracts", done, len(pairs))
            wanted = Wanted(contract, frozenset(f.name for f in contract.fields), contract.dataset)
            for batch in open_extract(path, wanted).batches:
                if len(batch.rows):
                    records.add(contract, _identified(contract, batch))
        progress("extracts", len(pairs), len(pairs))
        progress("linking", 0, 1)
        report = measure(records)
        progress("linking", 1, 1)
        return report


def _contract_of(path: Path, place: int, sources: Mapping[str, Contract]) -> Contract:
    if not path.is_file():
        raise BadInput("there is no such file", where=f"argument {place}")
    if len(sources) == 1:
        return next(iter(sources.values()))
    if path.stem not in sources:
        raise BadInput(
            "belongs to none of the contracts",
            where=f"argument {place}",
            todo="name the file after its dataset",
        )
    return sources[path.stem]


def _identified(contract: Contract, batch: Batch) -> pa.Table:
    """Return a batch as a session hands it over; no pseudonym is made, since nothing is stored."""
    import pyarrow as pa

    table = batch.table
    keys = (
        table[contract.person_key].to_pylist() if contract.person_key in table.column_names else []
    )
    people = [person_key(k or "")[0] for k in keys] or [None] * table.num_rows
    table = table.append_column("person", pa.array(people, type=pa.string()))
    return table.append_column("row", pa.array(batch.rows, type=pa.int64()))


def write_linkage(
    folder: Path, report: Mapping[str, Any], render: Callable[[Mapping[str, Any]], str]
) -> None:
    """Write report.json and report.html for their owner alone: they hold exact figures."""
    body = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)
    for name, text in (("report.json", body), ("report.html", render(report))):
        write_whole(folder / name, text.encode())
        (folder / name).chmod(0o600)
