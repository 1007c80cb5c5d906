"""Retention: expired rows are removed, and the log says what and when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.engines import forget_copies
from api.logbook import seal_and_append
from policies.record import Statement, canonical, digest
from privacy.store import expired, locks, remove_expired

if TYPE_CHECKING:
    from api.workspace import Workspace

PREDICATE_TYPE = "https://common-ground.example/removal/v1"


def run_retention(ws: Workspace, *, today: date, dry_run: bool = False) -> dict[str, Any]:
    """Remove the snapshots and quarantine files that may no longer be kept, with a record.

    The record is made before the rows go: a removal that was interrupted is on record, and the next
    run ends it. Where nothing has expired, nothing is written.
    """
    found = expired(ws.store, ws.root / "quarantine", today)
    report: dict[str, Any] = {
        "audience": "enclave",
        "estimand": "this workspace",
        "undefined": {},
        "date": today.isoformat(),
        "dry_run": dry_run,
        "removed": found.as_json(),
        "leaf": None,
    }
    if dry_run or not found:
        return report
    body = canonical({"date": report["date"], "removed": report["removed"]})
    commitments = {s.id: s.commitment for s in found.snapshots}
    statement = Statement(
        {"removal.json": digest(body)},
        PREDICATE_TYPE,
        {"date": report["date"], "rule": "PIPL Art. 19", "snapshots": commitments},
    )
    with transaction(ws.engine) as connection:
        report["leaf"] = seal_and_append(ws, connection, statement, "removal")
    with locks.rewriting(ws.store.root), locks.swapping(ws.store.root):  # nobody reads what goes
        # copies first: interrupted here, the next run still finds what has expired
        gone = {s.commitment for s in found.snapshots}
        standing = [s.commitment for s in ws.store.all() if s.files]
        forget_copies(ws.root, [c for c in standing if c not in gone])
        remove_expired(ws.store, found, today)
    return report
