"""The search of a workspace, and how large it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.demo.search.containers import Unread, pieces
from api.demo.search.encodings import readings, within
from api.demo.search.known import Known
from api.demo.search.matching import Looked


@dataclass(slots=True)
class Found:
    """What was searched, how much of it, and which kinds were found in which files; never a value.

    `bytes` counts what the files hold on disk, `characters` every reading that was searched.
    """

    files: int = 0
    bytes: int = 0
    texts: int = 0
    characters: int = 0
    candidates: int = 0
    members: dict[str, int] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    hits: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All hits."""
        return sum(n for kinds in self.hits.values() for n in kinds.values())

    @property
    def by_kind(self) -> dict[str, int]:
        """Hits of each kind over all files."""
        kinds: Counter[str] = Counter()
        for found in self.hits.values():
            kinds.update(found)
        return dict(sorted(kinds.items()))

    def as_json(self) -> dict[str, Any]:
        """Return the search's result."""
        return {
            "files": self.files,
            "bytes": self.bytes,
            "texts": self.texts,
            "characters": self.characters,
            "candidates": self.candidates,
            "members": self.members,
            "identifiers_found": self.total,
            "by_kind": self.by_kind,
            "hits": self.hits,
            "unread": self.unread,
        }


def scan(root: Path, known: Known) -> Found:
    """Search everything under `root`: files, folders' names, and what lies in containers.

    A value is counted once a piece (a column, a row of a table, a member of an archive), in the
    reading that shows most. In `hits`, a file whose very name identifies somebody goes by its place.
    """
    found, looked = Found(members=known.members()), Looked(known)
    for place, path in enumerate(sorted(root.rglob("*"))):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            continue
        relative = str(path.relative_to(root))
        named = any(looked.kinds(text) for text in within(relative))
        label = f"entry {place}" if named else relative
        kinds: Counter[str] = Counter()
        for piece in _pieces(path, label, found):
            most: Counter[str] = Counter()
            for text in within(piece) if isinstance(piece, str) else readings(piece):
                found.texts += 1
                found.characters += len(text)
                most |= looked.kinds(text)
            kinds += most
        if kinds:
            found.hits[label] = dict(sorted(kinds.items()))
    found.candidates = looked.candidates
    return found


def _pieces(path: Path, label: str, found: Found) -> Iterator[str | bytes]:
    if path.is_dir():
        yield path.name
        return
    body = path.read_bytes()
    found.files += 1
    found.bytes += len(body)
    for piece in pieces(path.name, body):
        if isinstance(piece, Unread):
            found.unread[label] = piece.why
        else:
            yield piece
