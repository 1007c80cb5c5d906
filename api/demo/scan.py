"""Does anything that the workspace holds still identify somebody? Everything is decoded and searched.

Compressed bytes hide what they hold: Parquet is read by column, SQLite by table, envelopes by payload.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from privacy.recognition import old_id_valid, resident_id_valid

_ID = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
_CITY = "深圳市"
_SKIPPED = {".lock"}


@dataclass(frozen=True, slots=True)
class Truth:
    """Everybody's identifiers, from the truth that lies outside any workspace."""

    ids: frozenset[str]
    phones: frozenset[str]
    addresses: frozenset[str]
    lengths: tuple[int, ...]

    @staticmethod
    def read(path: Path) -> Truth:
        """Read the truth about people."""
        import pyarrow.parquet as pq

        table = pq.read_table(
            path, columns=["resident_id", "phone", "actual_address", "registered_address"]
        )
        columns = {n: frozenset(table.column(n).to_pylist()) for n in table.column_names}
        addresses = columns["actual_address"] | columns["registered_address"]
        return Truth(
            columns["resident_id"],
            columns["phone"],
            addresses,
            tuple(sorted({len(a) for a in addresses}, reverse=True)),
        )


@dataclass(slots=True)
class Found:
    """How many texts were searched, and in which files something was found (kind, never value)."""

    texts: int = 0
    files: int = 0
    hits: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All hits."""
        return sum(n for kinds in self.hits.values() for n in kinds.values())

    def as_json(self) -> dict[str, Any]:
        """Return the scan's result."""
        return {
            "files": self.files,
            "texts": self.texts,
            "identifiers_found": self.total,
            "hits": self.hits,
        }


def scan(root: Path, truth: Truth) -> Found:
    """Search everything under `root`."""
    found = Found()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix not in _SKIPPED):
        found.files += 1
        for text in _texts(path):
            found.texts += 1
            for kind in identifiers(text, truth):
                kinds = found.hits.setdefault(str(path.relative_to(root)), {})
                kinds[kind] = kinds.get(kind, 0) + 1
    return found


def identifiers(text: str, truth: Truth) -> Iterator[str]:
    """Yield the kind of each identifier in a text: a checksummed id, a phone or address of the city."""
    for match in _ID.findall(text):
        upper = match.upper()
        if upper in truth.ids or resident_id_valid(upper):
            yield "resident_id"
        elif len(match) == 15 and old_id_valid(match):
            yield "resident_id_15"
    for match in _PHONE.findall(text):
        if match in truth.phones:
            yield "phone"
    at = text.find(_CITY)
    while at >= 0:
        if any(text[at : at + n] in truth.addresses for n in truth.lengths):
            yield "address"
        at = text.find(_CITY, at + 1)


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        yield from _parquet(path)
    elif path.suffix == ".sqlite":
        yield from _sqlite(path)
    else:
        yield from _decoded(path.read_bytes())
    yield path.name


def _parquet(path: Path) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    for key, value in (file.schema_arrow.metadata or {}).items():
        yield from _decoded(key)
        yield from _decoded(value)
    for column in file.schema_arrow.names:
        yield column
        for batch in file.iter_batches(columns=[column]):
            values: Iterable[Any] = pc.unique(batch.column(0).cast(pa.string())).to_pylist()
            # one text a batch: a line end is no letter, so no match can reach across
            yield "\n".join(v for v in values if v)


def _sqlite(path: Path) -> Iterator[str]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        tables = [
            r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, bytes):
                        yield from _decoded(value)
                    elif value is not None:
                        yield str(value)


def _decoded(body: bytes) -> Iterator[str]:
    """Yield the bytes as text, and the payload of an envelope too."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        yield body.decode("latin-1")
        return
    yield text
    if '"payload"' in text:
        try:
            yield base64.b64decode(json.loads(text)["payload"]).decode()
        except (ValueError, KeyError, TypeError):
            return
