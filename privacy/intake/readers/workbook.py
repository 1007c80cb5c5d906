"""Excel workbooks: the first sheet, row by row, never the whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from policies.errors import BadInput
from privacy.intake.readers.batches import Batch, Opened, Wanted, text_batch
from privacy.intake.readers.limits import check_width, check_workbook

_ROWS = 20_000


def open_workbook(path: Path, wanted: Wanted) -> Opened:
    """Open the first sheet of an .xlsx workbook; its first row is the header.

    Raises
    ------
    BadInput
        It is no workbook, or unfolds beyond all measure.
    """
    check_workbook(path, wanted.label)
    rows = _rows(path, wanted.label)
    header: tuple[Any, ...] = next(rows, ())
    check_width(len(header), wanted.label)
    names = [_cell(c) for c in header]
    while names and not names[-1]:
        names.pop()
    _, missing, departures = wanted.settle(names)
    width = len(names)

    def batches() -> Iterator[Batch]:
        number = 2
        while part := list(islice(rows, _ROWS)):
            kept, numbers, odd = [], [], []
            for i, row in enumerate(part):
                cells = [_cell(c) for c in row]
                if any(cells[width:]):
                    odd.append((number + i, "has more cells than the header"))
                elif any(cells):
                    kept.append(cells[:width] + [""] * (width - len(cells)))
                    numbers.append(number + i)
            yield text_batch(wanted, names, kept, numbers, odd)
            number += len(part)

    return Opened(batches(), departures, missing)


def _rows(path: Path, where: str) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may state any dimensions
        yield from sheet.iter_rows(values_only=True)
    except BadInput:
        raise
    except Exception as error:  # the library raises whatever its XML parser does
        raise BadInput("is not a workbook that can be read", where=where) from error


def _cell(value: Any) -> str:
    """Return a cell as text: dates in ISO 8601, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
