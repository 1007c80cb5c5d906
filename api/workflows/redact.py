"""Redaction of a file: lines of text, a CSV or TSV table, a Parquet table; in bounded memory, in order."""

from __future__ import annotations

import csv
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from policies.errors import BadInput
from privacy.recognition import KnownValue, Redacted, Redactor
from privacy.recognition.redactor import LONGEST_TEXT

_LONGEST_LINE_BYTES = 4 * LONGEST_TEXT
_PARQUET_ROWS = 2_000
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Job:
    """What one call does, and what it met on its way.

    Parameters
    ----------
    columns
        The columns of a table to redact; none means lines of text.
    known
        Columns that hold a row's own values, with the type of each: always taken out of its texts.
    person
        The column that tells whose row it is, for `date_shift`; it goes through `pseudonym`.
    as_json
        Write the list of `{"text", "entities"}` instead of the text or table.
    broken
        Where something could not be read (line or row number), and why; never what stood there.
    touched
        The columns of which at least one cell was changed.
    """

    redactor: Redactor
    columns: Sequence[str] = ()
    known: Sequence[tuple[str, str]] = ()
    person: str | None = None
    pseudonym: Callable[[str], str] = lambda value: value
    processes: int = 1
    as_json: bool = False
    broken: list[tuple[int, str]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


Row = tuple[str, Sequence[KnownValue], str]


def redact_lines(job: Job, source: BinaryIO, out: IO[str]) -> None:
    """Redact a text, one document a line; a line that cannot be read leaves an empty one."""
    results = job.redactor.redact_texts(_lines(job, source), job.processes)
    if job.as_json:
        _json_list(out, map(_entry, results))
        return
    for r in results:
        out.write(r.text + "\n")


def redact_csv(job: Job, source: IO[str], out: IO[str], where: str, delimiter: str = ",") -> None:
    """Redact columns of a CSV or TSV table; `source` was opened with `surrogateescape`."""
    csv.field_size_limit(_LONGEST_LINE_BYTES)
    reader = csv.reader(source, delimiter=delimiter)
    try:
        head = next(reader, None)
    except csv.Error:
        raise BadInput("is no table", where=f"{where}, line 1") from None
    if head is None:
        raise BadInput("is empty", where=where)
    if any(map(_unreadable, head)):
        raise BadInput(
            "is not UTF-8 text", where=f"{where}, line 1", todo="iconv -f GB18030 -t UTF-8 first"
        )
    places = _places(job, head, where)
    waiting: deque[list[str]] = deque()
    texts = _cells(job, _rows(job, reader, len(head), where), head, places, waiting)
    results = job.redactor.redact_stream(texts, job.processes)
    if job.as_json:
        _json_list(out, _by_cell(job, results, waiting))
        return
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(head)
    for done in _by_row(job, results):
        row = waiting.popleft()
        for place, r in zip(places, done, strict=True):
            row[place] = r.text
        writer.writerow(row)


def redact_parquet(job: Job, source: Path, out: Path | IO[str]) -> None:
    """Redact text columns of a Parquet table, batch by batch; NULL stays NULL."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source)
    except (pa.ArrowInvalid, OSError):
        raise BadInput("is no Parquet file", where=source.name) from None
    schema = file.schema_arrow
    places = _places(job, schema.names, source.name)
    for place, name in zip(places, job.columns, strict=True):
        kind = schema.field(place).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise BadInput("is no column of text", where=f"{source.name}, column {name}")

    done = _by_batch(job, file.iter_batches(_PARQUET_ROWS), places)
    if not isinstance(out, Path):
        _json_list(out, _parquet_entities(done, job.columns))
        return
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch, rows in done:
            for n, place in enumerate(places):
                old, kept = batch.column(place), schema.field(place)
                new = [
                    r[n].text if valid else None
                    for r, valid in zip(rows, old.is_valid().to_pylist(), strict=True)
                ]
                batch = batch.set_column(place, kept, pa.array(new, type=kept.type))
            writer.write_batch(batch)


def _by_batch(
    job: Job, batches: Iterable[Any], places: Sequence[int]
) -> Iterator[tuple[Any, list[list[Redacted]]]]:
    """Yield each batch with the results of its rows; one stream feeds all processes."""
    waiting: deque[Any] = deque()

    def texts() -> Iterator[Row]:
        for batch in batches:
            if batch.num_rows:
                waiting.append(batch)
                yield from _batch_rows(job, batch, places)

    results = _by_row(job, job.redactor.redact_stream(texts(), job.processes))
    for first in results:
        batch = waiting.popleft()
        yield batch, [first, *(next(results) for _ in range(batch.num_rows - 1))]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to that becomes `path` when all went well, and is gone when it did not."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        raise BadInput("cannot be written", where=str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _lines(job: Job, source: BinaryIO) -> Iterator[str]:
    number = 0
    while line := source.readline(_LONGEST_LINE_BYTES):
        number += 1
        whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE_BYTES
        while not whole:
            rest = source.readline(_LONGEST_LINE_BYTES)
            whole = rest.endswith(b"\n") or len(rest) < _LONGEST_LINE_BYTES
            line = b""
        text = _decoded(line.removeprefix(_BOM) if number == 1 else line)
        reason = "is not UTF-8 text" if text is None else _too_long(text, bool(line))
        if reason:
            job.broken.append((number, reason))
        yield "" if reason or text is None else text


def _decoded(line: bytes) -> str | None:
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        return None


def _too_long(text: str, kept: bool) -> str:
    return (
        "" if kept and len(text) <= LONGEST_TEXT else f"has more than {LONGEST_TEXT:,} characters"
    )


def _unreadable(cell: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in cell)


def _rows(job: Job, reader: Any, width: int, where: str) -> Iterator[list[str]]:
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            raise BadInput(
                "is no row of the table", where=f"{where}, line {reader.line_num}"
            ) from None
        if row is None:
            return
        if not row:
            continue
        if len(row) != width:
            raise BadInput(
                f"has {len(row)} fields where the header has {width}",
                where=f"{where}, line {reader.line_num}",
            )
        for i, cell in enumerate(row):
            reason = "is not UTF-8 text" if _unreadable(cell) else _too_long(cell, True)
            if reason:
                job.broken.append((reader.line_num, reason))
                row[i] = ""
        yield row


def _places(job: Job, head: Sequence[str], where: str) -> list[int]:
    wanted = [*job.columns, *(name for name, _ in job.known), *([job.person] if job.person else [])]
    missing = [c for c in wanted if c not in head]
    if missing:
        raise BadInput(
            f"lacks the column {', '.join(missing)}",
            where=where,
            todo="its header stands in its first line",
        )
    return [list(head).index(c) for c in job.columns]


def _cells(
    job: Job,
    rows: Iterable[list[str]],
    head: Sequence[str],
    places: Sequence[int],
    waiting: deque[list[str]],
) -> Iterator[Row]:
    own = [(kind, list(head).index(name)) for name, kind in job.known]
    who = list(head).index(job.person) if job.person else None
    for row in rows:
        known = [KnownValue(kind, row[i]) for kind, i in own if row[i]]
        person = job.pseudonym(row[who]) if who is not None and row[who] else ""
        waiting.append(row)
        for place in places:
            yield row[place], known, person


def _batch_rows(job: Job, batch: Any, places: Sequence[int]) -> Iterator[Row]:
    columns = [[str(v) if v is not None else "" for v in c.to_pylist()] for c in batch.columns]
    rows = (list(r) for r in zip(*columns, strict=True))
    return _cells(job, rows, batch.schema.names, places, deque(maxlen=1))


def _by_row(job: Job, results: Iterator[Redacted]) -> Iterator[list[Redacted]]:
    for first in results:
        row = [first, *(next(results) for _ in job.columns[1:])]
        job.touched.update(c for c, r in zip(job.columns, row, strict=True) if r.entities)
        yield row


def _by_cell(
    job: Job, results: Iterator[Redacted], waiting: deque[list[str]]
) -> Iterator[dict[str, Any]]:
    for n, done in enumerate(_by_row(job, results), 1):
        waiting.popleft()
        for column, r in zip(job.columns, done, strict=True):
            yield {"row": n, "column": column, **_entry(r)}


def _parquet_entities(
    batches: Iterator[tuple[Any, list[list[Redacted]]]], columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    n = 0
    for _, rows in batches:
        for done in rows:
            n += 1
            for column, r in zip(columns, done, strict=True):
                yield {"row": n, "column": column, **_entry(r)}


def _entry(r: Redacted) -> dict[str, Any]:
    return {
        "text": r.text,
        "entities": [
            {"start": e.start, "end": e.end, "type": e.type, "score": e.score} for e in r.entities
        ],
    }


def _json_list(out: IO[str], entries: Iterable[dict[str, Any]]) -> None:
    """Write a JSON list as its entries come: a file of any size is one document."""
    between = "[\n"
    for entry in entries:
        out.write(between + json.dumps(entry, ensure_ascii=False, allow_nan=False))
        between = ",\n"
    out.write("[]\n" if between == "[\n" else "\n]\n")
