"""The twelve extracts of the demo's city, linked by its session as a user's would be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.commands import run

THREE = ("disabled_federation", "education", "justice")
"""The extracts of a session that is made again and again, cut short: three formats of twelve."""
MOST_LINES = 1_500


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
def city(demo: Path) -> City:
    """The demo's city; read it, never write to it."""
    shown = run("link", "--workspace", demo / "enclave" / "workspace", "--json")
    assert shown.code == 0, shown.err
    return City(demo / "enclave" / "city", demo / "enclave" / "workspace", shown.json)


@pytest.fixture(scope="session")
def three(city: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """Three of its extracts cut short, and their contracts with the one that links; not taken in."""
    folder = tmp_path_factory.mktemp("three")
    for kind in ("contracts", "extracts"):
        (folder / kind).mkdir()
    for name in (*THREE, "residents"):
        body = (city.folder / "contracts" / f"{name}.yaml").read_bytes()
        (folder / "contracts" / f"{name}.yaml").write_bytes(body)
    for name in THREE:
        lines = (city.folder / "extracts" / f"{name}.csv").read_bytes().splitlines(keepends=True)
        cut = min(len(lines), MOST_LINES)
        while b"".join(lines[:cut]).count(b'"') % 2:  # never inside a quoted cell
            cut -= 1
        (folder / "extracts" / f"{name}.csv").write_bytes(b"".join(lines[:cut]))
    return City(folder, folder / "absent", {})
