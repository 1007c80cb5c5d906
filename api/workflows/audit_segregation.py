"""A file of people or counts becomes a report of segregation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from api.database.engine import transaction
from api.logbook import envelope_and_proof, seal_and_append, write_whole
from api.version import code_digest
from audit.findings import change_block, segregation_block
from audit.submission import SegregationFile, read_segregation
from policies.errors import BadInput
from policies.record import Statement, digest

if TYPE_CHECKING:
    from api.workspace import Workspace

SEED = 20260101
PREDICATE_TYPE = "https://common-ground.example/segregation-audit/v1"


@dataclass(frozen=True, slots=True)
class SegregationAsk:
    """What `audit segregation` was asked."""

    file: Path
    unit: str = "unit"
    group: Sequence[str] = ("group",)
    count: str | None = None
    minority: str | None = None
    before: Path | None = None
    household: str | None = None
    eligible: str | None = None


def audit_segregation(ask: SegregationAsk) -> dict[str, Any]:
    """Return the report: indices, chance levels, intervals, and the change from `before`.

    Raises
    ------
    BadInput
        A file cannot be used, or the minority is not among its groups.
    """
    after = _read(ask, ask.file)
    before = _read(ask, ask.before) if ask.before else None
    minority = ask.minority or (before or after).counts.smaller_group()
    for read, path in ((after, ask.file), (before, ask.before)):
        if read is not None and path is not None and minority not in read.counts.groups:
            raise BadInput("there is no such group in the file", where=f"--minority, {path.name}")
    rng = np.random.default_rng(SEED)
    block = segregation_block(after.counts, minority, rng, after.placements(minority))
    report = {
        "kind": "segregation-audit",
        "audience": "enclave",
        **block,
        "change": None,
        "code": code_digest(),
        "inputs": {"file": _digest(ask.file)},
    }
    if before is not None and ask.before is not None:
        first = segregation_block(before.counts, minority, rng, before.placements(minority))
        report["before"] = first
        report["change"] = change_block(first, block)
        report["inputs"]["before"] = _digest(ask.before)
    else:
        report["undefined"]["change"] = "no --before was given"
    return report


def _read(ask: SegregationAsk, path: Path) -> SegregationFile:
    return read_segregation(
        path,
        unit=ask.unit,
        group=tuple(ask.group),
        count=ask.count,
        household=ask.household,
        eligible=ask.eligible,
    )


def _digest(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def sign_segregation(
    ws: Workspace, report: Mapping[str, Any], render: Callable[[Mapping[str, Any]], str]
) -> Path:
    """Sign and log a report and its page; write both with their proof; return the folder."""
    body = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False).encode()
    page = render(report).encode()
    name = f"s-{digest(body).removeprefix('sha256:')[:16]}"
    statement = Statement(
        {"report.json": digest(body), "report.html": digest(page)},
        PREDICATE_TYPE,
        {"report": name, "audience": report["audience"], "code": report["code"]},
    )
    with transaction(ws.engine) as connection:
        leaf = seal_and_append(ws, connection, statement, "segregation")
    envelope, proof = envelope_and_proof(ws, leaf)
    folder = ws.audits / name
    for file, content in (
        ("report.json", body),
        ("report.html", page),
        ("report.dsse.json", envelope),
        ("report.tlog-proof", proof.encode()),
    ):
        write_whole(folder / file, content)
    return folder
