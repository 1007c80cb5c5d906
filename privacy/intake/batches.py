"""Reading extracts in batches of bounded size, and what a file as a whole can have wrong."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from policies.errors import BadInput
from privacy.contract import Contract

BATCH_ROWS = 50_000
LONGEST_LINE = 1_000_000
MOST_BYTES_UNPACKED = 64 * 2**30
_SNIFF_BYTES = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_MOST_LINES_A_ROW = 8


@dataclass(slots=True)
class Batch:
    """Rows of an extract, column by column, with their numbers in the file (the header is row 1)."""

    columns: dict[str, list[str]]
    rows: list[int]
    unreadable: list[tuple[int, str]]


@dataclass(slots=True)
class Opened:
    """An extract that can be read: its batches, its size, and how it departs from the contract."""

    batches: Iterator[Batch]
    departures: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def open_extract(path: Path, contract: Contract) -> Opened:
    """Open an extract by its contract, as CSV or Parquet by its content and not its name.

    Raises
    ------
    BadInput
        The file cannot be read, lacks a required column, or unfolds beyond all measure.
    """
    try:
        with path.open("rb") as body:
            magic = body.read(4)
        if magic == b"PAR1":
            return _open_parquet(path, contract)
        if not magic:
            raise BadInput("is empty", where=path.name)
        return _open_csv(path, contract)
    except OSError as error:
        raise BadInput("cannot be read", where=path.name, todo="check path and rights") from error


def _check_columns(found: list[str], contract: Contract, where: str) -> tuple[list[str], list[str]]:
    missing = [f.name for f in contract.fields if f.name not in found]
    required = [f.name for f in contract.fields if f.required and f.name in missing]
    if required:
        raise BadInput(
            f"lacks the column {', '.join(required)}",
            where=where,
            todo=f"the contract {contract.dataset} requires it",
        )
    departures = [f"column {name} is missing: read as empty" for name in missing]
    unknown = len([name for name in found if name not in {f.name for f in contract.fields}])
    if unknown:
        departures.append(f"{unknown} columns that the contract does not name: not read")
    return missing, departures


def _open_parquet(path: Path, contract: Contract) -> Opened:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise BadInput("is not a Parquet file that can be read", where=path.name) from error
    meta = file.metadata
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if max(unpacked, meta.num_rows * 8) > MOST_BYTES_UNPACKED:
        raise BadInput("unfolds to more than 64 GiB", where=path.name, todo="split the extract")
    names = list(file.schema_arrow.names)
    missing, departures = _check_columns(names, contract, path.name)
    wanted = [f.name for f in contract.fields if f.name in names]

    def batches() -> Iterator[Batch]:
        row = 1
        for part in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
            columns = {
                name: ["" if v is None else str(v) for v in part.column(name).to_pylist()]
                for name in wanted
            }
            columns |= {name: [""] * part.num_rows for name in missing}
            yield Batch(columns, list(range(row, row + part.num_rows)), [])
            row += part.num_rows

    return Opened(batches(), departures, missing)


def _encoding(path: Path) -> tuple[str, bool]:
    with path.open("rb") as body:
        head = body.read(_SNIFF_BYTES)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", True
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
        return name, False
    raise BadInput("is text neither in UTF-8 nor in GB18030", where=path.name, todo="convert it")


def _open_csv(path: Path, contract: Contract) -> Opened:
    encoding, marked = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        header = text.readline(LONGEST_LINE).rstrip("\r\n")
    declared = contract.source.delimiter
    counts = {d: header.count(d) for d in (declared, *_DELIMITERS)}
    delimiter = declared if counts[declared] else max(counts, key=lambda d: counts[d])
    names = next(csv.reader([header], delimiter=delimiter), [])
    missing, departures = _check_columns(names, contract, path.name)
    if marked:
        departures.append("begins with a byte order mark")
    elif codecs.lookup(encoding) != codecs.lookup(contract.source.encoding):
        departures.append(f"is in {encoding}, not in {contract.source.encoding}")
    if delimiter != declared:
        departures.append("has another delimiter than declared")
    keep = {f.name for f in contract.fields}

    def batches() -> Iterator[Batch]:
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
            text.readline(LONGEST_LINE)
            yield from _csv_batches(text, names, keep, missing, delimiter)

    return Opened(batches(), departures, missing)


def _csv_batches(
    text: TextIO, names: list[str], keep: set[str], missing: list[str], delimiter: str
) -> Iterator[Batch]:
    number, lines = 2, []
    while chunk := text.readlines(1 << 23):
        lines += chunk
        while len(lines) > BATCH_ROWS:
            number, part = number + BATCH_ROWS, lines[:BATCH_ROWS]
            lines = lines[BATCH_ROWS:]
            yield _csv_batch(part, number - BATCH_ROWS, names, keep, missing, delimiter)
    if lines:
        yield _csv_batch(lines, number, names, keep, missing, delimiter)


def _csv_batch(
    lines: list[str],
    first: int,
    names: list[str],
    keep: set[str],
    missing: list[str],
    delimiter: str,
) -> Batch:
    width = len(names)
    rows: list[list[str]] = []
    numbers: list[int] = []
    unreadable: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        line, used = lines[at].rstrip("\r\n"), 1
        if '"' not in line:
            cells = line.split(delimiter)
        else:
            cells, used = _quoted(lines, at, width, delimiter)
        if len(cells) == width and _decoded(line):
            rows.append(cells)
            numbers.append(first + at)
        elif line:
            unreadable.append((first + at, "cannot be parsed as a row"))
        at += used
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
    wanted = {name: values for name, values in columns.items() if name in keep}
    wanted |= {name: [""] * len(rows) for name in missing}
    return Batch(wanted, numbers, unreadable)


def _decoded(line: str) -> bool:
    if line.isascii():
        return True
    try:
        line.encode()
    except UnicodeEncodeError:  # bytes that were no text were kept as surrogates
        return False
    return True


def _quoted(lines: list[str], at: int, width: int, delimiter: str) -> tuple[list[str], int]:
    """Parse a row with quotes; a quoted line break is followed only where it completes a row.

    A stray quote therefore spoils its own row and never swallows the next ones.
    """
    for used in range(1, _MOST_LINES_A_ROW + 1):
        if at + used > len(lines):
            break
        try:
            joined = "".join(lines[at : at + used]).rstrip("\r\n")
            cells = next(csv.reader([joined], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            continue
        if len(cells) == width:
            return [cell.replace("\n", " ").replace("\r", "") for cell in cells], used
        if used == 1:
            break
    return [], 1
