"""Snapshots: written whole or not at all, numbered, sealed by a keyed commitment."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from policies.errors import BadInput, NotFound, Refused
from privacy.contract import Contract, contract_from_json

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
MANIFEST = "snapshot.json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a dataset: its contract, its files, and a commitment to their content.

    The commitment is HMAC-SHA-256 over the content's digest: it names the snapshot in public
    without letting anybody test a guess of the content.
    """

    dataset: str
    version: int
    commitment: str
    contract: Contract
    files: tuple[Path, ...]
    written: date | None = None
    session: str = ""
    removed: date | None = None

    @property
    def last_day(self) -> date:
        """Last day on which it may be used: the contract's, and `retention_days` after it was written."""
        return self.contract.last_day(self.written) if self.written else self.contract.expires

    @property
    def id(self) -> str:
        """`dataset@version`."""
        return f"{self.dataset}@{self.version}"

    @property
    def folder(self) -> Path:
        """The folder of its files and manifest."""
        return self.files[0].parent


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of all snapshots: `<dataset>/<version>/*.parquet`."""

    root: Path

    def datasets(self) -> list[str]:
        """Return the names of the datasets that have a snapshot."""
        if not self.root.exists():
            return []
        return sorted(p.name for p in self.root.iterdir() if p.is_dir() and self._versions(p.name))

    def snapshot(self, dataset: str, version: int | None = None) -> Snapshot:
        """Return a snapshot, the newest unless a version is named.

        Raises
        ------
        NotFound
            There is no such dataset or version.
        """
        versions = self._versions(dataset) if _NAME.fullmatch(dataset) else []
        if not versions or (version is not None and version not in versions):
            known = ", ".join(map(str, versions) if versions else self.datasets()) or "none yet"
            raise NotFound(
                "there is no such version" if versions else "there is no such dataset",
                where="store",
                todo=f"versions of {dataset}: {known}" if versions else f"datasets here: {known}",
            )
        folder = self.root / dataset / str(version or versions[-1])
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return Snapshot(
            dataset,
            version or versions[-1],
            manifest["commitment"],
            contract_from_json(manifest["contract"]),
            tuple(sorted(folder.glob("*.parquet"))),
            _day(manifest.get("written")),
            manifest.get("session", ""),
            _day(manifest.get("removed")),
        )

    def write(
        self,
        contract: Contract,
        commitment_key: bytes,
        fill: Callable[[Path], None],
        *,
        session: str = "",
        written: date | None = None,
    ) -> Snapshot:
        """Write a snapshot: `fill` puts Parquet files into the folder that it is given.

        The folder becomes the snapshot by one rename; a crash before it leaves nothing behind
        that is ever read. The same content under the same contract is the same snapshot, and so
        is what the same `session` wrote before it was interrupted. `written` begins its retention.

        Raises
        ------
        Refused
            The dataset belongs to another population: its people cannot be given a fresh cap.
        """
        if not _NAME.fullmatch(contract.dataset):
            raise BadInput("a dataset's name has small letters, digits and _", where="contract")
        with self._locked():
            for leftover in self.root.glob(".draft-*"):  # the lock is ours: nobody else drafts
                shutil.rmtree(leftover, ignore_errors=True)
            draft = self.root / f".draft-{secrets.token_hex(8)}"
            draft.mkdir(parents=True)
            try:
                fill(draft)
                return self._adopt(draft, contract, commitment_key, session, written)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def _adopt(
        self,
        draft: Path,
        contract: Contract,
        commitment_key: bytes,
        session: str,
        written: date | None,
    ) -> Snapshot:
        commitment = content_commitment(contract, draft, commitment_key)
        self._check_population(contract)
        versions = self._versions(contract.dataset)
        if versions:
            latest = self.snapshot(contract.dataset)
            again = session and latest.session == session
            if latest.files and (latest.commitment == commitment or again):
                return latest
        version = (versions or [0])[-1] + 1
        manifest = {
            "commitment": commitment,
            "contract": contract.as_json(),
            "written": written.isoformat() if written else None,
            "session": session,
        }
        _write_manifest(draft, manifest)
        target = self.root / contract.dataset / str(version)
        target.parent.mkdir(exist_ok=True)
        draft.rename(target)
        _sync(target.parent)
        return self.snapshot(contract.dataset, version)

    def all(self) -> list[Snapshot]:
        """Return every snapshot of every dataset, removed ones too."""
        return [self.snapshot(d, v) for d in self.datasets() for v in self._versions(d)]

    def remove(self, snapshot: Snapshot, today: date) -> None:
        """Remove a snapshot's rows; its manifest stays: its number and population are taken for good."""
        with self._locked():
            folder = self.root / snapshot.dataset / str(snapshot.version)
            manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
            # first the word, then the rows: what a crash leaves is never answered from
            _write_manifest(folder, manifest | {"removed": today.isoformat()})
            for path in snapshot.files:
                path.unlink(missing_ok=True)
            _sync(folder)

    def _check_population(self, contract: Contract) -> None:
        """Hold every dataset to one population a pseudonym purpose, of one public size.

        The same people under a second name would have a second lifetime cap.
        """
        for name in self.datasets():
            known = self.snapshot(name).contract
            mine, theirs = contract.population, known.population
            same_people = name == contract.dataset or (
                known.pseudonym_purpose == contract.pseudonym_purpose
                and "row" not in (known.person_key, contract.person_key)
            )
            if same_people and theirs.id != mine.id:
                raise Refused(
                    "belongs to another protected population; its people have one lifetime cap",
                    where=f"dataset {contract.dataset}",
                    todo="keep the population of the first contract of this pseudonym_purpose",
                )
            if theirs.id == mine.id and theirs.public_size != mine.public_size:
                raise Refused(
                    "gives its population another public size than the datasets before it",
                    where=f"dataset {contract.dataset}",
                    todo="keep the public_size of the first contract of this population",
                )

    def _versions(self, dataset: str) -> list[int]:
        folder = self.root / dataset
        if not folder.is_dir():
            return []
        return sorted(int(p.name) for p in folder.iterdir() if p.name.isdecimal())

    def session_folder(self, session: str) -> Path:
        """Return the folder of a session's pseudonymised parts; an interrupted session finds its own."""
        folder = self.root / f".session-{session}"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def end_session(self, session: str) -> None:
        """Remove a session's parts: they stand in snapshots."""
        shutil.rmtree(self.root / f".session-{session}", ignore_errors=True)

    def open_sessions(self) -> list[Path]:
        """Return the folders of sessions that have not ended."""
        return sorted(self.root.glob(".session-*"))

    def keep_session(self, session: str, report: dict[str, Any]) -> None:
        """Keep the report of a session that was stored whole."""
        folder = self.root / ".sessions"
        folder.mkdir(exist_ok=True, mode=0o700)
        draft = folder / f".{session}"
        with draft.open("w", encoding="utf-8") as out:
            json.dump(report, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(folder / f"{session}.json")

    def kept_session(self, session: str) -> dict[str, Any] | None:
        """Return the report of a session whose snapshots are all still there, or None."""
        path = self.root / ".sessions" / f"{session}.json"
        if not path.exists():
            return None
        report: dict[str, Any] = json.loads(path.read_text("utf-8"))
        for name in report["snapshots"]:
            dataset, _, version = name.partition("@")
            if not self.snapshot(dataset, int(version)).files:
                return None
        return report

    def versions(self, dataset: str) -> list[int]:
        """Return the versions of a dataset, oldest first."""
        return self._versions(dataset) if _NAME.fullmatch(dataset) else []

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.root / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def content_commitment(contract: Contract, folder: Path, commitment_key: bytes) -> str:
    """Return the keyed commitment to a contract and the Parquet files of a folder, made durable."""
    content = hashlib.sha256(json.dumps(contract.as_json(), sort_keys=True).encode())
    for path in sorted(folder.glob("*.parquet")):
        with path.open("rb") as body:
            content.update(hashlib.file_digest(body, "sha256").digest())
            os.fsync(body.fileno())
    tag = hmac.new(commitment_key, b"common-ground/snapshot/v1\x00" + content.digest(), "sha256")
    return f"hmac-sha256:{tag.hexdigest()}"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    draft = folder / f".{MANIFEST}"
    with draft.open("w", encoding="utf-8") as out:
        json.dump(manifest, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(folder / MANIFEST)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
