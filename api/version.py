"""Which code made a report: a digest over the sources of the four packages."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PACKAGES = ("api", "audit", "policies", "privacy")


@cache
def code_digest() -> str:
    """Return `sha256:` over names and bytes of every Python and YAML source, sorted."""
    whole = hashlib.sha256()
    for package in PACKAGES:
        for name, body in sorted(_sources(files(package), package)):
            whole.update(f"{name}\x00{len(body)}\x00".encode() + body)
    return f"sha256:{whole.hexdigest()}"


def _sources(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            found += _sources(entry, path)
        elif entry.name.endswith((".py", ".yaml")):
            found.append((path, entry.read_bytes()))
    return found
