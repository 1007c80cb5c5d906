"""The journal of a session: what is safely on disk, so that a killed session goes on where it stopped."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any, BinaryIO, Protocol

Entry = dict[str, Any]


class Journal(Protocol):
    """Remembers entries durably, in order. No entry holds a value from a record."""

    def entries(self) -> list[Entry]:
        """Return the entries of this session, also those from before a crash."""

    def add(self, entry: Entry) -> None:
        """Keep an entry; when this returns it survives a crash."""

    def close(self) -> None:
        """Let another process have the session."""


class FileJournal:
    """A journal as lines of JSON in the session's folder, held by one process at a time.

    A second process that comes with the same session waits for the first to end, and then finds
    its report, or goes on where it stopped.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "journal.jsonl"
        while True:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._file = path.open("ab+")
            except FileNotFoundError:  # who ended the session removed its folder just now
                continue
            fcntl.flock(self._file, fcntl.LOCK_EX)
            if _is_at(self._file, path):
                break
            self._file.close()  # what was waited for is gone: a lock on it keeps nobody out
        self._entries = self._read()

    def _read(self) -> list[Entry]:
        self._file.seek(0)
        body = self._file.read()
        whole = body[: body.rfind(b"\n") + 1]  # a line that a crash cut off was never promised
        if len(whole) < len(body):
            self._file.truncate(len(whole))
        return [json.loads(line) for line in whole.splitlines()]

    def entries(self) -> list[Entry]:
        """Return the entries of this session, also those from before a crash."""
        return list(self._entries)

    def add(self, entry: Entry) -> None:
        """Keep an entry; when this returns it survives a crash."""
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._entries.append(entry)

    def close(self) -> None:
        """Let another process have the session."""
        self._file.close()


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def is_held(folder: Path) -> bool:
    """Tell whether a process holds the journal of a session's folder."""
    path = folder / "journal.jsonl"
    if not path.exists():
        return False
    with path.open("ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
