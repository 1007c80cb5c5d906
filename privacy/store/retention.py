"""Retention: what may no longer be kept, and removing it (PIPL Art. 19)."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from privacy.store.snapshots import Snapshot, Store

ABANDONED_DAYS = 7
"""Days after which the parts of a session that nobody resumed are removed."""


@dataclass(frozen=True, slots=True)
class Expired:
    """What may no longer be kept: snapshots, quarantine files by dataset, sessions nobody resumed."""

    snapshots: tuple[Snapshot, ...]
    quarantine: tuple[Path, ...]
    sessions: tuple[Path, ...]

    def as_json(self) -> dict[str, object]:
        """Return names and numbers; a session is only counted."""
        return {
            "snapshots": [s.id for s in self.snapshots],
            "quarantine": sorted({p.stem for p in self.quarantine}),
            "sessions": len(self.sessions),
        }

    def __bool__(self) -> bool:
        return bool(self.snapshots or self.quarantine or self.sessions)


def expired(store: Store, quarantine: Path, today: date) -> Expired:
    """Return what has outlived its contract's `expires` or `retention_days`.

    A quarantine file goes with the last snapshot of its dataset that may be kept. Snapshots whose rows
    are gone already are not listed: the job finds nothing the second time.
    """
    standing = [s for s in store.all() if s.files]
    over = tuple(s for s in standing if s.last_day < today)
    alive = {s.dataset for s in standing if s.last_day >= today}
    known = {s.dataset for s in store.all()}
    files = sorted(quarantine.glob("*/*.csv")) if quarantine.is_dir() else []
    # an extract that was linked has no snapshot of its own: its file stays as long as any does
    gone = tuple(
        p for p in files if p.stem not in alive and (p.stem in known or (known and not alive))
    )
    last = today - timedelta(days=ABANDONED_DAYS)
    sessions = tuple(
        p for p in store.open_sessions() if date.fromtimestamp(p.stat().st_mtime) < last
    )
    return Expired(over, gone, sessions)


def remove_expired(store: Store, found: Expired, today: date) -> None:
    """Remove what has expired; interrupted and run again, it removes the rest."""
    for snapshot in found.snapshots:
        store.remove(snapshot, today)
    for path in found.quarantine:
        path.unlink(missing_ok=True)
    for emptied in {p.parent for p in found.quarantine}:
        if not any(emptied.iterdir()):
            emptied.rmdir()
    for folder in found.sessions:
        shutil.rmtree(folder, ignore_errors=True)
