"""Shared by all tests: one demo city a run, and in continuous integration a skip is a failure."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
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
