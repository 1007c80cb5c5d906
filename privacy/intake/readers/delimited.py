"""CSV and TSV: whole blocks by a vectorised parser, and the odd line by a careful one.

Two truths hold on both ways: each line is decoded by itself, so that one person's byte cannot change
how another's row is read; and a stray quote spoils its own row and does not swallow the next.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from policies.errors import BadInput
from privacy.intake.readers.batches import Batch, Opened, Wanted
from privacy.intake.readers.limits import BLOCK_BYTES, LONGEST_LINE, check_width

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DELIMITERS = (",", ";", "\t", "|")
_MOST_LINES_A_ROW = 8
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_REPLACED = "\ufffd".encode()
Rows = tuple[list[list[str]], list[int]]
Parsed = tuple[dict[str, list[Any]], "NDArray[np.int64]", list[tuple[int, str]]]
"""The chunks of each column, the rows' numbers, and the rows that are none."""


def open_delimited(path: Path, wanted: Wanted) -> Opened:
    """Open a CSV or TSV file; encoding and delimiter by the contract, departures are said."""
    layout, departures = _layout(path, wanted)
    taken, missing, more = wanted.settle(layout.names)
    departures = [*more, *departures]
    layout.taken = taken

    def batches() -> Iterator[Batch]:
        with path.open("rb") as body:
            source = layout.source(body)
            source.header()
            for first, block, last in source.blocks():
                used, batch = layout.read(block, first, wanted, last)
                source.give_back(block[used:])
                yield batch
        if layout.elsewhere:
            first_name, other = layout.encodings[0], layout.encodings[-1]
            departures.append(f"{layout.elsewhere} rows are in {other}, not in {first_name}")

    return Opened(batches(), departures, missing)


def _layout(path: Path, wanted: Wanted) -> tuple[_Layout, list[str]]:
    declared = wanted.contract.source
    with path.open("rb") as body:
        start = body.read(3)
    wide = _UTF16.get(start[:2])
    marked = start == codecs.BOM_UTF8
    utf8 = marked or bool(wide) or codecs.lookup(declared.encoding) == codecs.lookup("utf-8")
    # GB18030 is seldom valid UTF-8 and can be told line by line; the other way round it cannot
    encodings = ("utf-8",) if wide else ("utf-8", "gb18030") if utf8 else (declared.encoding,)
    layout = _Layout([], "", encodings, len(start) if marked else 2 if wide else 0, wide)
    with path.open("rb") as body:
        first = layout.source(body).header()
    header, _ = _decoded(first, encodings)
    if header is None:
        raise BadInput(
            "its header is in none of the encodings " + ", ".join(encodings), where=wanted.label,
            todo="convert it, or declare source.encoding in the contract",
        )  # fmt: skip
    counts = {d: header.count(d) for d in (declared.delimiter, *_DELIMITERS)}
    most = max(counts, key=lambda d: counts[d])
    layout.delimiter = declared.delimiter if counts[declared.delimiter] else most
    check_width(header.count(layout.delimiter), wanted.label)
    try:
        layout.names = next(csv.reader([header], delimiter=layout.delimiter), [])
    except csv.Error:
        raise BadInput("its header is not CSV", where=wanted.label) from None
    departures = ["begins with a byte order mark"] if marked else ["is in UTF-16"] if wide else []
    if layout.delimiter != declared.delimiter and len(layout.names) > 1:
        departures.append("has another delimiter than declared")
    return layout, departures


