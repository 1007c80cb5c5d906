"""Which engine counts is a setting: the same question is the same release, and who is erased is erased everywhere."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import psycopg
import pytest

from api.engines import engine_of, forget_copies
from api.recovery import recover_alone
from api.rewriting import rewrite
from api.settings import EngineChoice
from api.workflows.retention import run_retention
from api.workspace import open_workspace
from policies.errors import BadInput, ServiceFault
from privacy.counting.engines.postgres_tables import table_name
from privacy.store.erasure import stage, without
from tests.api.commands import Ran, run

SQL = "SELECT district, status, count(*) FROM residents GROUP BY 1, 2"


def _query(workspace: Path) -> Ran:
    return run(
        "query", SQL, "--purpose", "housing-planning", "--workspace", workspace,
        "--researcher", "ada", "--rho", "0.001", "--json",
    )  # fmt: skip


def _spent(workspace: Path) -> object:
    return run("budget", "show", "--workspace", workspace, "--json").json


def _choose(monkeypatch: pytest.MonkeyPatch, name: str, url: str = "") -> None:
    monkeypatch.setenv("COMMONGROUND_ENGINE", name)
    monkeypatch.setenv("COMMONGROUND_ENGINE_URL", url)


def _copies(url: str, schema: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]
        )
        return {name for (name,) in found} - {"loaded"}


def test_another_engine_gives_the_same_release(
    workspace: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(monkeypatch, "postgres", f"{postgres_url}&schema=chosen")
    first = _query(workspace)
    assert first.code == 0, first.err
    assert "postgres" not in first.out
    assert len(_copies(postgres_url, "chosen")) == 1
    _choose(monkeypatch, "duckdb")
    second = _query(workspace)
    assert second.json["replayed"]
    assert second.json["release"] == first.json["release"]


@pytest.mark.parametrize(
    ("name", "url", "code", "says"),
    [
        ("oracle", "", 2, "duckdb, postgres, spark"),
        ("postgres", "", 2, "postgresql://"),
        ("postgres", "postgresql://u:hunter2@h/d", 2, "PGPASSWORD"),
        ("postgres", "postgresql://nobody@127.0.0.1:1/x", 5, "COMMONGROUND_ENGINE_URL"),
        ("spark", "http://nowhere", 2, "local-cluster[2,1,1024]"),
    ],
)
def test_an_engine_that_is_not_there_spends_nothing_and_says_what_to_do(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, name: str, url: str, code: int, says: str
) -> None:
    before = _spent(workspace)
    _choose(monkeypatch, name, url)
    ran = _query(workspace)
    assert ran.code == code
    assert says in ran.err
    assert "hunter2" not in ran.err
    assert _spent(workspace) == before


def test_who_is_erased_is_erased_from_the_copies_whichever_engine_is_chosen_since(
    workspace: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(monkeypatch, "postgres", f"{postgres_url}&schema=erased")
    assert _query(workspace).code == 0
    _choose(monkeypatch, "duckdb")
    ws = open_workspace(workspace)
    snapshot = ws.store.snapshot("residents")
    assert _copies(postgres_url, "erased") == {table_name(snapshot.commitment)}
    import pyarrow.parquet as pq

    person = pq.read_table(snapshot.files[0], columns=["person"])["person"][0].as_py()
    person = person.hex() if isinstance(person, bytes) else person
    gone = {snapshot.contract.pseudonym_purpose: frozenset([person])}
    leaf = rewrite(
        ws, "erasure", "", lambda t: stage(ws.store, t, b"k" * 32, without(gone)), lambda *_: 0
    )
    assert leaf == 0
    assert ws.store.snapshot("residents").commitment != snapshot.commitment
    assert not _copies(postgres_url, "erased")


def test_an_erasure_is_not_finished_while_a_copy_cannot_be_reached(
    workspace: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(monkeypatch, "postgres", f"{postgres_url}&schema=away")
    assert _query(workspace).code == 0
    ws = open_workspace(workspace)
    places = workspace / "engine-copies.json"
    there = places.read_text("utf-8")
    assert json.loads(there) == [f"{postgres_url}&schema=away"]
    places.write_text('["postgresql://nobody@127.0.0.1:1/x"]', "utf-8")
    old = ws.store.snapshot("residents").commitment
    with pytest.raises(ServiceFault, match="may remain"):
        forget_copies(workspace, [])
    with pytest.raises(ServiceFault, match=r"engine-copies\.json"):
        rewrite(ws, "erasure", "", lambda t: stage(ws.store, t, b"k" * 32, _touched), lambda *_: 0)
    with pytest.raises(ServiceFault):
        open_workspace(workspace)
    assert _copies(postgres_url, "away") == {table_name(old)}
    places.write_text(there, "utf-8")
    recover_alone(ws.engine, ws.custody, ws.store)
    assert not _copies(postgres_url, "away")
    open_workspace(workspace)


def _touched(snapshot: object, target: Path) -> bool:
    import shutil

    for path in snapshot.files:  # type: ignore[attr-defined]
        shutil.copy(path, target / path.name)
    return True


def test_what_retention_removes_is_removed_from_the_copies(
    workspace: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(monkeypatch, "postgres", f"{postgres_url}&schema=retained")
    assert _query(workspace).code == 0
    ws = open_workspace(workspace)
    run_retention(ws, today=date(2026, 1, 1))
    assert _copies(postgres_url, "retained")
    run_retention(ws, today=date(2999, 1, 1))
    assert not _copies(postgres_url, "retained")


def test_the_address_does_not_show_in_what_a_choice_prints(tmp_path: Path) -> None:
    assert "secret" not in repr(EngineChoice("postgres", "postgresql://u@secret/d"))
    with pytest.raises(BadInput, match="one of duckdb, postgres, spark"):
        engine_of(tmp_path, EngineChoice("sqlite"))
