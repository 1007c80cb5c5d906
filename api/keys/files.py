"""Writing key files: mode 0600 from the first byte, whole or not at all."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from policies.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path


def write_private(path: Path, body: bytes) -> None:
    """Write `body` to `path`, readable by its owner only; an existing file is never replaced.

    The bytes reach the disk under another name first, so that a crash leaves no half key.
    """
    draft = _drafted(path, body)
    try:
        os.link(draft, path)  # fails where a key already stands: two processes at once agree
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path)


def replace_private(path: Path, body: bytes) -> None:
    """Put `body` in the place of what stands at `path`, in one rename, readable by its owner only."""
    _drafted(path, body).replace(path)
    sync_folder(path)


def erase_private(path: Path) -> None:
    """Overwrite and remove a key file; what is not there stays away.

    A disk may keep old blocks; what they hold is wrapped by the root key.
    """
    if path.exists():
        with path.open("r+b") as body:
            body.write(bytes(path.stat().st_size))
            body.flush()
            os.fsync(body.fileno())
        path.unlink(missing_ok=True)
        sync_folder(path)


def _drafted(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, body)
        os.fsync(handle)
    finally:
        os.close(handle)
    return draft


def sync_folder(path: Path) -> None:
    """Make a rename or removal of `path` durable: it is when its folder is."""
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_private(path: Path) -> bytes:
    """Read a key file, refusing one that others than its owner may read."""
    if path.stat().st_mode & 0o077:
        raise Refused(
            "this key file can be read by others than its owner",
            where=path.name,
            todo="chmod 600 the file, and rotate the key if somebody may have read it",
        )
    return path.read_bytes()
