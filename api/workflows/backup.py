"""A back-up of a workspace: database, store and records, whole or not at all, and never its keys."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.logbook import write_whole
from policies.errors import Refused
from policies.record import canonical
from privacy.store import locks

if TYPE_CHECKING:
    from api.workspace import Workspace

_DATABASE = "ledger.sqlite"


def back_up(ws: Workspace, target: Path, now: datetime) -> dict[str, Any]:
    """Copy a workspace to the new folder `target`, under another name until it is whole.

    The database is copied by SQLite's own online method while others write; then the store, so that
    no copied release speaks of a snapshot that is missing. No erasure or rotation runs meanwhile.
    Keys stay where they are: without them the copy's pseudonyms belong to nobody, and with
    them in the same place a stolen copy would open.

    Raises
    ------
    Refused
        The folder is there already, or lies in the workspace.
    """
    if target.exists():
        raise Refused("is there already", where=str(target), todo="name a new folder")
    if target.resolve().is_relative_to(ws.root.resolve()):
        raise Refused("lies in the workspace", where=str(target), todo="name a folder elsewhere")
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        with locks.session(ws.store.root), locks.reading(ws.store.root):
            _copy_database(ws.root / _DATABASE, draft / _DATABASE)
            for part in sorted(p for p in ws.root.iterdir() if p.is_dir()):
                if part.resolve() != ws.custody.root.resolve() and part.name != "keys":
                    shutil.copytree(part, draft / part.name, ignore=_unfinished)
        files = sum(1 for p in draft.rglob("*") if p.is_file())
        said = {"backup": 1, "made": now.isoformat(), "files": files, "keys": "not in this copy"}
        write_whole(draft / "backup.json", canonical(said))
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return said | {"folder": str(target)}


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it


def _unfinished(_folder: str, names: list[str]) -> set[str]:
    return {n for n in names if n.startswith(".")}  # drafts, spills, locks
