"""Who waits for whom: sessions and readers share, a rewriting of stored rows is alone.

Locks are the kernel's (`flock`): a process that is killed holds none.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SESSIONS, _READERS, _TURNSTILE = ".keys-in-use.lock", ".readers.lock", ".turnstile.lock"


@contextmanager
def session(root: Path) -> Iterator[None]:
    """Hold while keys are in use to make pseudonyms: no rotation, erasure or destruction meanwhile."""
    with _held(root, _SESSIONS, fcntl.LOCK_SH):
        yield


@contextmanager
def rewriting(root: Path) -> Iterator[None]:
    """Hold while stored rows are rewritten: waits for the sessions, and sessions wait for it."""
    with _held(root, _SESSIONS, fcntl.LOCK_EX):
        yield


@contextmanager
def rewriting_if_free(root: Path) -> Iterator[bool]:
    """Try to hold the same; yields whether it is held (else a living process is at work)."""
    try:
        with _held(root, _SESSIONS, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """Hold from looking a snapshot up to the last byte read of its files."""
    with _held(root, _TURNSTILE, fcntl.LOCK_SH):
        # who swaps holds the turnstile while it waits, so that readers cannot starve it
        readers = _held(root, _READERS, fcntl.LOCK_SH)
        readers.__enter__()
    try:
        yield
    finally:
        readers.__exit__(None, None, None)


@contextmanager
def swapping(root: Path) -> Iterator[None]:
    """Hold while rewritten snapshots take their places: no reader has a file open."""
    with _held(root, _TURNSTILE, fcntl.LOCK_EX), _held(root, _READERS, fcntl.LOCK_EX):
        yield


@contextmanager
def _held(root: Path, name: str, how: int) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (root / name).open("a") as handle:
        fcntl.flock(handle, how)
        yield
