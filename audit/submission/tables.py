"""Reading one table by the names of its columns: CSV or Parquet, checked column by column."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from policies.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Kind = Literal["text", "count", "number"]
LARGEST_COUNT = 2**53
MOST_ROWS = 5_000_000


def read_columns(
    path: Path, columns: Mapping[str, Kind], optional: Mapping[str, Kind] | None = None
) -> pd.DataFrame:
    """Read the named columns of a CSV (UTF-8, header) or Parquet file.

    Parameters
    ----------
    columns, optional
        Name → kind: text (not empty), count (a whole number from 0), number (finite).

    Raises
    ------
    BadInput
        With file, row (the header is row 1), column and what was expected; never the value.
    """
    wanted = dict(columns)
    frame = _frame(path, {*columns, *(optional or {})})
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise BadInput(
            f"lacks the column {', '.join(missing)}",
            where=path.name,
            todo=f"a header with {', '.join(columns)} is expected",
        )
    wanted |= {n: kind for n, kind in (optional or {}).items() if n in frame.columns}
    if frame.empty:
        raise BadInput("holds no row", where=path.name)
    frame = frame[list(wanted)].copy()
    for name, kind in wanted.items():
        frame[name] = _converted(frame[name], name, kind, path, required=name in columns)
    return frame


def refuse_rows(bad: Any, path: Path, column: str, expected: str) -> None:
    """Raise BadInput naming the first row where `bad` is true; do nothing where none is."""
    import numpy as np

    at = np.flatnonzero(np.asarray(bad, dtype=bool))
    if len(at):
        more = f" ({len(at)} rows in all)" if len(at) > 1 else ""
        raise BadInput(
            f"{expected}{more}", where=f"{path.name} row {int(at[0]) + 2}, column {column}"
        )


def _frame(path: Path, wanted: Collection[str]) -> pd.DataFrame:

    if not path.is_file():
        raise BadInput("there is no such file", where=str(path))
    if path.suffix.lower() == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            file = pq.ParquetFile(path)
            if file.metadata.num_rows > MOST_ROWS:
                raise BadInput(f"holds more than {MOST_ROWS:,} rows", where=path.name)
            there = [name for name in file.schema_arrow.names if name in wanted]
            frame: pd.DataFrame = file.read(columns=there).to_pandas()
            return frame
        except (pa.ArrowException, OSError, ValueError):
            raise BadInput("is not a Parquet file", where=path.name) from None
    try:
        with path.open(encoding="utf-8-sig", newline="") as body:
            rows = csv.reader(body, strict=True)
            header = next(rows, None)
            if not header:
                raise BadInput("is empty", where=path.name, todo="a header row is expected")
            if len(set(header)) != len(header):
                raise BadInput("names a column twice", where=f"{path.name} row 1")
            return _filled(header, rows, path)
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8", where=path.name, todo="save it as CSV UTF-8") from None
    except csv.Error:
        raise BadInput("is not CSV: a quote does not end", where=path.name) from None


def _filled(header: list[str], rows: Iterable[list[str]], path: Path) -> pd.DataFrame:
    import pandas as pd

    body: list[list[str]] = []
    empty = 0
    for number, row in enumerate(rows, start=2):
        if not row:
            empty = empty or number
            continue
        if empty:
            raise BadInput("is an empty line", where=f"{path.name} row {empty}")
        if len(row) != len(header):
            raise BadInput(
                f"has {len(row)} fields, the header names {len(header)}",
                where=f"{path.name} row {number}",
            )
        body.append(row)
    return pd.DataFrame(body, columns=header, dtype="str")


def _converted(
    values: pd.Series[Any], name: str, kind: Kind, path: Path, *, required: bool
) -> pd.Series[Any] | np.ndarray[Any, Any]:
    import numpy as np
    import pandas as pd

    if kind == "text":
        text = values.astype("str").where(values.notna(), "").str.strip()
        if required:
            refuse_rows(text == "", path, name, "a value is expected")
        return text
    if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_timedelta64_dtype(values):
        refuse_rows(np.ones(len(values), dtype=bool), path, name, "a number is expected")
    numbers = pd.to_numeric(values, errors="coerce").astype("float64").to_numpy()
    if kind == "number":
        refuse_rows(~np.isfinite(numbers), path, name, "a number is expected")
        return numbers
    whole = np.isfinite(numbers) & (numbers >= 0) & (numbers < LARGEST_COUNT)
    whole &= np.where(whole, numbers == np.floor(np.where(whole, numbers, 0)), False)
    refuse_rows(~whole, path, name, "a whole number from 0 is expected")
    return numbers.astype("int64")
