"""JSON Lines: one object a line; a value that is an object or a list is kept as its JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policies.errors import BadInput
from privacy.intake.readers.batches import Batch, Opened, Wanted, text_batch
from privacy.intake.readers.limits import BATCH_ROWS, BLOCK_BYTES, LONGEST_LINE, check_width

_DEEPEST = 64


def open_json_lines(path: Path, wanted: Wanted) -> Opened:
    """Open a file of JSON objects, one a line; the first names the columns.

    Raises
    ------
    BadInput
        The first line is no JSON object, or a line is longer than any record.
    """
    with path.open("rb") as body:
        start = body.readline(LONGEST_LINE + 1)
    first = _object(start.removeprefix(b"\xef\xbb\xbf"))
    if first is None:
        raise BadInput("its first line is no JSON object", where=f"{wanted.label} row 1")
    check_width(len(first), wanted.label)
    taken, missing, departures = wanted.settle(list(first))

    def batches() -> Iterator[Batch]:
        number = 1
        with path.open("rb") as body:
            while lines := body.readlines(BLOCK_BYTES):
                for at in range(0, len(lines), BATCH_ROWS):
                    part = lines[at : at + BATCH_ROWS]
                    yield _batch(part, number, taken, wanted)
                    number += len(part)

    return Opened(batches(), departures, missing)


def _batch(lines: list[bytes], first: int, taken: list[str], wanted: Wanted) -> Batch:
    rows, numbers, odd = [], [], []
    for i, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            odd.append((first + i, "is longer than any record"))
            continue
        if not line.strip():
            continue
        found = _object(line.removeprefix(b"\xef\xbb\xbf") if first + i == 1 else line)
        if found is None:
            odd.append((first + i, "is no JSON object"))
            continue
        rows.append([_cell(found.get(name)) for name in taken])
        numbers.append(first + i)
    return text_batch(wanted, taken, rows, numbers, odd)


def _object(line: bytes) -> dict[str, Any] | None:
    if line.count(b"[") + line.count(b"{") > _DEEPEST and _depth(line) > _DEEPEST:
        return None
    try:
        found = json.loads(line.decode(), parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _depth(line: bytes) -> int:
    """Return at most how deep brackets nest (those inside texts count too: that errs to refusing)."""
    depth = deepest = 0
    for c in line:
        if c in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif c in b"]}":
            depth -= 1
    return deepest


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
