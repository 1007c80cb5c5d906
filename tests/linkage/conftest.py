"""The twelve extracts of a small city, linked by the command as a user would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.commands import run


@dataclass(frozen=True)
class City:
    """A city's folder, a workspace that took its extracts in, and the linkage report of that session."""

    folder: Path
    workspace: Path
    report: dict[str, Any]

    @property
    def files(self) -> list[Path]:
        """Contracts and extracts, without those of the algorithm's owner."""
        both = [*self.folder.glob("contracts/*.yaml"), *self.folder.glob("extracts/*")]
        return sorted(p for p in both if p.stem != "housing_moves")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A city of 20,000, taken in; read it, never write to it."""
    base = tmp_path_factory.mktemp("linkage")
    assert run("city", "--people", "20000", "--seed", "11", "--out", base / "city").code == 0
    made = City(base / "city", base / "ws", {})
    ran = run("ingest", *made.files, "--workspace", made.workspace)
    assert ran.code == 0, ran.err
    shown = run("link", "--workspace", made.workspace, "--json")
    assert shown.code == 0, shown.err
    made.report.update(shown.json)
    return made
