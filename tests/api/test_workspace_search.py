"""The search of a workspace: every kind, in every encoding, in every container, is found."""

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.demo.search import Found, Known, identifiers, scan

NUMBER, PHONE = "160100199608080004", "13800512345"
ADDRESS, PLATE = "深圳市南山区南山街道月亮湾社区居委会盛平巷143号24栋3单元1708室", "粤B12345"
NAME, DOTTED, CREDIT = "邓丽兰", "艾尔肯·买买提", "91560000000014056A"
KNOWN = Known.of(
    {
        "id": {NUMBER},
        "phone": {PHONE},
        "address": {ADDRESS},
        "name": {NAME, DOTTED, "李雨"},
        "code": {PLATE, CREDIT},
    }
)
PLANTED = {
    NUMBER: "resident_id",
    NUMBER[:6] + NUMBER[8:17]: "resident_id_15",
    PHONE: "phone",
    ADDRESS: "address",
    NAME: "name",
    DOTTED: "name",
    PLATE: "code",
    CREDIT: "code",
}


def _shifted(body: bytes, by: int) -> bytes:
    return base64.b64encode(b"~" * by + body)


def _swapped(text: str, start: int, to: int, span: int) -> str:
    return "".join(chr(ord(c) - start + to) if start <= ord(c) < start + span else c for c in text)


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "raw": str.encode,
    "base64": lambda v: base64.b64encode(v.encode()),
    "base64 +1": lambda v: _shifted(v.encode(), 1),
    "base64 +2": lambda v: _shifted(v.encode(), 2),
    "base64 in a longer token": lambda v: b"path/of/" + base64.b64encode(v.encode()),
    "base64 url-safe": lambda v: base64.urlsafe_b64encode(v.encode()).rstrip(b"="),
    "base64 twice": lambda v: base64.b64encode(base64.b64encode(v.encode())),
    "base64 of UTF-16": lambda v: base64.b64encode(v.encode("utf-16-le")),
    "base64 of GB18030": lambda v: base64.b64encode(v.encode("gb18030")),
    "hex": lambda v: v.encode().hex().encode(),
    "HEX": lambda v: v.encode().hex().upper().encode(),
    "UTF-16 LE": lambda v: v.encode("utf-16-le"),
    "UTF-16 BE": lambda v: v.encode("utf-16-be"),
    "UTF-16 at an odd place": lambda v: b"\x01" + v.encode("utf-16-le"),
    "GB18030": lambda v: "登记".encode("gb18030") + v.encode("gb18030"),
    "percent": lambda v: quote(v, safe="").encode(),
    "every byte percent": lambda v: "".join(f"%{b:02X}" for b in v.encode()).encode(),
    "JSON escapes": lambda v: "".join(f"\\u{ord(c):04x}" for c in v).encode(),
    "HTML entities": lambda v: "".join(f"&#{ord(c)};" for c in v).encode(),
    "full width": lambda v: _swapped(v, 0x30, 0xFF10, 10).encode(),
    "zero-width inside": lambda v: (v[:2] + "\u200b" + v[2:]).encode(),
}


def _found(root: Path) -> dict[str, int]:
    return scan(root, KNOWN).by_kind


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("value", PLANTED)
def test_every_kind_is_found_in_every_encoding(tmp_path: Path, value: str, encoding: str) -> None:
    (tmp_path / "spill.tmp").write_bytes(ENCODINGS[encoding](value))
    assert _found(tmp_path).get(PLANTED[value]), (PLANTED[value], encoding)


@pytest.mark.parametrize("between", [" ", "-"])
def test_separators_in_numbers_do_not_hide_them(tmp_path: Path, between: str) -> None:
    spaced = between.join((NUMBER[:6], NUMBER[6:14], NUMBER[14:]))
    phone = between.join((PHONE[:3], PHONE[3:7], PHONE[7:]))
    (tmp_path / "log.txt").write_text(f"a {spaced}, b +86{between}{phone}.", "utf-8")
    assert _found(tmp_path) == {"phone": 1, "resident_id": 1}


def _parquet_column(root: Path, text: str) -> None:
    pq.write_table(pa.table({"note": [None, f"来电{text}。"]}), root / "rows.parquet")


def _parquet_binary(root: Path, text: str) -> None:
    pq.write_table(pa.table({"raw": [text.encode()]}), root / "rows.parquet")


def _parquet_metadata(root: Path, text: str) -> None:
    table = pa.table({"n": [1]}).replace_schema_metadata({"source": text})
    pq.write_table(table, root / "rows.parquet")


def _parquet_list(root: Path, text: str) -> None:
    pq.write_table(pa.table({"notes": [[{"of": text}]]}), root / "rows.parquet")


def _parquet_heading(root: Path, text: str) -> None:
    pq.write_table(pa.table({text: [1]}), root / "rows.parquet")


def _sqlite_row(root: Path, text: str) -> None:
    with sqlite3.connect(root / "ledger.sqlite") as connection:
        connection.execute("CREATE TABLE log (id INTEGER, body TEXT)")
        connection.execute("INSERT INTO log VALUES (1, ?)", [text])
    connection.close()


def _sqlite_deleted(root: Path, text: str) -> None:
    _sqlite_row(root, text)
    with sqlite3.connect(root / "ledger.sqlite") as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM log")
    connection.close()


def _sqlite_wal(root: Path, text: str) -> None:
    path = root / "ledger.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE log (body TEXT)")
    connection.execute("INSERT INTO log VALUES (?)", [text])
    connection.commit()
    wal = (root / "ledger.sqlite-wal").read_bytes()
    connection.close()
    path.unlink()
    (root / "ledger.sqlite-wal").write_bytes(wal)


