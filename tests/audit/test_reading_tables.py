"""Reading a table: every fault names file, row and column, and never the value."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.submission import read_columns
from policies.errors import BadInput

MARK = "MARKED440305"
COLUMNS = {"name": "text", "people": "count", "area": "number"}


def _read(path: Path, body: str | bytes) -> str:
    """Read what must be refused; return the message."""
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    with pytest.raises(BadInput) as refused:
        read_columns(path, COLUMNS)  # type: ignore[arg-type]
    assert refused.value.exit_code == 2
    return refused.value.sentence()


def test_what_is_read_has_the_kinds_that_were_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('extra,name,people,area\nx," 深圳, 南山 ",12,3.5\ny,b,0,-1e-3\n', "utf-8")
    frame = read_columns(path, COLUMNS)  # type: ignore[arg-type]
    assert frame.to_dict("list") == {
        "name": ["深圳, 南山", "b"],
        "people": [12, 0],
        "area": [3.5, -0.001],
    }
    assert str(frame["people"].dtype) == "int64"


def test_parquet_and_a_byte_order_mark_are_read_like_plain_csv(tmp_path: Path) -> None:
    plain, marked, parquet = (tmp_path / n for n in ("a.csv", "b.csv", "c.parquet"))
    body = "name,people,area\nx,12,3.5\ny,0,2\n"
    plain.write_text(body, "utf-8")
    marked.write_text(body, "utf-8-sig")
    table = {"name": ["x", "y"], "people": [12, 0], "area": [3.5, 2.0]}
    pq.write_table(pa.table(table), parquet)
    for path in (plain, marked, parquet):
        assert read_columns(path, COLUMNS).to_dict("list") == table  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        MARK,
        "-440305",
        "440305.5",
        "",
        " ",
        "nan",
        "inf",
        "1e300",
        "440305,1",
        "４４０３０５",
        "0x440305",
    ],
)
def test_a_count_is_a_whole_number_from_0(tmp_path: Path, value: str) -> None:
    said = _read(tmp_path / "a.csv", f'name,people,area\nx,1,1\ny,"{value}",1\nz,2,2\n')
    assert said.startswith("a.csv row 3, column people: ")
    assert "440305" not in said


@pytest.mark.parametrize("value", [MARK, "", "nan", "inf", "-inf", "440305 m2"])
def test_a_number_is_finite(tmp_path: Path, value: str) -> None:
    said = _read(tmp_path / "a.csv", f"name,people,area\nx,1,{value}\n")
    assert said == "a.csv row 2, column area: a number is expected"


@pytest.mark.parametrize("value", ["", "   "])
def test_a_text_is_not_empty(tmp_path: Path, value: str) -> None:
    said = _read(tmp_path / "a.csv", f"name,people,area\nx,1,1\n{value},1,1\n{value},1,1\n")
    assert said.startswith("a.csv row 3, column name: a value is expected (2 rows in all)")


def test_a_missing_column_is_named_with_the_header_that_is_expected(tmp_path: Path) -> None:
    said = _read(tmp_path / "a.csv", f"name,{MARK}\nx,1\n")
    assert said.startswith("a.csv: lacks the column people, area")
    assert "name, people, area" in said
    assert MARK not in said


@pytest.mark.parametrize("row", [f"x,{MARK}", f"x,1,2,{MARK}", MARK])
def test_a_ragged_row_is_named(tmp_path: Path, row: str) -> None:
    said = _read(tmp_path / "a.csv", f"name,people,area\ny,1,1\n{row}\n")
    assert said.startswith("a.csv row 3: has ")
    assert MARK not in said


def test_a_row_is_counted_as_the_file_counts_it(tmp_path: Path) -> None:
    said = _read(tmp_path / "a.csv", f"name,people,area\n\n\nx,{MARK},1\n")
    assert said.startswith("a.csv row 2: is an empty line")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "a.csv: is empty"),
        (b"\n", "a.csv: is empty"),
        (b"name,people,area\n", "a.csv: holds no row"),
        (b"name,people,people\nx,1,1\n", "a.csv row 1: names a column twice"),
        (f'name,people,area\n"{MARK},1,1\n'.encode(), "a.csv: is not CSV"),
        (f'name,people,area\n"x"{MARK},1,1\n'.encode(), "a.csv: is not CSV"),
        ("name,people,area\n深圳,1,1\n".encode("gb18030"), "a.csv: is not UTF-8"),
        (f"name,people,area\n{MARK},1,1\n".encode("utf-16"), "a.csv: is not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, body: bytes, expected: str) -> None:
    said = _read(tmp_path / "a.csv", body)
    assert said.startswith(expected)
    assert MARK not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(BadInput, match="there is no such file"):
            read_columns(path, COLUMNS)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"PAR1", f"name\n{MARK}\n".encode()])
def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path, body: bytes) -> None:
    assert _read(tmp_path / "a.parquet", body) == "a.parquet: is not a Parquet file"


@pytest.mark.parametrize(
    "people",
    [
        pa.array([1, None]),
        pa.array([[1], [2]]),
        pa.array([1.0, 2.5]),
        pa.array(["1", MARK]),
        pa.array([1, 2], pa.timestamp("us")),
    ],
    ids=["null", "lists", "fractions", "text", "times"],
)
def test_a_parquet_column_of_another_kind_is_refused(tmp_path: Path, people: pa.Array) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"name": ["x", "y"], "people": people, "area": [1.0, 2.0]}), path)
    with pytest.raises(BadInput) as refused:
        read_columns(path, COLUMNS)  # type: ignore[arg-type]
    assert refused.value.where.startswith("a.parquet row ")
    assert refused.value.where.endswith("column people")
    assert MARK not in refused.value.sentence()
