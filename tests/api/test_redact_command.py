"""`redact` as its users run it: lines, tables, streams, broken input, keys, whole files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.api.commands import run, run_apart
from tests.benchmarks.notes_to_find import notes

ID = "11010519491231002X"
PHONE = "13800138000"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(
        "name,note,memo\n"
        f'王小明,"小明说,138****8000,\n住二楼",{PHONE}\n'
        f"李四,王先生来访 1988年2月14日出生,{PHONE}\n",
        "utf-8",
    )
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    return path


def test_a_line_that_is_no_text_is_told_by_its_number_and_left_empty(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"\xef\xbb\xbf" + f"电话{PHONE}\r\n".encode() + b"\xff\xfe secret\n" + b"ok")
    ran = run("redact", path, "--json")
    assert ran.code == 2
    assert [e["text"] for e in ran.json] == ["电话<PHONE_NUMBER>", "", "ok"]
    assert "line 2" in ran.err
    assert "secret" not in ran.err + ran.out


def test_a_line_beyond_the_limit_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("a" * 9_000_001 + f"\n{ID}\n", "utf-8")
    ran = run("redact", path)
    assert ran.code == 2
    assert ran.out == "\n<CN_RESIDENT_ID>\n"
    assert "line 1" in ran.err


def test_english_text_alone() -> None:
    text = "Mr Wang, born on 14 February 1988, aged 91, passport E12345678, +44 20 7946 0958"
    ran = run_apart("redact", "-", "--language", "en", "--json", stdin=text)
    assert ran.code == 0
    kinds = {e["type"]: text[e["start"] : e["end"]] for e in ran.json[0]["entities"]}
    assert kinds["DATE_OF_BIRTH"] == "14 February 1988"
    assert kinds["AGE_OVER_89"] == "91"
    assert kinds["PASSPORT"] == "E12345678"
    assert kinds["PHONE_NUMBER"] == "+44 20 7946 0958"
    assert "Wang" not in ran.json[0]["text"]


def test_columns_of_a_table_and_known_values_of_the_row(table: Path) -> None:
    ran = run("redact", table, "--column", "note", "--known", "name=PERSON")
    assert ran.code == 0
    rows = ran.out.splitlines()
    assert rows[0] == "name,note,memo"
    assert "小明" not in rows[1].split(",", 1)[1]
    assert PHONE in ran.out, "a column that was not named stays as it is"
    both = run("redact", table, "--column", "note", "--column", "memo", "--processes", "2")
    assert PHONE not in both.out
    listed = run("redact", table, "--column", "note", "--column", "memo", "--json").json
    assert [(e["row"], e["column"]) for e in listed] == [
        (1, "note"), (1, "memo"), (2, "note"), (2, "memo"),
    ]  # fmt: skip


def test_tab_separated_and_ragged_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(f"a\tb\n{PHONE}\tx\n", "utf-8")
    assert run("redact", path, "--column", "a").out == "a\tb\n<PHONE_NUMBER>\tx\n"
    path.write_text(f"a\tb\n{PHONE}\tx\t{ID}\n", "utf-8")
    ran = run("redact", path, "--column", "a")
    assert ran.code == 2
    assert "line 2" in ran.err
    assert "3 fields" in ran.err
    assert ID not in ran.err


def test_a_parquet_table_keeps_its_schema_its_nulls_and_its_order(tmp_path: Path) -> None:
    path, out = tmp_path / "a.parquet", tmp_path / "b.parquet"
    n = 4_500
    rows = pa.table(
        {
            "n": pa.array(range(n)),
            "note": pa.array([f"{i} 电话{PHONE}" if i % 3 else None for i in range(n)]),
        }
    )
    pq.write_table(rows, path)
    assert run("redact", path, "--column", "note", "--processes", "2", "--out", out).code == 0
    done = pq.read_table(out)
    assert done.schema == rows.schema
    assert done.column("n").to_pylist() == list(range(n))
    assert done.column("note").to_pylist() == [
        f"{i} 电话<PHONE_NUMBER>" if i % 3 else None for i in range(n)
    ]
    assert run("redact", path, "--column", "n", "--out", out).code == 2
    assert run("redact", path, "--column", "note").code == 2, "a Parquet table needs --out"


def test_two_processes_give_the_same_output(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("\n".join(text for text, _ in notes(3, 1_000)), "utf-8")
    assert run("redact", path, "--processes", "2").out == run("redact", path).out


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, table: Path) -> None:
    out = tmp_path / "out.csv"
    assert run("redact", table, "--column", "note", "--out", out).code == 0
    whole = out.read_text("utf-8")
    with table.open("a", encoding="utf-8") as more:
        more.write("one,two\n")
    assert run("redact", table, "--column", "note", "--out", out).code == 2
    assert out.read_text("utf-8") == whole
    assert sorted(p.name for p in tmp_path.iterdir()) == ["calls.csv", "out.csv"]
    assert run("redact", table, "--column", "note", "--out", tmp_path / "no" / "x").code == 2


def test_keyed_operators_take_a_private_key_file(table: Path, key: Path) -> None:
    one = run("redact", table, "--column", "memo", "--operator", "surrogate", "--key-file", key)
    assert one.code == 0
    made = [line.rsplit(",", 1)[1] for line in one.out.splitlines()[2:]]
    assert len(set(made)) == 1
    assert PHONE not in one.out
    moved = run(
        "redact", table, "--column", "note", "--operator", "date_shift", "--key-file", key,
        "--person", "name",
    )  # fmt: skip
    assert moved.code == 0
    assert "1988年2月14日" not in moved.out
    assert "年" in moved.out
    assert run("redact", table, "--column", "memo", "--operator", "surrogate").code == 2
    key.chmod(0o644)
    ran = run("redact", table, "--column", "memo", "--operator", "surrogate", "--key-file", key)
    assert ran.code == 4
    key.chmod(0o600)
    key.write_bytes(b"short")
    ran = run("redact", table, "--column", "memo", "--operator", "surrogate", "--key-file", key)
    assert ran.code == 2
    assert "short" not in ran.err


def test_a_purpose_of_the_workspace_is_a_key(table: Path, tmp_path: Path) -> None:
    from api.workspace import open_workspace

    custody = open_workspace(tmp_path / "ws", create=True).custody
    for purpose in ("housing", "schools"):
        custody.purpose_key(purpose)
    line = [
        "redact",
        table,
        "--column",
        "memo",
        "--operator",
        "pseudonym",
        "--workspace",
        tmp_path / "ws",
    ]
    first, second = (run(*line, "--purpose", p) for p in ("housing", "schools"))
    assert first.code == second.code == 0
    assert first.out != second.out
    assert run(*line, "--purpose", "housing").out == first.out
    slip = run(*line, "--purpose", "huosing")
    assert slip.code == 2
    assert "no key of this purpose" in slip.err
    assert custody.purposes() == ["housing", "schools"]


@pytest.mark.parametrize(
    "options",
    [
        ["--operator", "encrypt"], ["--language", "fr"], ["--threshold", "2"], ["--known", "name"],
        ["--head", "9", "--operator", "mask"], ["--model", "absent.crfsuite"], ["--processes", "0"],
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_2(table: Path, options: list[str]) -> None:
    assert run("redact", table, "--column", "note", *options).code == 2


def test_files_that_are_none(tmp_path: Path) -> None:
    assert run("redact", tmp_path / "absent.txt").code == 2
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no")
    assert run("redact", tmp_path / "a.parquet", "--column", "x", "--json").code == 2
    (tmp_path / "a.csv").write_bytes(b"")
    assert run("redact", tmp_path / "a.csv", "--column", "x").code == 2
    (tmp_path / "b.csv").write_bytes(b"x\n1\n")
    assert run("redact", tmp_path / "b.csv", "--column", "y").code == 2
    (tmp_path / "empty.txt").write_bytes(b"")
    assert json.loads(run("redact", tmp_path / "empty.txt", "--json").out) == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    block = ("\n".join(text for text, _ in notes(3, 2_000)) + "\n").encode()

    out = str(tmp_path / "out.json")

    def peak(times: int) -> int:
        path = tmp_path / f"{times}.txt"
        path.write_bytes(block * times)
        code = (
            "import re, sys; from pathlib import Path; from api.cli.main import run;"
            f"assert run(['redact', {str(path)!r}, '--json', '--checked-only', '--out', {out!r}]) == 0;"
            "status = Path('/proc/self/status').read_text();"
            r"sys.stdout.write(re.search(r'VmHWM:\s+(\d+)', status)[1])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    small, large = peak(2), peak(60)
    assert large - small < 8 * 1024  # kB, while the file grew by 12 MB


def test_a_column_in_which_nothing_was_found_is_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("born,note\n1990-02-03,ok\n", "utf-8")
    ran = run("redact", path, "--column", "born")
    assert "1990-02-03" in ran.out
    assert "born: NOTHING" in ran.err
    known = run("redact", path, "--column", "born", "--known", "born=DATE_OF_BIRTH")
    assert "1990" not in known.out
    assert not known.err