def _sqlite_large(root: Path, text: str) -> None:
    _sqlite_row(root, "x" * 20_000 + f" {text} " + "x" * 20_000)


def _json_report(root: Path, text: str) -> None:
    (root / "report.json").write_text(json.dumps({"deep": [{"note": text}]}), "utf-8")


def _log_line(root: Path, text: str) -> None:
    (root / "service.log").write_text(f"2026-01-01 INFO {text}\n", "utf-8")


def _envelope(root: Path, text: str) -> None:
    payload = base64.b64encode(json.dumps({"predicate": {"by": text}}).encode()).decode()
    (root / "r.dsse.json").write_text(json.dumps({"payload": payload, "signatures": []}), "utf-8")


def _html(root: Path, text: str) -> None:
    (root / "report.html").write_text(f"<p>about <b>{text}</b></p>", "utf-8")


def _temporary(root: Path, text: str) -> None:
    (root / ".spill-1-ab").mkdir()
    (root / ".spill-1-ab" / "part.tmp").write_bytes(text.encode("utf-16"))


def _quarantine(root: Path, text: str) -> None:
    (root / "health.csv").write_text(f"file,row,column,reason\n{text},1,name,wrong\n", "utf-8")


def _file_name(root: Path, text: str) -> None:
    (root / f"{text}.txt").write_text("", "utf-8")


def _folder_name(root: Path, text: str) -> None:
    (root / f"of {text}").mkdir()


def _zip(root: Path, text: str) -> None:
    with zipfile.ZipFile(root / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", text * 3)


def _zip_in_gzip(root: Path, text: str) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{text}.txt", "")
    (root / "a.gz").write_bytes(gzip.compress(body.getvalue()))


CONTAINERS = (
    *(_parquet_column, _parquet_binary, _parquet_metadata, _parquet_list, _parquet_heading),
    *(_sqlite_row, _sqlite_deleted, _sqlite_wal, _sqlite_large),
    *(_json_report, _log_line, _envelope, _html, _temporary, _quarantine),
    *(_file_name, _folder_name, _zip, _zip_in_gzip),
)


@pytest.mark.parametrize("plant", CONTAINERS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("value", PLANTED)
def test_every_kind_is_found_in_every_container(
    tmp_path: Path, value: str, plant: Callable[[Path, str], None]
) -> None:
    plant(tmp_path, value)
    found = scan(tmp_path, KNOWN)
    assert found.by_kind.get(PLANTED[value])
    assert value not in json.dumps(found.as_json(), ensure_ascii=False)


def test_an_unknown_id_with_a_valid_check_counts_and_other_digits_do_not() -> None:
    assert identifiers("证件号11010519491231002X。", KNOWN) == ["resident_id"]
    for harmless in (
        "110105194912310021",  # a wrong check digit
        f"a{PHONE}b",  # inside a token
        f"{PHONE}0",
        "13800512346",  # nobody's
        "李雨",  # two characters: too short to search for
        "深圳市南山区南山街道",  # no door
        "440305002010",
    ):
        assert identifiers(harmless, KNOWN) == [], harmless


def test_names_that_are_public_words_are_not_searched_for_and_counted() -> None:
    known = Known.of({"name": {"龙华区", NAME}}, public="深圳市龙华区大浪街道")
    assert identifiers(f"龙华区 {NAME}", known) == ["name"]
    assert known.members()["names_also_public_words"] == 1


def test_noise_is_no_person(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    known = Known.of(
        {
            "id": {f"1601001996{i:08d}" for i in range(20_000)},
            "phone": {f"138{i:08d}" for i in range(0, 100_000_000, 500)},
            "name": {a + b + c for a in "王李张刘陈" for b in "永丽文国志" for c in "华强军平兰"},
            "address": {ADDRESS},
        }
    )
    digests = [rng.bytes(32).hex() for _ in range(20_000)]
    (tmp_path / "digests.txt").write_text("\n".join(digests), "utf-8")
    (tmp_path / "tokens.txt").write_bytes(base64.b64encode(rng.bytes(300_000)))
    (tmp_path / "key.bin").write_bytes(rng.bytes(300_000))
    found = scan(tmp_path, known)
    assert found.hits == {}
    assert found.files == 3


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "a.parquet").write_bytes(b"PARE sealed PARE")
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b broken")
    assert set(scan(tmp_path, KNOWN).unread) == {"a.zip", "a.parquet", "a.gz"}


def test_the_demo_workspace_holds_nobody_and_one_planted_is_found(
    demo: Path, workspace: Path
) -> None:
    known = Known.of_city(demo / "enclave" / "city")
    members = known.members()
    assert min(members[k] for k in ("resident_id", "phone", "address", "name", "code")) > 1000
    clean: Found = scan(workspace, known)
    assert clean.by_kind.get("resident_id", 0) == 0
    assert clean.by_kind.get("phone", 0) == 0
    assert clean.by_kind.get("address", 0) == 0
    assert clean.unread == {}
    planted = min(known.names)
    with sqlite3.connect(workspace / "ledger.sqlite") as connection:
        connection.execute("CREATE TABLE extra (body TEXT)")
        connection.execute("INSERT INTO extra VALUES (?)", [f"为{planted}办理"])
    connection.close()
    (workspace / "x.log").write_text(f"号码{min(known.phones)}", "utf-8")
    found = scan(workspace, known)
    assert found.by_kind.get("name", 0) > clean.by_kind.get("name", 0)
    assert found.hits["x.log"] == {"phone": 1}
