"""How much an extract may ask of memory: refused by its own figures, before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

from policies.errors import BadInput

LONGEST_LINE = 1_000_000
LONGEST_CELL = 1_000_000
MOST_COLUMNS = 4_096
BLOCK_BYTES = 8 << 20
BATCH_ROWS = 100_000
MOST_BATCH_BYTES = 64 << 20
MOST_UNFOLDED_BATCH_BYTES = 2 << 30
MOST_BYTES_UNPACKED = 64 << 30
MOST_COLUMN_CHUNK_BYTES = 1 << 30
MOST_FOOTER_BYTES = 16 << 20
MOST_WORKBOOK_BYTES = 2 << 30
MOST_SHARED_TEXT_BYTES = 128 << 20
MOST_ZIP_RATIO = 200
_FREE_OF_RATIO_BYTES = 4 << 20


def check_width(columns: int, where: str) -> None:
    """Refuse a table with more columns than any register has."""
    if columns > MOST_COLUMNS:
        raise BadInput(f"has more than {MOST_COLUMNS:,} columns", where=where)


def check_parquet_footer(path: Path, where: str) -> None:
    """Refuse a Parquet file whose footer alone would fill memory: it names every column chunk."""
    with path.open("rb") as body:
        size = body.seek(0, 2)
        body.seek(max(0, size - 8))
        tail = body.read(8)
    if len(tail) < 8 or tail[4:] != b"PAR1":
        raise BadInput("is not a Parquet file that can be read", where=where)
    if int.from_bytes(tail[:4], "little") > min(size, MOST_FOOTER_BYTES):
        raise BadInput(
            "has a footer of more than 16 MiB", where=where, todo="fewer columns or row groups"
        )


def check_workbook(path: Path, where: str) -> None:
    """Refuse a workbook that unfolds beyond all measure, or whose XML declares entities.

    The sizes are those that the archive states: the reader takes no byte more than stated.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            total = sum(p.file_size for p in parts)
            shared = sum(p.file_size for p in parts if p.filename.endswith("sharedStrings.xml"))
            swollen = any(
                p.file_size > max(_FREE_OF_RATIO_BYTES, MOST_ZIP_RATIO * p.compress_size)
                for p in parts
            )
            if total > MOST_WORKBOOK_BYTES or shared > MOST_SHARED_TEXT_BYTES or swollen:
                raise BadInput(
                    "unfolds beyond all measure", where=where, todo="hand it over as CSV or Parquet"
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as body:
                        if b"<!DOCTYPE" in body.read(4096):
                            raise BadInput("declares entities in its XML", where=where)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise BadInput("is not a workbook that can be read", where=where) from error
