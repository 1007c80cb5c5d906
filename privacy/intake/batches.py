"""Reading extracts in batches of bounded size, and what a file as a whole can have wrong."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from policies.errors import BadInput
from privacy.contract import Contract

BATCH_ROWS = 50_000
LONGEST_LINE = 1_000_000
MOST_BYTES_UNPACKED = 64 * 2**30
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


def _encodings(declared: str, marked: bool) -> tuple[str, ...]:
    """Return the encodings in which a line is tried, in order.

    They follow from the contract and the file's first bytes alone. Each line is decoded by itself:
    one person's byte must not change how another's row is read. GB18030 is seldom valid UTF-8, so
    that it can be told line by line; the other way round it cannot.
    """
    utf8 = marked or codecs.lookup(declared) == codecs.lookup("utf-8")
    return ("utf-8", "gb18030") if utf8 else (declared,)


def _text(line: bytes, encodings: tuple[str, ...]) -> tuple[str | None, int]:
    """Return the line as text and which encoding it was in; None where it is in none."""
    for place, name in enumerate(encodings):
        try:
            return line.decode(name), place
        except UnicodeDecodeError:
            continue
    return None, len(encodings)


def _open_csv(path: Path, contract: Contract) -> Opened:
    with path.open("rb") as body:
        first = body.readline(LONGEST_LINE)
    marked = first.startswith(codecs.BOM_UTF8)
    encodings = _encodings(contract.source.encoding, marked)
    decoded, _ = _text(first.removeprefix(codecs.BOM_UTF8), encodings)
    if decoded is None:
        raise BadInput(
            "its header is in none of the encodings " + ", ".join(encodings), where=path.name,
            todo="convert it, or declare source.encoding in the contract",
        )  # fmt: skip
    header = decoded.rstrip("\r\n")
    declared = contract.source.delimiter
    counts = {d: header.count(d) for d in (declared, *_DELIMITERS)}
    delimiter = declared if counts[declared] else max(counts, key=lambda d: counts[d])
    try:
        names = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        raise BadInput("its header is not CSV", where=path.name) from None
    if len(set(names)) != len(names):
        raise BadInput("names a column twice", where=f"{path.name} row 1")
    missing, departures = _check_columns(names, contract, path.name)
    if marked:
        departures.append("begins with a byte order mark")
    if delimiter != declared:
        departures.append("has another delimiter than declared")
    keep = {f.name for f in contract.fields}

    def batches() -> Iterator[Batch]:
        other = 0
        with path.open("rb") as body:
            body.readline(LONGEST_LINE)
            for number, part in _parts(body):
                lines, elsewhere = _decoded(part, encodings)
                other += elsewhere
                yield _csv_batch(lines, number, names, keep, missing, delimiter)
        if other:
            departures.append(f"{other} rows are in {encodings[-1]}, not in {encodings[0]}")

    return Opened(batches(), departures, missing)


def _parts(body: BinaryIO) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the number of the first line and up to a batch of lines, the header not counted."""
    number, lines = 2, []
    while chunk := body.readlines(1 << 23):
        lines += chunk
        while len(lines) > BATCH_ROWS:
            yield number, lines[:BATCH_ROWS]
            number, lines = number + BATCH_ROWS, lines[BATCH_ROWS:]
    if lines:
        yield number, lines


def _decoded(part: list[bytes], encodings: tuple[str, ...]) -> tuple[list[str | None], int]:
    """Return the lines as text, and how many were in another encoding than the first."""
    try:  # nearly always the whole batch is as declared
        whole = b"".join(part).decode(encodings[0]).removesuffix("\n")
        return list(whole.split("\n")), 0  # str.splitlines would also cut at U+2028 and the like
    except UnicodeDecodeError:
        found = [_text(line.removesuffix(b"\n"), encodings) for line in part]
    return [text for text, _ in found], sum(0 < place < len(encodings) for _, place in found)


def _csv_batch(
    lines: Sequence[str | None],
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
        whole, used = lines[at], 1
        if whole is None:
            unreadable.append((first + at, "is text in no known encoding"))
            at += 1
            continue
        line = whole.rstrip("\r")
        if '"' not in line:
            cells = line.split(delimiter)
        else:
            cells, used = _quoted(lines, at, width, delimiter)
        if len(cells) == width:
            rows.append(cells)
            numbers.append(first + at)
        elif line:
            unreadable.append((first + at, "cannot be parsed as a row"))
        at += used
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
    wanted = {name: values for name, values in columns.items() if name in keep}
    wanted |= {name: [""] * len(rows) for name in missing}
    return Batch(wanted, numbers, unreadable)


def _quoted(
    lines: Sequence[str | None], at: int, width: int, delimiter: str
) -> tuple[list[str], int]:
    """Parse a row with quotes; a quoted line break is followed only where it completes a row.

    A line with as many fields as a row is never joined to the one before: a stray quote spoils
    its own row and does not swallow the next person's.
    """
    pieces: list[str] = []
    for used in range(1, _MOST_LINES_A_ROW + 1):
        piece = lines[at + used - 1] if at + used <= len(lines) else None
        if piece is None or (pieces and piece.count(delimiter) >= width - 1):
            break
        pieces.append(piece)
        try:
            joined = "\n".join(pieces).rstrip("\r")
            cells = next(csv.reader([joined], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            continue
        if len(cells) == width:
            return [cell.replace("\n", " ").replace("\r", "") for cell in cells], used
        if used == 1:
            break
    return [], 1
