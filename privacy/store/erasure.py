"""Rewriting snapshots that stand: rows taken out, pseudonyms re-keyed; all of them at once or none.

In order: `stage` writes every changed snapshot anew beside the store; the caller commits in its
database; `swap` renames the new ones into place. Before the commit a crash leaves nothing that is
ever read; after it `swap` can be done again until it is done. A snapshot keeps its number and gets
a new commitment.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from privacy.contract import PSEUDONYM_FIELD
from privacy.store import locks
from privacy.store.snapshots import MANIFEST, Snapshot, Store, content_commitment

if TYPE_CHECKING:
    import pyarrow as pa

_STAGED = ".rewrite-"
_BATCH_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class Renewed:
    """A snapshot that was rewritten: its commitment before and after."""

    snapshot: str
    before: str
    after: str

    def as_json(self) -> dict[str, str]:
        """Return it for a record."""
        return {"snapshot": self.snapshot, "before": self.before, "after": self.after}


Change = Callable[[Snapshot, Path], bool]
"""Writes a snapshot's files anew into a folder; False: it is left as it is."""


def stage(store: Store, token: str, commitment_key: bytes, change: Change) -> list[Renewed]:
    """Write every snapshot that `change` changes into the staging folder of `token`.

    The caller holds `locks.rewriting`. Without a changed snapshot the folder is there all the
    same: it marks what is unfinished.
    """
    folder = _folder(store, token)
    folder.mkdir(mode=0o700, parents=True)
    renewed = []
    for dataset in store.datasets():
        for version in store.versions(dataset):
            snapshot = store.snapshot(dataset, version)
            if not snapshot.files:
                continue  # retention has removed its rows
            target = folder / "new" / dataset / str(version)
            target.mkdir(parents=True)
            if not change(snapshot, target):
                shutil.rmtree(target)
                continue
            after = content_commitment(snapshot.contract, target, commitment_key)
            manifest = json.loads((snapshot.folder / MANIFEST).read_text("utf-8"))
            manifest["commitment"] = after
            (target / MANIFEST).write_text(
                json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8"
            )
            _sync(target)
            renewed.append(Renewed(snapshot.id, snapshot.commitment, after))
    return renewed


def swap(store: Store, token: str) -> None:
    """Put the staged snapshots in the places of the old; done again it goes on where it stopped."""
    folder = _folder(store, token)
    with locks.swapping(store.root):
        for new in sorted((folder / "new").glob("*/*")):
            place = store.root / new.parent.name / new.name
            old = folder / "old" / new.parent.name / new.name
            if not place.exists() and not old.exists():
                continue  # retention removed the snapshot meanwhile: it does not come back
            if place.exists():
                old.parent.mkdir(parents=True, exist_ok=True)
                place.rename(old)
            new.rename(place)
            _sync(place.parent)


def forget_unfinished(store: Store) -> None:
    """Remove the parts of sessions that were interrupted: they hold pseudonyms that are no more.

    The caller holds `locks.rewriting`, so none of them is alive; its files are taken in anew.
    """
    for kind in (".session-*", ".spill-*", ".draft-*"):
        for folder in store.root.glob(kind):
            shutil.rmtree(folder, ignore_errors=True)


def drop(store: Store, token: str) -> None:
    """Remove a staging folder with all that is in it: the new ones before the commit, the old after."""
    shutil.rmtree(_folder(store, token), ignore_errors=True)


def staged_tokens(store: Store) -> list[str]:
    """Return the tokens of the staging folders."""
    return sorted(p.name.removeprefix(_STAGED) for p in store.root.glob(f"{_STAGED}*"))


def without(people: Mapping[str, frozenset[str]]) -> Change:
    """Return the change that takes out the rows of pseudonyms (by pseudonym purpose)."""

    def change(snapshot: Snapshot, target: Path) -> bool:
        gone = people.get(snapshot.contract.pseudonym_purpose, frozenset())
        return bool(gone) and _filtered(snapshot.files, gone, target)

    return change