@dataclass(slots=True)
class _Layout:
    """How a file is written: columns, delimiter, encodings in the order in which a line is tried."""

    names: list[str]
    delimiter: str
    encodings: tuple[str, ...]
    mark_bytes: int
    wide: str | None
    taken: list[str] = field(default_factory=list)
    elsewhere: int = 0

    def source(self, body: BinaryIO) -> _Blocks:
        body.seek(self.mark_bytes)
        return _Blocks(
            body, codecs.getincrementaldecoder(self.wide)("replace") if self.wide else None
        )

    def read(self, block: bytes, first: int, wanted: Wanted, last: bool) -> tuple[int, Batch]:
        """Read a block of lines; return how many bytes were used, and the batch.

        A row whose quotes are still open at the end of the block is left for the next.
        """
        import pyarrow as pa

        plain = self._plain(block)
        if plain is not None:
            lines = plain.count(b"\n") + (not plain.endswith(b"\n"))
            columns, rows, odd = self._parse(plain, np.arange(first, first + lines, dtype=np.int64))
            chunked = {n: pa.chunked_array(c, pa.string()) for n, c in columns.items()}
            return len(block), Batch(wanted.table(chunked, len(rows)), rows, odd)
        return self._read_odd(block, first, wanted, last)

    def _plain(self, block: bytes) -> bytes | None:
        """Return the block as UTF-8 where the vectorised parser reads it as the careful one does."""
        if self.wide and _REPLACED in block:
            return None
        if b'"' in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
            return None
        # the vectorised parser makes a row of an empty line
        if block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block:
            return None
        if self.encodings[0] == "utf-8":
            plain = block if _is_utf8(block) else None
        else:
            try:
                plain = block.decode(self.encodings[0]).encode()
            except UnicodeDecodeError:
                return None
        if plain is None:
            return None
        return None if plain.startswith(codecs.BOM_UTF8) else plain

    def _parse(self, plain: bytes, numbers: NDArray[np.int64]) -> Parsed:
        import pyarrow as pa
        import pyarrow.csv as pc

        if not plain:
            return {n: [] for n in self.taken}, numbers[:0], []
        bad: list[tuple[int, str]] = []

        def note(row: pc.InvalidRow) -> str:
            bad.append((row.number or 0, row.text))
            return "skip"

        def parse(threads: bool) -> pa.Table:
            bad.clear()
            return pc.read_csv(
                pa.BufferReader(plain),
                pc.ReadOptions(column_names=self.names, use_threads=threads, block_size=1 << 20),
                pc.ParseOptions(
                    delimiter=self.delimiter, quote_char=False, ignore_empty_lines=False,
                    invalid_row_handler=note,
                ),
                pc.ConvertOptions(
                    include_columns=self.taken or self.names[:1],
                    column_types=dict.fromkeys(self.names, pa.string()),
                    strings_can_be_null=False, check_utf8=False,
                ),
            )  # fmt: skip

        try:
            table = parse(threads=True)
            if bad:  # a parser with threads does not know which row was bad
                table = parse(threads=False)
        except pa.ArrowInvalid:
            # a line longer than the parser's block: one huge block then
            return self._parse_whole(plain, numbers)
        places = np.array([n - 1 for n, _ in bad], dtype=np.int64)
        odd = [
            (int(numbers[p]), "cannot be parsed as a row")
            for p, (_, text) in zip(places, bad, strict=True)
            if text
        ]
        rows = np.delete(numbers, places)
        return {n: table.column(n).chunks for n in self.taken}, rows[: table.num_rows], odd

    def _parse_whole(self, plain: bytes, numbers: NDArray[np.int64]) -> Parsed:
        import pyarrow as pa

        rows: list[list[str]] = []
        kept: list[int] = []
        odd: list[tuple[int, str]] = []
        for number, line in zip(numbers.tolist(), plain.decode().split("\n"), strict=False):
            cells = line.removesuffix("\r").split(self.delimiter)
            if len(cells) == len(self.names):
                rows.append(cells)
                kept.append(number)
            elif line:
                odd.append((number, "cannot be parsed as a row"))
        at = {n: i for i, n in enumerate(self.names)}
        columns = {n: [pa.array([r[at[n]] for r in rows], pa.string())] for n in self.taken}
        return columns, np.array(kept, dtype=np.int64), odd

    def _read_odd(self, block: bytes, first: int, wanted: Wanted, last: bool) -> tuple[int, Batch]:
        import pyarrow as pa

        raw = block.removesuffix(b"\n").split(b"\n")
        odd: list[tuple[int, str]] = []
        plain: list[bytes] = []
        plain_rows: list[int] = []
        careful: Rows = ([], [])
        at = 0
        while at < len(raw):
            line, place = _decoded(raw[at], self.encodings)
            if line is None or (self.wide and "\ufffd" in line):
                odd.append((first + at, "is text in no known encoding"))
                at += 1
                continue
            self.elsewhere += place > 0
            if not line and len(self.names) > 1:
                at += 1
                continue
            used = 1
            if '"' not in line and "\r" not in line:
                plain.append(line.encode())
                plain_rows.append(first + at)
            else:
                ahead = raw[at : at + _MOST_LINES_A_ROW]
                lines = [line, *(_decoded(r, self.encodings)[0] for r in ahead[1:])]
                cells, used, complete = _cells(lines, len(self.names), self.delimiter)
                if not complete and not last and at + _MOST_LINES_A_ROW > len(raw):
                    break
                if cells:
                    careful[0].append(cells)
                    careful[1].append(first + at)
                elif line:
                    odd.append((first + at, "cannot be parsed as a row"))
            at += used
        used_bytes = len(block) if at >= len(raw) else sum(len(r) + 1 for r in raw[:at])
        columns, rows, bad = self._parse(b"\n".join(plain), np.array(plain_rows, dtype=np.int64))
        place_of = {n: i for i, n in enumerate(self.names)}
        joined = {n: pa.chunked_array(columns[n], pa.string()) for n in self.taken}
        if careful[0]:
            joined = {
                n: pa.chunked_array(
                    [*c.chunks, pa.array([r[place_of[n]] for r in careful[0]], pa.string())]
                )
                for n, c in joined.items()
            }
        numbers = np.concatenate([rows, np.array(careful[1], dtype=np.int64)])
        return used_bytes, Batch(wanted.table(joined, len(numbers)), numbers, sorted(odd + bad))


