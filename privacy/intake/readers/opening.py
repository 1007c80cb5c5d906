"""Opening an extract by what it holds and not by how it is called."""

from __future__ import annotations

import zipfile
from pathlib import Path

from policies.errors import BadInput
from privacy.intake.biometrics import refuse_file
from privacy.intake.readers.batches import Opened, Wanted
from privacy.intake.readers.postgres import is_table_url, open_table

Source = Path | str
"""A file, or the address of a PostgreSQL table."""


def open_extract(source: Source, wanted: Wanted) -> Opened:
    """Open CSV, TSV, Excel, Parquet or JSON Lines by their content, or a table by its address.

    Raises
    ------
    BadInput
        It cannot be read, lacks a required column, or unfolds beyond all measure.
    """
    if isinstance(source, str):
        if not is_table_url(source):
            raise BadInput("is no address of a PostgreSQL table", where=wanted.label)
        return open_table(source, wanted)
    try:
        if source.exists() and not source.is_file():  # a pipe would be waited for without end
            raise BadInput("is no regular file", where=wanted.label)
        with source.open("rb") as body:
            start = body.read(4096)
        if not start:
            raise BadInput("is empty", where=wanted.label)
        refuse_file(start, wanted.label)
        if start.startswith(b"PAR1"):
            from privacy.intake.readers.columnar import open_parquet

            return open_parquet(source, wanted)
        if start.startswith(b"PK\x03\x04") and zipfile.is_zipfile(source):
            from privacy.intake.readers.workbook import open_workbook

            return open_workbook(source, wanted)
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            from privacy.intake.readers.json_lines import open_json_lines

            return open_json_lines(source, wanted)
        from privacy.intake.readers.delimited import open_delimited

        return open_delimited(source, wanted)
    except OSError as error:
        raise BadInput(
            "cannot be read", where=wanted.label, todo="check path and rights"
        ) from error