def rekeyed(
    purpose: str,
    person: Callable[[Snapshot, Sequence[str]], list[str]],
    reversible: Callable[[str, Sequence[str]], list[str]],
) -> Change:
    """Return the change that gives the pseudonyms of a purpose their next form.

    Parameters
    ----------
    person
        Maps a snapshot's pseudonyms.
    reversible
        Maps the reversible pseudonyms of a field.
    """

    def change(snapshot: Snapshot, target: Path) -> bool:
        contract = snapshot.contract
        if contract.pseudonym_purpose != purpose:
            return False
        columns: dict[str, Callable[[Sequence[str]], list[str]]] = {}
        if contract.person_key != "row":  # pseudonyms of rows were drawn at random
            columns[PSEUDONYM_FIELD] = lambda values: person(snapshot, values)
        for f in contract.fields:
            if str(f.action) == "reversible":
                columns[f.stored_name] = lambda values, name=f.name: reversible(name, values)  # type: ignore[misc]
        if columns:
            _mapped(snapshot.files, columns, target)
        return bool(columns)

    return change


def _filtered(files: Iterable[Path], gone: frozenset[str], target: Path) -> bool:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found = 0
    for path in files:
        with pq.ParquetFile(path) as body:
            if PSEUDONYM_FIELD not in body.schema_arrow.names:
                os.link(path, target / path.name)
                continue
            with pq.ParquetWriter(target / path.name, body.schema_arrow, compression="zstd") as out:
                for batch in body.iter_batches(_BATCH_ROWS):
                    column = batch.column(PSEUDONYM_FIELD)
                    hit = pc.is_in(column, value_set=as_stored(gone, column.type))
                    found += pc.sum(hit).as_py() or 0
                    out.write_batch(batch.filter(pc.invert(hit)))
    return found > 0


def as_stored(pseudonyms: Iterable[str], kind: pa.DataType) -> pa.Array:
    """Return pseudonyms in the form of a stored column: text, or 16 bytes."""
    import pyarrow as pa

    binary = pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return pa.array([bytes.fromhex(p) if binary else p for p in sorted(pseudonyms)], type=kind)


def _mapped(
    files: Sequence[Path],
    columns: Mapping[str, Callable[[Sequence[str]], list[str]]],
    target: Path,
) -> None:
    """Map columns by their distinct values and lay the rows out sorted by the new pseudonyms."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect(":memory:") as engine:
        engine.execute("SET threads = 2")
        engine.execute("SET temp_directory = $folder", {"folder": str(target / ".spill")})
        rows: Any = engine.read_parquet([str(p) for p in files])
        names, kinds = rows.columns, dict(zip(rows.columns, map(str, rows.types), strict=True))
        engine.register("rows", rows)
        picks, joins = [f'rows."{n}"' for n in names], ""
        for number, (name, mapping) in enumerate(columns.items()):
            if name not in kinds:
                continue
            text = f'rows."{name}"'
            text = f"lower(hex({text}))" if kinds[name] == "BLOB" else text
            distinct = f"SELECT DISTINCT {text} FROM rows WHERE {text} IS NOT NULL"
            old = [row[0] for row in engine.execute(distinct).fetchall()]
            table = pa.table({"old": pa.array(old, pa.string()), "new": mapping(old)})
            engine.register(f"map_{number}", table)
            joins += f" LEFT JOIN map_{number} ON map_{number}.old = {text}"
            new = f"map_{number}.new"
            new = f"unhex({new})" if kinds[name] == "BLOB" else new
            picks[names.index(name)] = f'{new} AS "{name}"'
        order = ", ".join(str(i + 1) for i in _order(names))
        made: Any = engine.query(f"SELECT {', '.join(picks)} FROM rows{joins} ORDER BY {order}")
        made.write_parquet(str(target / "rows.parquet"), compression="zstd")
    shutil.rmtree(target / ".spill", ignore_errors=True)


def _order(names: Sequence[str]) -> list[int]:
    """Sort by person, then by what else stands in the row: the order of before is forgotten."""
    first = [i for i, n in enumerate(names) if n == PSEUDONYM_FIELD]
    return first + [i for i in range(len(names)) if i not in first]


def _folder(store: Store, token: str) -> Path:
    return store.root / f"{_STAGED}{token}"


def _sync(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        if path.is_file() or path == folder:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