class _Blocks:
    """Whole lines of a file, block by block, as UTF-8 or in the file's own bytes."""

    def __init__(self, body: BinaryIO, decoder: codecs.IncrementalDecoder | None) -> None:
        self._body, self._decoder = body, decoder
        self._rest = b""
        self._number = 1

    def header(self) -> bytes:
        """Return the first line without its end."""
        while b"\n" not in self._rest and len(self._rest) <= LONGEST_LINE:
            chunk = self._chunk()
            if not chunk:
                break
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        _check_line(len(line), 1)
        self._number = 2
        return line.rstrip(b"\r")

    def blocks(self) -> Iterator[tuple[int, bytes, bool]]:
        """Yield the number of the first line, the lines, and whether they are the last."""
        while True:
            chunk = self._chunk()
            whole = self._rest + chunk
            cut = whole.rfind(b"\n") + 1 if chunk else len(whole)
            if not cut and chunk:
                _check_line(len(whole), self._number)
                self._rest = whole
                continue
            block, self._rest = whole[:cut], whole[cut:]
            _check_line(len(self._rest), self._number)
            if block:
                for at in range(0, len(block) - LONGEST_LINE, LONGEST_LINE):
                    if block.find(b"\n", at, at + LONGEST_LINE) < 0:
                        _check_line(LONGEST_LINE + 1, self._number + block.count(b"\n", 0, at))
                self._given = b""
                yield self._number, block, not chunk
                used = block[: len(block) - len(self._given)]
                self._number += used.count(b"\n")
                self._rest = self._given + self._rest
            if not chunk:
                return

    def give_back(self, lines: bytes) -> None:
        """Take lines back that belong to a row which ends in the next block."""
        self._given = lines

    def _chunk(self) -> bytes:
        chunk = self._body.read(BLOCK_BYTES)
        if self._decoder is None:
            return chunk
        # what cannot be decoded becomes U+FFFD, which no value that is kept may hold
        return self._decoder.decode(chunk, final=not chunk).encode()


def _is_utf8(block: bytes) -> bool:
    """Tell whether bytes are UTF-8, without making a text of them."""
    import pyarrow as pa

    ends = pa.py_buffer(np.array([0, len(block)], np.int32))
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(block)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _check_line(size: int, row: int) -> None:
    if size > LONGEST_LINE:
        raise BadInput(f"is longer than {LONGEST_LINE:,} bytes", where=f"row {row}")


def _decoded(line: bytes, encodings: Sequence[str]) -> tuple[str | None, int]:
    """Return a line as text without its end, and which encoding it was in; None where in none."""
    for place, name in enumerate(encodings):
        try:
            return line.removesuffix(b"\r").decode(name), place
        except UnicodeDecodeError:
            continue
    return None, len(encodings)


def _cells(lines: Sequence[str | None], width: int, delimiter: str) -> tuple[list[str], int, bool]:
    """Parse a row with quotes; return its cells (none: no row), the lines used, and if it was whole.

    A quoted line break is followed only where it completes a row; a line with as many fields as a
    row is never joined to the one before.
    """
    first = lines[0] or ""
    if '"' not in first:
        cells = first.split(delimiter)
        return (cells if len(cells) == width else []), 1, True
    inner = first[1:-1].split(f'"{delimiter}"')
    if len(inner) == width and first[0] == first[-1] == '"' and not any('"' in c for c in inner):
        return inner, 1, True
    pieces: list[str] = []
    for used, piece in enumerate(lines, 1):
        if piece is None or (pieces and piece.count(delimiter) >= width - 1):
            return [], 1, True
        pieces.append(piece)
        try:
            cells = next(csv.reader(["\n".join(pieces)], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            continue
        if len(cells) == width:
            return [cell.replace("\n", " ").replace("\r", "") for cell in cells], used, True
        if used == 1:
            return [], 1, True
    return [], 1, False
