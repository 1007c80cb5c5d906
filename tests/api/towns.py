"""A made-up town of a few thousand people with requests of theirs, taken in, for questions of every kind."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from api.answering.question import Question
from api.workflows.ingest import ingest_files
from api.workflows.release import ask
from api.workspace import Workspace, open_workspace
from privacy.noise import Ask

PLACES = tuple(f"44030{d}00{s}00{c}" for d in (3, 4) for s in (1, 2) for c in (1, 2, 3))
PEOPLE = 3_000
MOST_ROWS = 5
SURE = 1 - 1e-6
_numbers = count()


@dataclass(frozen=True)
class Town:
    """The workspace, and the exact rows that it was made from."""

    ws: Workspace
    residents: list[dict[str, Any]]
    requests: list[dict[str, Any]]

    def ask(self, sql: str, **more: Any) -> dict[str, Any]:
        """Ask with intervals that hold but once in a million; `more` overrides the question."""
        wish = more.pop("ask", Ask(rho=0.005, confidence=SURE))
        researcher = more.pop("researcher", f"r{next(_numbers)}")  # an account of her own
        return ask(
            self.ws, Question(sql, more.pop("purpose", "planning"), wish, researcher, **more)
        )


def _contract(dataset: str, fields: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "contract": 1,
        "dataset": dataset,
        "title": {"en": dataset, "zh": dataset},
        "synthetic": True,
        "population": {"id": "town", "public_size": PEOPLE},
        "privacy_unit": "person",
        "person_key": "pid",
        "most_pseudonyms": 1,
        "delta": 1e-6,
        "purposes": ["planning"],
        "legal_basis": "PIPL Art. 13(1)(3)",
        "expires": "2099-12-31",
        "fields": [
            {"name": "pid", "role": "direct_identifier", "type": "identifier", "action": "pseudonym",
             "required": True},
            *fields,
        ],
    } | more  # fmt: skip


def _category(name: str, domain: str) -> dict[str, Any]:
    return {
        "name": name,
        "role": "attribute",
        "type": "category",
        "action": "keep",
        "domain": domain,
    }


RESIDENTS = _contract(
    "residents",
    [
        _category("place", "places"),
        _category("status", "statuses"),
        {"name": "age", "role": "quasi_identifier", "type": "integer", "action": "keep", "bounds": [0, 120]},
        {"name": "wage", "role": "measure", "type": "decimal", "action": "keep", "bounds": ["0", "20000"],
         "resolution": "0.01"},
        {"name": "born", "role": "quasi_identifier", "type": "date", "action": "keep"},
    ],
    domains={"places": list(PLACES), "statuses": ["migrant", "local"]},
)  # fmt: skip
REQUESTS = _contract(
    "requests",
    [
        _category("service", "services"),
        {"name": "hours", "role": "measure", "type": "integer", "action": "keep", "bounds": [0, 200]},
    ],
    domains={"services": ["training", "care", "repair", "none"]},
    rows_per_person=MOST_ROWS,
    expected_rows=[0.5, 0.2, 0.15, 0.1, 0.05],
)  # fmt: skip


def build_town(folder: Path, seed: int = 7) -> Town:
    """Make the rows, write contracts and extracts, and take them in."""
    rng = np.random.default_rng(seed)
    residents, requests = [], []
    for i in range(PEOPLE):
        residents.append(
            {
                "pid": f"p{i:06d}",
                "place": PLACES[int(rng.integers(len(PLACES)) ** 2 / len(PLACES))],
                "status": "migrant" if rng.random() < 0.6 else "local",
                "age": int(rng.integers(0, 95)),
                "wage": f"{rng.gamma(3, 1500):.2f}" if rng.random() < 0.9 else "",
                "born": str(np.datetime64("1950-01-01") + int(rng.integers(0, 20_000))),
            }
        )
        for _ in range(int(rng.choice([0, 1, 2, 3, 4, 5], p=[0.3, 0.3, 0.2, 0.1, 0.05, 0.05]))):
            service = ("training", "care", "repair")[int(rng.integers(3))]
            requests.append(
                {"pid": f"p{i:06d}", "service": service, "hours": int(min(200, rng.gamma(2, 20)))}
            )
    for row in residents:
        if row["wage"] and float(row["wage"]) > 20_000:
            row["wage"] = "20000.00"
    paths = []
    for name, document, rows in (
        ("residents", RESIDENTS, residents),
        ("requests", REQUESTS, requests),
    ):
        contract, extract = folder / f"{name}.yaml", folder / f"{name}.csv"
        contract.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        with extract.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        paths += [[contract, extract]]
    ws = open_workspace(folder / "ws", create=True)
    for pair in paths:
        report = ingest_files(ws, pair, lambda *_: None, today=date(2026, 1, 1))
        if sum(f["rows_read"] for f in report["files"]) != sum(
            f["rows_stored"] for f in report["files"]
        ):
            raise AssertionError(report["files"])
    return Town(ws, residents, requests)
