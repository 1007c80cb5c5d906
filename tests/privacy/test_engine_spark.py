"""Spark counts: one session for all questions, its files private, its end complete, its faults plain."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from policies.errors import BadInput, ServiceFault
from privacy.counting.engines.spark import SparkHost
from privacy.counting.engines.spark_session import check_java, is_local
from tests.privacy.written_rows import by_hand, comparable, rows, snapshot, statement

TABLE = rows(3000)


def test_an_address_that_is_no_master_is_refused(tmp_path: Path) -> None:
    for address in ("http://h:7077", "", "h"):
        with pytest.raises(BadInput, match="COMMONGROUND_ENGINE_URL"):
            SparkHost(address, tmp_path)
    assert is_local("local-cluster[2,1,1024]")
    assert not is_local("spark://h:7077")


def test_without_java_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ServiceFault, match="default-jre-headless"):
        SparkHost("local[1]", tmp_path).ready()


def test_an_old_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n", "utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ServiceFault, match="too old"):
        check_java()


@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java runtime")
def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [m for m in sys.modules if m.split(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(ServiceFault, match=r"common-ground\[spark\]"):
        SparkHost("local[1]", tmp_path).ready()


@pytest.mark.slow
def test_the_answer_is_that_of_python_row_by_row_whatever_the_folder_is_called(
    spark_host: SparkHost,
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="a b [1] {x,y}* 深圳 "))
    try:
        engine = spark_host.over([snapshot(folder, TABLE)])
        found = engine.run([statement(), statement()])
        assert [comparable(t) for t in found] == [by_hand(TABLE)] * 2
    finally:
        shutil.rmtree(folder)


@pytest.mark.slow
def test_its_files_lie_in_one_private_folder(spark_host: SparkHost, tmp_path: Path) -> None:
    spark_host.over([snapshot(tmp_path, TABLE)]).run([statement()])
    (folder,) = spark_host.scratch.glob("spark-*")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    written = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_size]
    assert any("shuffle" in p.name or "block" in str(p) for p in written)
    for path in written:  # nothing stands there in the clear
        if "jars" not in path.parts:
            assert "深圳".encode() not in path.read_bytes()
    installed = Path(sys.modules["pyspark"].__file__ or "").parent
    assert not (installed / "work").exists()
    assert not Path("spark-warehouse").exists()


@pytest.mark.slow
def test_a_broken_file_is_a_fault_that_quotes_nothing(
    spark_host: SparkHost, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = snapshot(tmp_path, TABLE)
    source.files[1].write_bytes(b"PAR1 110105199001011234 PAR1")
    with pytest.raises(ServiceFault) as fault:
        spark_host.over([source]).run([statement()])
    assert "110105" not in str(fault.value)
    assert fault.value.__cause__ is None
    said = capfd.readouterr()
    assert "110105" not in said.out + said.err


@pytest.mark.slow
def test_a_session_that_dies_is_a_fault_and_the_next_question_has_another(
    spark_host: SparkHost, tmp_path: Path
) -> None:
    source = snapshot(tmp_path, TABLE)
    first = spark_host.session()
    assert spark_host.session() is first
    engine: Any = spark_host.over([source])
    engine.run([statement()])
    assert spark_host._running is not None
    process = spark_host._running.process
    process.kill()
    process.wait()
    spark_host.ready()  # begins another
    assert len(list(spark_host.scratch.glob("spark-*"))) == 1
    assert comparable(engine.run([statement()])[0]) == by_hand(TABLE)


@pytest.mark.slow
def test_what_a_killed_process_left_is_removed_and_an_end_leaves_nothing(
    spark_host: SparkHost, tmp_path: Path
) -> None:
    spark_host.close()
    left = spark_host.scratch / "spark-left"
    left.mkdir()
    (left / "shuffle").write_bytes(b"rows")
    os.close(os.open(left / ".held", os.O_CREAT))
    spark_host.ready()
    assert not left.exists()
    spark_host.close()
    assert not list(spark_host.scratch.iterdir())
    wrong = SparkHost("local-cluster[2,1,nonsense]", tmp_path)
    with pytest.raises(ServiceFault, match="COMMONGROUND_ENGINE_URL"):
        wrong.ready()
    assert not list(tmp_path.iterdir())
