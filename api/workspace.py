"""A workspace: the folder that holds the store, the keys, the ledger and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.database.engine import open_engine
from api.keys.custody import Custody
from api.recovery import recover
from api.settings import keys_folder
from policies.errors import NotFound
from privacy.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

SERVICE = "service"
"""Name of the key with which the service signs and keeps its log."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace; everything in it is confidential but `trust.json`."""

    root: Path
    engine: Engine
    custody: Custody
    store: Store

    @property
    def audits(self) -> Path:
        """Folder of the audits, one folder a report."""
        return self.root / "audits"


def open_workspace(root: Path, *, create: bool = False) -> Workspace:
    """Open the workspace at `root`; `create` makes a new one where none is.

    What a killed process left half-way (an erasure, a rotation, a key's destruction) is finished or
    undone first, and records get the envelopes that it could not write.

    Raises
    ------
    NotFound
        There is no workspace and `create` is not given: a mistyped folder must not become
        an empty ledger.
    """
    ledger = root / "ledger.sqlite"
    if not ledger.exists() and not create:
        raise NotFound(
            "there is no workspace here",
            where=str(root),
            todo="give --workspace, or make one with `commonground ingest` or `commonground demo`",
        )
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    ws = Workspace(
        root=root,
        engine=open_engine(ledger),
        custody=Custody(keys_folder(root)),
        store=Store(root / "store"),
    )
    recover(ws.engine, ws.custody, ws.store)
    from api.logbook import publish_missing

    publish_missing(ws)
    return ws
