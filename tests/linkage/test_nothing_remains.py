"""What linkage leaves behind: no plain value while it runs, no file when it ends, no change to what is stored."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from cryptography.exceptions import InvalidTag

from privacy.contract import read_contract
from privacy.intake import Session, ingest
from privacy.linkage import IdentifiedRecords, link_records, measure
from privacy.linkage.clusters import open_engine
from privacy.linkage.vault import Vault
from privacy.pseudonyms import PurposeKey
from privacy.recognition import Redactor
from privacy.store import Store
from tests.benchmarks.linkage_city import linkage_city
from tests.linkage.conftest import THREE, City


def forms(value: str) -> list[bytes]:
    return [value.encode(c) for c in ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le")]


def open_files() -> bytes:
    """Everything this process has in open regular files, named or not."""
    body = b""
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = str(link.readlink())
            if target.startswith("/tmp") or "(deleted)" in target:
                body += link.read_bytes()
        except OSError:
            continue
    return body


def test_what_lies_on_disk_while_a_session_runs_is_ciphertext(tmp_path: Path) -> None:
    city = linkage_city(2_000, 500, 5)
    with IdentifiedRecords(tmp_path) as records:
        for contract, table in city.batches:
            records.add(contract, table)
        records._vault._file.flush()
        sealed = open_files()
        assert len(sealed) > 100_000
        table = city.batches[0][1]
        for column in ("resident_id", "name", "phone"):
            values = [v for v in table[column].to_pylist() if v and len(v) > 2]
            assert len(values) > 100
            assert not any(form in sealed for v in values for form in forms(v))
        found = link_records(records)
        assert found.connection.execute("SELECT count(*) FROM linked").fetchone() == (6_000,)
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_the_search_above_would_find_a_plain_value(tmp_path: Path) -> None:
    with (tmp_path / "plain").open("w+b") as out:
        out.write("王小明".encode())
        out.flush()
        assert any(form in open_files() for form in forms("王小明"))


def test_the_engine_fails_rather_than_write(tmp_path: Path) -> None:
    import duckdb

    db = open_engine()
    db.execute("SET memory_limit = '60MB'")
    with pytest.raises(duckdb.OutOfMemoryException):
        db.execute("CREATE TABLE t AS SELECT md5(i::VARCHAR) AS v FROM range(20000000) r(i)")
    assert not (Path.cwd() / ".tmp").exists()
    assert list(tmp_path.iterdir()) == []


def test_parts_cannot_be_changed_or_exchanged(tmp_path: Path) -> None:
    with Vault(tmp_path) as vault:
        for text in ("one", "two"):
            vault.put(pa.table({"x": [text]}))
        assert [t["x"].to_pylist() for t in vault.tables()] == [["one"], ["two"]]
        vault._parts.reverse()
        with pytest.raises(InvalidTag):
            list(vault.tables())
    with Vault(tmp_path) as vault:
        vault.put(pa.table({"x": ["one"]}))
        vault._file.seek(5)
        vault._file.write(b"\x00")
        with pytest.raises(InvalidTag):
            list(vault.tables())


KILLED = """
import sys, time
from pathlib import Path
from privacy.linkage import IdentifiedRecords
from tests.benchmarks.linkage_city import linkage_city
records = IdentifiedRecords(Path(sys.argv[1]))
for contract, table in linkage_city(2000, 500, 5).batches:
    records.add(contract, table)
print("sealed", flush=True)
time.sleep(60)
"""


def test_a_killed_session_leaves_no_file(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "sealed\n"
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_no_repr_shows_a_key_or_a_value(tmp_path: Path) -> None:
    city = linkage_city(100, 50, 5)
    with IdentifiedRecords(tmp_path) as records:
        records.add(*city.batches[0])
        shown = repr(records) + repr(records._vault)
    assert "AESGCM" not in shown
    assert not any(v and v in shown for v in city.batches[0][1]["name"].to_pylist())


def stored(folder: Path, city: City, rows: dict[str, str], linkage: bool) -> dict[str, str]:
    """Take three extracts in, further rows put before the first; return what is stored, by digest."""
    extracts: list[Any] = []
    (folder / "extracts").mkdir(parents=True)
    for name in THREE:
        source = city.folder / "extracts" / f"{name}.csv"
        body = source.read_bytes()
        if name in rows:
            head, rest = body.split(b"\n", 1)
            body = head + b"\n" + rows[name].encode() + rest
        (folder / "extracts" / source.name).write_bytes(body)
        contract = read_contract(city.folder / "contracts" / f"{name}.yaml")
        extracts.append((contract, [folder / "extracts" / source.name]))
    linked = read_contract(city.folder / "contracts" / "residents.yaml")
    session = Session(
        extracts=extracts, linked=linked, purpose_key=PurposeKey("records", 1, b"k" * 32),
        commitment_key=b"c" * 32, store=Store(folder / "store"), redactor=Redactor,
        quarantine=folder / "quarantine", today=date(2026, 1, 1),
    )  # fmt: skip
    if linkage:
        with IdentifiedRecords(folder / "store", linked) as records:
            ingest(replace(session, identified=records))
            report = measure(records)
            assert report["method"] == "likeness"
            assert report["without_usable_id"]["records"] > 0
    else:
        ingest(session)
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted((folder / "store").rglob("*.parquet"))
    }


def test_a_link_by_likeness_changes_neither_a_stored_row_nor_a_key(
    three: City, tmp_path: Path
) -> None:
    """Rows that are like a stored person's but have no usable id: in the report, and nowhere else."""
    body = (three.folder / "extracts" / "education.csv").read_text("utf-8").split("\n")[1:40]
    like = []
    for line in body:
        cells = line.split(",")
        if '"' not in line and len(cells) == 12 and cells[1].isascii() and len(cells[1]) == 18:
            wrong = cells[1][:-1] + ("1" if cells[1][-1] == "0" else "0")  # never its check digit
            like += [",".join([f"{cells[0]}{x}", x, *cells[2:]]) for x in ("", wrong)]
    assert len(like) > 40
    plain = stored(tmp_path / "plain", three, {}, linkage=False)
    assert plain == stored(tmp_path / "measured", three, {}, linkage=True)
    more = {"education": "\n".join(like) + "\n"}
    assert plain == stored(tmp_path / "more", three, more, linkage=True)
