"""An identifier in a column where it does not belong: harmless if dropped, set aside if kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pandas as pd
import pytest

from tests.intake.extracts import all_bytes, as_csv, as_json_lines, contract, resident_id, take

Rows = Sequence[dict[str, str]]
STRANGER = resident_id(424)
NAMES = ("resident_id", "name", "kind", "remark", "beyond")
WRAPPED = {
    "bare": STRANGER,
    "in words": f"see {STRANGER} there",
    "full width": STRANGER.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "spaced": f"{STRANGER[:6]} {STRANGER[6:14]} {STRANGER[14:]}",
    "JSON": json.dumps({"owner": {"id": STRANGER}}),
    "URL": f"https://x.example/?who={STRANGER}&p=1",
    "percent": f"https://x.example/?q={quote(STRANGER)}%20{''.join(f'%{ord(c):02x}' for c in STRANGER)}",
}


def _csv(path: Path, found: Rows) -> None:
    pd.DataFrame(found).to_csv(path, index=False)


def _jsonl(path: Path, found: Rows) -> None:
    path.write_text(as_json_lines(found), "utf-8")


def _parquet(path: Path, found: Rows) -> None:
    pd.DataFrame(found).to_parquet(path)


def _workbook(path: Path, found: Rows) -> None:
    book = openpyxl.Workbook()
    for row in (NAMES, *(r.values() for r in found)):
        book.active.append(list(row))
    book.save(path)


WRITERS: dict[str, Callable[[Path, Rows], None]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
    "xlsx": _workbook,
}


def _contract() -> Any:
    fields = [
        {"name": "resident_id", "role": "direct_identifier", "type": "resident_id",
         "action": "pseudonym", "required": True},
        {"name": "name", "role": "direct_identifier", "type": "person_name", "action": "drop"},
        {"name": "kind", "role": "attribute", "type": "category", "action": "keep", "domain": "kinds"},
        {"name": "remark", "role": "attribute", "type": "text", "action": "keep"},
    ]  # fmt: skip
    return contract(fields=fields)


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_an_identifier_in_the_wrong_column(suffix: str, tmp_path: Path) -> None:
    good = {"name": "王小明", "kind": "c", "remark": "fine", "beyond": "x"}
    found, expected = [{"resident_id": resident_id(0)} | good], set()
    for column in ("name", "kind", "remark", "beyond"):  # dropped, kept, kept, not in the contract
        for text in WRAPPED.values():
            found.append({"resident_id": resident_id(len(found))} | good | {column: text})
            if column in ("kind", "remark"):
                expected.add((len(found) + (suffix in ("csv", "xlsx")), column))
    path = tmp_path / f"x.{suffix}"
    WRITERS[suffix](path, found)
    whole = take(tmp_path, [path], _contract())
    report = whole["files"][0]
    aside = pd.read_csv(tmp_path / "quarantine" / whole["quarantine"] / "visits.csv")
    assert set(zip(aside["row"], aside["column"], strict=True)) == expected
    assert report["rows_stored"] == len(found) - len(expected)
    path.unlink()
    left = all_bytes(tmp_path)
    assert not any(text.encode() in left for text in WRAPPED.values())


def test_no_header_and_no_name_of_a_file_is_needed_to_find_it(tmp_path: Path) -> None:
    # the id of another person stands where the kind should: nothing in the report quotes it
    path = tmp_path / "x.csv"
    path.write_text(as_csv([{"resident_id": resident_id(1), "name": "", "kind": STRANGER,
                             "remark": ""}]), "utf-8")  # fmt: skip
    report = take(tmp_path, [path], _contract())
    assert STRANGER not in json.dumps(report)
    assert report["snapshots"] == []
